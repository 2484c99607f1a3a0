"""What may be sent: sane sizes, text, known fields; nobody's input is a server's error."""

import base64
import json

import pytest

from accounts.models import User
from rides.api import reading
from rides.models import Booking, RideRequest
from tests.rides import world
from tests.rides.programs import client

pytestmark = pytest.mark.django_db
REQUESTS = "/api/v1/requests/"


@pytest.fixture
def body(half_way, store):
    return {"origin": half_way, "destination": store}


@pytest.fixture
def bos(bo):
    """Bo's program, for which a bug is an answer, not an exception."""
    return client(bo, raise_request_exception=False)


def refused(answer, status=400, code="invalid"):
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    return answer.json()


# --- fields ------------------------------------------------------------------------------------------------------


def test_a_field_nobody_asked_for_is_named(bos, body):
    wrong = refused(bos.post(REQUESTS, body | {"seat": 2}, format="json"))
    assert list(wrong["errors"]) == ["seat"]
    assert not RideRequest.objects.exists()


def test_a_field_nobody_asked_for_is_named_however_deep_it_is(bos, body):
    nested = body | {"origin": body["origin"] | {"street": "?"}, "seats": -1}
    assert refused(bos.post(REQUESTS, nested, format="json"))["errors"].keys() == {"origin", "seats"}
    car = {"name": "Zoé", "configurations": [{"name": "usual", "seats": 3}, {"name": "other", "seats": 3, "wings": 2}]}
    wrong = refused(bos.post("/api/v1/me/vehicles/", car, format="json"))
    assert list(wrong["errors"]["configurations"]) == ["1"]


def test_what_can_only_be_read_is_not_written(bos, bo):
    wrong = refused(bos.patch("/api/v1/me/", {"email": "x@example.org", "id": 7, "phone": "1"}, format="json"))
    assert set(wrong["errors"]) == {"email", "id"}
    assert User.objects.get(pk=bo.pk).phone == ""


def test_a_step_that_asks_for_nothing_takes_nothing(to_the_store, dora):
    depart = f"/api/v1/offers/{to_the_store.pk}/depart/"
    doras = client(dora)
    assert list(refused(doras.post(depart, {"anyway": True}, format="json"))["errors"]) == ["anyway"]
    assert doras.post(depart, {}, format="json").status_code == 200


def test_a_place_may_be_sent_as_it_was_read(bos, half_way, store):
    found = bos.get("/api/v1/places/", {"q": "IKEA"}).json()["results"][0]
    made = bos.post(REQUESTS, {"origin": half_way, "destination": found}, format="json")
    assert made.status_code == 201
    again = {"origin": made.json()["origin"], "destination": made.json()["destination"]}
    assert bos.post(REQUESTS, again, format="json").status_code == 201


# --- sizes -------------------------------------------------------------------------------------------------------


def test_a_body_has_an_end(bos, body):
    just_fits = json.dumps(body | {"note": ""}).encode()
    just_fits += b" " * (reading.MAX_BYTES - len(just_fits))
    assert bos.post(REQUESTS, just_fits, content_type="application/json").status_code == 201
    refused(bos.post(REQUESTS, just_fits + b" ", content_type="application/json"), 413, "too_large")


@pytest.mark.parametrize("depth", [reading.MAX_DEPTH, 30_000])
@pytest.mark.parametrize("opening", ['{"a":', "["])
def test_a_body_has_a_bottom(bos, depth, opening):
    closing = {"[": "]"}.get(opening, "}")
    deep = opening * depth + "1" + closing * depth
    if len(deep) <= reading.MAX_BYTES:
        refused(bos.post(REQUESTS, deep, content_type="application/json"), 400, "parse_error")
    else:
        refused(bos.post(REQUESTS, deep, content_type="application/json"), 413, "too_large")
    shallow = opening + "1" + closing
    refused(bos.post(REQUESTS, shallow, content_type="application/json"), 400, "invalid")


# --- text and numbers --------------------------------------------------------------------------------------------


def test_text_that_no_database_keeps_is_refused(bos, body):
    for text in ("\0", "a\0b", "\ud800", "\udfff"):
        for bad in ({"note": text}, {text: 1}, {"origin": body["origin"] | {"label": text}}, {"companions": [text]}):
            answer = bos.post(REQUESTS, json.dumps(body | bad), content_type="application/json")
            refused(answer, 400, "parse_error")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/places/?q=%00",
        "/api/v1/places/?near=%00",
        "/api/v1/search/?from=%00&to=46,3",
        "/api/v1/offers/?bbox=%00",
        "/api/v1/offers/?cursor=%00",
        "/api/v1/offers/?%00=1",
        "/api/v1/events/?after=%00",
    ],
)
def test_a_query_that_is_no_text_is_refused(bos, path):
    assert bos.get(path).status_code == 400


@pytest.mark.parametrize("key", ["a\tb", "\x7f", "a\0"])
def test_a_key_that_nobody_can_read_is_refused(bos, body, key):
    refused(bos.post(REQUESTS, body, format="json", headers={"Idempotency-Key": key}))


@pytest.mark.parametrize("field", ["seats", "litres", "length_cm", "max_walk_m", "offer", "request"])
def test_no_number_is_a_servers_error(bos, to_the_store, body, field):
    for number in (2**31, 2**63, 2**64, 10**30, -1, -(10**30), 0.5, "9" * 5000, True, None, [], {}):
        wild = body | {"offer": to_the_store.pk, field: number}
        answer = bos.post("/api/v1/bookings/", wild, format="json")
        assert answer.status_code in (201, 400, 404, 409), f"{number}: {answer.content}"


