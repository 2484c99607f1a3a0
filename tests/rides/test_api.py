"""The API: the whole ride with a token, problems with codes, keys, and nothing private."""

import json

import pytest

from tests.rides import world
from tests.rides.programs import client

pytestmark = pytest.mark.django_db


def at(place):
    return f"{place['lat']},{place['lon']}"


def test_search_book_accept(to_the_store, dora, bo, half_way, store):
    found = client().get("/api/v1/search/", {"from": at(half_way), "to": at(store), "latest_at": world.soon(5)})
    assert found.status_code == 200, found.content
    [ride] = found.json()["found"]
    assert ride["offer"]["id"] == to_the_store.pk
    assert ride["offer"]["driver"] == "Dora L."
    assert ride["seats_left"] == 3
    assert ride["price_cents"] % 10 == 0

    body = {"offer": to_the_store.pk, "origin": half_way, "destination": store}
    booked = client(bo).post("/api/v1/bookings/", body, format="json", headers={"Idempotency-Key": "tap-1"})
    again = client(bo).post("/api/v1/bookings/", body, format="json", headers={"Idempotency-Key": "tap-1"})
    assert (booked.status_code, booked.json()) == (again.status_code, again.json())
    accepted = client(dora).post(f"/api/v1/bookings/{booked.json()['id']}/accept/", format="json")
    assert accepted.json()["state"] == "CONFIRMED"
    assert accepted.json()["phone"] == ""  # Bo gave none
    mine = client(bo).get(f"/api/v1/bookings/{booked.json()['id']}/").json()
    assert mine["phone"] == "+33 6 00 00 00 01"


def test_the_same_key_with_another_body_is_refused(to_the_store, bo, half_way, store):
    body = {"offer": to_the_store.pk, "origin": half_way, "destination": store}
    key = {"Idempotency-Key": "tap-1"}
    client(bo).post("/api/v1/bookings/", body, format="json", headers=key)
    other = client(bo).post("/api/v1/bookings/", body | {"seats": 2}, format="json", headers=key)
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("get", "/api/v1/search/?from=x&to=1,2", None, 400, "invalid"),
        ("get", "/api/v1/offers/999999999/", None, 404, "not_found"),
        ("get", "/api/v1/offers/?bbox=1,2", None, 400, "invalid"),
        ("post", "/api/v1/bookings/", {}, 400, "invalid"),
        ("post", "/api/v1/bookings/7/explode/", {}, 404, "not_found"),
        ("get", "/api/v1/places/", None, 400, "invalid"),
    ],
)
def test_bad_input_is_a_problem_with_a_code(bo, method, path, body, status, code):
    answer = getattr(client(bo), method)(path, body, format="json") if body is not None else client(bo).get(path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == code


def test_who_is_not_signed_in_cannot_book(to_the_store, half_way, store):
    body = {"offer": to_the_store.pk, "origin": half_way, "destination": store}
    answer = client().post("/api/v1/bookings/", body, format="json")
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"


def test_an_etag_spares_a_second_look(to_the_store):
    first = client().get(f"/api/v1/offers/{to_the_store.pk}/")
    again = client().get(f"/api/v1/offers/{to_the_store.pk}/", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_places_are_found_by_name_and_by_point(store):
    by_name = client().get("/api/v1/places/", {"q": "ikéa"}).json()["results"][0]
    assert "IKEA" in by_name["label"]
    assert client().get("/api/v1/places/", {"near": at(store)}).json()["results"][0]["label"]


def test_no_answer_to_a_stranger_carries_the_drivers_home(to_the_store, bo, far_home, half_way, store):
    """I13: neither coordinates (to 4 digits, 10 m) nor the house number; the driver herself is the control."""
    home = (f"{far_home['lat']:.4f}", f"{far_home['lon']:.4f}", far_home["label"])

    def tells(answer) -> bool:
        text = json.dumps(answer.json(), ensure_ascii=False)
        return home[2] in text or (home[0] in text and home[1] in text)

    trip = {"from": at(half_way), "to": at(store), "latest_at": world.soon(5)}
    offer = f"/api/v1/offers/{to_the_store.pk}/"
    for stranger in (client(), client(bo)):
        for answer in (
            stranger.get("/api/v1/offers/"),
            stranger.get(offer),
            stranger.get(offer + "line/"),
            stranger.get("/api/v1/search/", trip),
        ):
            assert answer.status_code == 200
            assert not tells(answer)
    booked = client(bo).post(
        "/api/v1/bookings/", {"offer": to_the_store.pk, "origin": half_way, "destination": store}, format="json"
    )
    assert not tells(booked)
    assert tells(client(to_the_store.driver).get(offer))


def test_hold_book_wait_in_line_and_give_back_over_http(last_seat, dora, bo, cy, far_home, store):
    trip = {"origin": world.near(far_home, 200, 0), "destination": store}
    offer = f"/api/v1/offers/{last_seat.pk}/"
    held = client(bo).post(f"{offer}hold/", trip, format="json")
    assert (held.status_code, held.json()["state"]) == (201, "HELD")
    assert client().get(offer).json()["seats_held"] == 1
    assert client(dora).get(f"/api/v1/bookings/{held.json()['id']}/").status_code == 404
    line = client(cy).post(f"{offer}waiting/", trip, format="json").json()
    assert line["position"] == 1
    assert client(bo).post(f"/api/v1/waiting/{line['id']}/leave/", format="json").status_code == 404
    booked = client(bo).post("/api/v1/bookings/", trip | {"offer": last_seat.pk}, format="json").json()
    smaller = client(bo).post(f"/api/v1/bookings/{booked['id']}/reduce/", {"seats": 0}, format="json")
    assert (smaller.status_code, smaller.json()["code"]) == (400, "invalid")
    assert client(cy).get("/api/v1/waiting/").json()["results"][0]["state"] == "waiting"


def test_only_the_driver_changes_a_ride(to_the_store, dora, bo):
    offer = f"/api/v1/offers/{to_the_store.pk}/"
    assert client(bo).patch(offer, {"note": "mine"}, format="json").status_code == 404
    assert client(dora).patch(offer, {"note": "with a dog"}, format="json").json()["note"] == "with a dog"
