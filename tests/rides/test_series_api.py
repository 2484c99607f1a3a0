"""Weekly rides and standing seats over HTTP: the whole way, nothing private, nobody else's."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from realtime.publish import encode
from rides import event_view, tasks
from rides.models import Booking
from tests.rides import weekly, world
from tests.rides.programs import client
from tests.rides.weekly import FIVE_PM, MONDAY, WEDNESDAY

pytestmark = pytest.mark.django_db

ALL_OF_IT = "/api/v1/series/"


@pytest.fixture
def body(far_home, store):
    """Mondays and Wednesdays at seven, home at five."""
    return {
        "origin": far_home,
        "destination": store,
        "weekdays": [MONDAY, WEDNESDAY],
        "leaves_at": "07:00",
        "returns_at": "17:00",
        "starts_on": (weekly.today() + timedelta(days=1)).isoformat(),
        "max_detour_s": 1800,
    }


@pytest.fixture
def series(dora, body):
    """The address of Dora's series."""
    world.car(dora)
    answer = client(dora).post(ALL_OF_IT, body, format="json", headers={"Idempotency-Key": "weekly"})
    assert answer.status_code == 201, answer.content
    return f"{ALL_OF_IT}{answer.json()['id']}/"


@pytest.fixture
def door(far_home):
    return world.near(far_home, 200, 0)


def post(person, path, body=None, **headers):
    return client(person).post(path, body or {}, format="json", headers=headers)


def test_offer_stand_accept_change_call_off(series, dora, bo, door, store):
    seen = client(bo).get(series).json()
    assert (seen["leaves_at"], seen["returns_at"], seen["mine"]) == ("07:00:00", "17:00:00", False)
    assert len(seen["rides"]) == 6
    assert all(ride["way_back"] for ride in seen["rides"])

    asked = post(bo, series + "standing/", {"origin": door, "destination": store})
    assert (asked.status_code, asked.json()["accepted_at"]) == (201, None)
    for ride in seen["rides"]:
        tasks.book_standing(ride["offer"])
    mine = f"/api/v1/standing/{asked.json()['id']}/"
    assert post(dora, mine + "accept/").json()["accepted_at"]
    for ride in seen["rides"]:
        tasks.book_standing(ride["offer"])
    assert {one["state"] for one in client(bo).get(mine).json()["bookings"]} == {"CONFIRMED"}
    assert client(dora).get(series + "standing/").json()["results"][0]["role"] == "driver"

    day = seen["rides"][2]["date"]
    changed = post(dora, series + "change/", {"scope": "following", "date": day, "changes": {"leaves_at": "08:00"}})
    assert (changed.status_code, len(changed.json()["rides"])) == (200, 4)
    later = f"{ALL_OF_IT}{changed.json()['id']}/"
    skipped = post(dora, later + "skip/", {"date": seen["rides"][3]["date"], "note": "away"})
    assert skipped.json()["exceptions"] == [seen["rides"][3]["date"]]
    assert post(dora, later + "cancel/", {"scope": "all"}).json()["state"] == "ended"
    assert Booking.objects.filter(state="CONFIRMED").count() == 2
    assert post(bo, mine + "end/").json()["state"] == "ended"
    assert not Booking.objects.filter(state="CONFIRMED").exists()
    world.require_books_balance()


def test_the_same_key_keeps_one_series(series, dora, body):
    again = client(dora).post(ALL_OF_IT, body, format="json", headers={"Idempotency-Key": "weekly"})
    assert (again.status_code, f"{ALL_OF_IT}{again.json()['id']}/") == (201, series)
    assert len(client(dora).get(ALL_OF_IT).json()["results"]) == 1


def test_no_answer_to_a_stranger_carries_the_drivers_home_nor_to_her_the_riders(
    series, dora, bo, far_home, door, store
):
    """I13; each of the two reads the own place, which is the control."""

    def tells(answer, place) -> bool:
        text = json.dumps(answer.json(), ensure_ascii=False)
        return f"{place['lat']:.4f}" in text and f"{place['lon']:.4f}" in text

    standing = post(bo, series + "standing/", {"origin": door, "destination": store})
    mine = f"/api/v1/standing/{standing.json()['id']}/"
    assert not tells(client(bo).get(series), far_home)
    assert tells(client(dora).get(series), far_home)
    for answer in (
        client(dora).get(mine),
        client(dora).get(series + "standing/"),
        client(dora).get("/api/v1/standing/"),
    ):
        assert answer.status_code == 200
        assert not tells(answer, door)
    assert tells(client(bo).get(mine), door)


def test_news_of_them_reads_for_those_whom_it_is_for(series, dora, bo, cy, door, store):
    number = int(series.split("/")[-2])
    standing = post(bo, series + "standing/", {"origin": door, "destination": store}).json()["id"]
    left_out = {"series": number, "what": "left_out", "date": "2031-01-06", "code": "already_driving"}
    read = event_view.of_series(left_out, dora)
    assert (read["id"], read["what"], read["date"]) == (number, "left_out", "2031-01-06")
    assert encode({"data": read})
    full = {"standing": standing, "what": "waiting", "offer": 7}
    assert [event_view.of_standing(full, person)["role"] for person in (bo, dora)] == ["rider", "driver"]
    assert event_view.of_standing(full, bo)["what"] == "waiting"
    assert event_view.of_series(left_out, bo) is event_view.of_standing(full, cy) is None


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("series/{}/change/", {"scope": "all", "changes": {"note": "x"}}),
        ("series/{}/cancel/", {"scope": "all"}),
        ("series/{}/skip/", {"date": "2031-01-01"}),
        ("standing/{}/accept/", {}),
        ("standing/{}/end/", {}),
    ],
)
def test_somebody_elses_is_not_there(series, bo, cy, door, store, path, said):
    standing = post(bo, series + "standing/", {"origin": door, "destination": store}).json()["id"]
    there = {"series": series.split("/")[-2], "standing": standing}[path.split("/")[0]]
    real, missing = (post(cy, "/api/v1/" + path.format(number), said) for number in (there, 10**9))
    assert (real.status_code, real.json()) == (missing.status_code, missing.json())
    assert real.status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"weekdays": [7]},
        {"weekdays": []},
        {"leaves_at": "25:00"},
        {"starts_on": "2026-02-30"},
        {"returns_at": "07:01"},
        {"cents_per_km": 1000},
    ],
)
def test_what_makes_no_sense_is_a_problem(dora, body, wrong):
    world.car(dora)
    answer = post(dora, ALL_OF_IT, body | wrong)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize(("scopes", "status"), [(("read",), 403), (("read", "ride"), 403), (("drive",), 201)])
def test_a_token_needs_the_scope_of_driving(dora, body, scopes, status):
    world.car(dora)
    assert client(dora, scopes=scopes).post(ALL_OF_IT, body, format="json").status_code == status


def test_lists_cost_the_same_however_long_they_are(dora, bo, far_home, door, store):
    def cost(person, path):
        program = client(person)
        program.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert program.get(path).status_code == 200
        return len(queries)

    paths = [(dora, ALL_OF_IT), (bo, "/api/v1/standing/")]
    world.car(dora)
    first = weekly.begin(dora, far_home, store, weekdays=[MONDAY])
    weekly.stand(bo, first, door, store)
    weekly.attend(first)
    few = [cost(*one) for one in paths]
    more = weekly.begin(dora, far_home, store, weekdays=[WEDNESDAY], returns_at=FIVE_PM)
    weekly.stand(bo, more, door, store)
    weekly.stand(bo, more, store, door, way_back=True)
    weekly.attend(more)
    assert [cost(*one) for one in paths] == few