def test_no_way_to_write_a_number_is_a_servers_error(bos):
    for number in ("1e400", "-1e400", "NaN", "Infinity", "9" * 5000, "1" + "0" * 400 + ".0"):
        text = f'{{"origin": {{"lat": {number}, "lon": 3}}, "destination": {{"lat": 46, "lon": 3}}}}'
        assert bos.post(REQUESTS, text, content_type="application/json").status_code == 400, number


DETAILS = ("offers", "bookings", "requests", "askings", "waiting", "series", "standing", "cases", "me/tokens")
STEPS = ("offers/{}/depart/", "offers/{}/cancel/", "bookings/{}/accept/", "bookings/{}/cancel/", "requests/{}/cancel/")
STEPS += ("askings/{}/accept/", "waiting/{}/leave/", "series/{}/cancel/", "standing/{}/end/", "cases/{}/take/")


def test_an_address_beyond_all_ids_is_not_there(bos):
    for number in (2**31, 2**63, 10**30):
        for path in DETAILS:
            ask = bos.delete if "tokens" in path else bos.get
            refused(ask(f"/api/v1/{path}/{number}/"), 404, "not_found")
        for step in STEPS:
            body = {"scope": "all"} if "series" in step else None
            refused(bos.post("/api/v1/" + step.format(number), body, format="json"), 404, "not_found")


@pytest.mark.parametrize(
    ("earliest_at", "latest_at"),
    [
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59Z", None),
        ("2200-01-01T12:00:00Z", None),
        (None, "9999-12-31T23:59:59-14:00"),
        ("not a date", None),
    ],
)
def test_no_hour_is_a_servers_error(bos, body, earliest_at, latest_at):
    hours = {"earliest_at": earliest_at} if earliest_at else {"latest_at": latest_at}
    refused(bos.post(REQUESTS, body | hours, format="json"))
    trip = {"from": "46.25,3.17", "to": "46.29,3.02"} | hours
    refused(bos.get("/api/v1/search/", trip))


def cursor(text):
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "written",
    [
        cursor("p=abc"),
        cursor("p=%00"),
        cursor("p=" + "9" * 30),
        cursor("o=x"),
        cursor("r=1&p="),
        cursor("p=1'--"),
        "%",
        "é",
    ],
)
def test_a_cursor_that_is_none_of_ours_is_refused(bos, written):
    answer = bos.get(REQUESTS, {"cursor": written})
    assert answer.status_code in (200, 400)
    assert bos.get(REQUESTS, {"cursor": cursor("p=1")}).status_code == 200


def test_pages_go_on_to_the_last_row_and_back(bos, bo, half_way, store):
    places = {"origin_id": _place(bo), "destination_id": _place(bo)}
    hours = {"earliest_at": world.soon(1), "latest_at": world.soon(2)}
    RideRequest.objects.bulk_create(RideRequest(rider=bo, seats=1, **places, **hours) for _ in range(53))
    first = bos.get(REQUESTS).json()
    second = bos.get(first["next"]).json()
    ids = [row["id"] for row in first["results"] + second["results"]]
    assert ids == sorted(RideRequest.objects.values_list("pk", flat=True), reverse=True)
    assert second["next"] is None
    assert bos.get(second["previous"]).json()["results"] == first["results"]


def _place(person):
    from rides import streets

    return streets.keep_place(streets.place_from(world.homes(1)[0])).pk


# --- formats -----------------------------------------------------------------------------------------------------


def test_only_json_is_read_and_written(bos, body):
    refused(
        bos.post(REQUESTS, "note=x", content_type="application/x-www-form-urlencoded"), 415, "unsupported_media_type"
    )
    refused(bos.post(REQUESTS, "{", content_type="application/json"), 400, "parse_error")
    refused(bos.post(REQUESTS, b"\xff", content_type="application/json"), 400, "parse_error")
    refused(bos.get(REQUESTS, headers={"Accept": "text/html"}), 406, "not_acceptable")
    assert bos.get(REQUESTS, {"format": "xml"}).status_code == 200


@pytest.mark.parametrize("data", ["[]", "1", '"x"', "null", "true"])
def test_a_body_that_is_no_object_is_refused(bos, data):
    refused(bos.post(REQUESTS, data, content_type="application/json"))


# --- I14 ---------------------------------------------------------------------------------------------------------


def test_what_is_someone_elses_answers_like_what_does_not_exist(to_the_store, bo, cy, far_home, store):
    made = Booking.objects.get(pk=world.book(bo, to_the_store, world.near(far_home, 200, 0), store).data["id"])
    wish = world.ask(bo, world.near(far_home, 300, 0), store).data["id"]
    cys = client(cy)
    for address, pk in (("bookings/{}/", made.pk), ("requests/{}/", wish), ("requests/{}/options/", wish)):
        both = [cys.get("/api/v1/" + address.format(one)) for one in (pk, 999_999)]
        assert [one.status_code for one in both] == [404, 404]
        assert both[0].content == both[1].content
    for address, pk in (
        ("bookings/{}/accept/", made.pk),
        ("bookings/{}/cancel/", made.pk),
        ("requests/{}/cancel/", wish),
        ("offers/{}/depart/", to_the_store.pk),
    ):
        both = [cys.post("/api/v1/" + address.format(one)) for one in (pk, 999_999)]
        assert [one.status_code for one in both] == [404, 404]
        assert both[0].content == both[1].content
