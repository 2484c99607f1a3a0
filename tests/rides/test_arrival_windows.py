"""Bo has to be at the store at some hour: when she leaves is then not so important."""

from datetime import datetime, timedelta

import pytest
from django.db.models import F

from rides import planner
from rides.commands.bookings import trip_from
from rides.errors import Invalid
from rides.models import Leg, RideOffer, Stop
from routing.plan import NEVER_S
from tests.rides import world
from tests.rides.programs import client

pytestmark = pytest.mark.django_db

MINUTES = timedelta(minutes=1)


def at(place):
    return f"{place['lat']},{place['lon']}"


@pytest.fixture
def search(to_the_store, half_way, store):
    """Along Dora's way, without flexibility of hers; the answer."""
    RideOffer.objects.filter(pk=to_the_store.pk).update(flexibility_s=0)

    def ask(**hours):
        asked = {"from": at(half_way), "to": at(store)} | {name: hour.isoformat() for name, hour in hours.items()}
        return client().get("/api/v1/search/", asked)

    return ask


@pytest.fixture
def there_at(search, to_the_store):
    """When Dora's car brings her there."""
    [ride] = search(earliest_at=to_the_store.departs_at).json()["found"]
    return datetime.fromisoformat(ride["dropoff_at"])


def test_who_has_to_be_there_in_time_takes_a_ride_that_is_there_by_then(search, there_at, to_the_store):
    found = search(arrive_latest_at=there_at + MINUTES).json()["found"]
    assert [ride["offer"]["id"] for ride in found] == [to_the_store.pk]
    assert search(arrive_latest_at=there_at - MINUTES).json()["found"] == []


def test_who_cannot_be_there_before_an_hour_takes_none_that_is(search, there_at):
    assert len(search(arrive_earliest_at=there_at - MINUTES).json()["found"]) == 1
    assert search(arrive_earliest_at=there_at + 20 * MINUTES).json()["found"] == []


def test_both_windows_count(search, there_at, to_the_store):
    leaving = {"earliest_at": to_the_store.departs_at - timedelta(hours=1), "latest_at": there_at}
    assert len(search(**leaving, arrive_latest_at=there_at + MINUTES).json()["found"]) == 1
    assert search(**leaving, arrive_latest_at=there_at - MINUTES).json()["found"] == []
    too_late = {"earliest_at": there_at + timedelta(hours=1), "latest_at": there_at + timedelta(hours=2)}
    assert search(**too_late, arrive_latest_at=there_at + timedelta(hours=3)).json()["found"] == []


def test_the_rides_at_other_times_are_there_at_other_times(search, there_at, to_the_store):
    early = search(arrive_latest_at=there_at - MINUTES).json()
    assert [ride["offer"]["id"] for ride in early["other_times"]] == [to_the_store.pk]


def test_a_later_ride_is_as_good_as_an_earlier_one_when_both_are_there_in_time(search, there_at, to_the_store, dora):
    """The later one costs its driver half a minute less, and the rider was at home till then."""
    asked = {"flexibility_s": 0}
    ends = [stop.place for stop in to_the_store.stops.order_by("sequence").select_related("place")]
    origin, destination = ({"lat": p.lat, "lon": p.lon, "label": p.label, "osm_key": p.osm_key} for p in ends)
    later = world.publish(dora, origin, destination, departs_at=there_at + 10 * MINUTES, **asked)
    Leg.objects.filter(offer=later).update(duration_s=F("duration_s") + 30)  # so that her detour is shorter
    Stop.objects.filter(offer=later, sequence=1).update(planned_at=F("planned_at") + timedelta(seconds=30))

    def order(**hours):
        return [ride["offer"]["id"] for ride in search(**hours).json()["found"]]

    assert order(arrive_latest_at=there_at + timedelta(hours=2)) == [later.pk, to_the_store.pk]
    assert order(earliest_at=to_the_store.departs_at, latest_at=there_at + timedelta(hours=2)) == [
        to_the_store.pk,
        later.pk,
    ]


@pytest.mark.parametrize(
    "hours",
    [
        {"arrive_earliest_at": 2, "arrive_latest_at": 1},
        {"earliest_at": 2, "arrive_latest_at": 1},
        {"earliest_at": 2, "latest_at": 1},
        {"latest_at": -2},
    ],
)
def test_a_window_that_ends_before_it_begins_is_refused(search, hours):
    answer = search(**{name: world.soon(hour) for name, hour in hours.items()})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_hours_that_are_over_find_nothing(search):
    answer = search(arrive_latest_at=world.soon(-24))
    assert (answer.status_code, answer.json()) == (200, {"found": [], "other_times": []})


def test_a_trip_keeps_both_windows(half_way, store):
    sent = {"origin": half_way, "destination": store}
    by_ten = world.soon(5)
    trip = trip_from(sent | {"arrive_latest_at": by_ten})
    assert (trip.earliest_s, trip.latest_s) == (planner.epoch_s(by_ten) - 3 * 3600, planner.epoch_s(by_ten))
    assert (trip.arrive_earliest_s, trip.arrive_latest_s) == (0, planner.epoch_s(by_ten))
    assert trip_from(sent).arrive_latest_s == NEVER_S
    with pytest.raises(Invalid):
        trip_from(sent | {"earliest_at": world.soon(2), "latest_at": world.soon(1)})
