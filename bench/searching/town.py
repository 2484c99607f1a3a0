"""The tables of a site with very many live offers: people, cars, places, stops, legs, bookings, a community."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import accumulate, count, pairwise
from typing import Any

from django.db import connection

from accounts.models import Block, Community, Membership, Place, User, Vehicle
from bench.searching.journeys import Country, Drive
from bench.searching.rows import pour
from rides.models import Booking, Leg, RideOffer, Stop
from routing import capacity

RIDES_EACH = 2
MEMBERS = 150
COMMUNITY_SHARE = 0.1
BLOCKED = 5
Row = Mapping[str, Any]


def fill(country: Country, offers: int, day: datetime) -> None:
    """So many published offers of that day; person 1 is the one who asks."""
    drives = [country.drive() for _ in range(offers)]
    people = offers // RIDES_EACH + 2
    pour(
        User,
        (
            {"id": pk, "email": f"p{pk}@example.org", "first_name": "Dora", "password": "!"}
            for pk in range(1, people + 1)
        ),
    )
    pour(Vehicle, ({"id": pk, "owner_id": pk, "name": "Zoé"} for pk in range(1, people + 1)))
    pour(Community, [{"id": 1, "name": "Our street", "slug": "our-street"}])
    pour(Membership, ({"id": pk, "community_id": 1, "person_id": pk} for pk in range(1, MEMBERS + 1)))
    pour(Block, ({"id": pk, "blocker_id": 1, "blocked_id": MEMBERS + pk} for pk in range(1, BLOCKED + 1)))
    pour(RideOffer, _offers(country, drives, day))
    pour(Place, _places(country, drives))
    pour(Stop, _stops(country, drives, day))
    pour(Leg, _legs(country, drives))
    pour(Booking, _bookings(country, drives, day))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _driver(number: int) -> int:
    return 2 + number // RIDES_EACH


def _offers(country: Country, drives: list[Drive], day: datetime) -> Iterator[Row]:
    for number, drive in enumerate(drives):
        ends = drive.visits[0], drive.visits[-1]
        empty_s, empty_m = int(country.seconds[ends]), int(country.metres[ends])
        planned_s = _at(country, drive)[-1] - drive.leaves_s
        private = country.dice.random() < COMMUNITY_SHARE
        yield {
            "id": number + 1,
            "driver_id": _driver(number),
            "vehicle_id": _driver(number),
            "audience": RideOffer.Audience.COMMUNITY if private else RideOffer.Audience.PUBLIC,
            "departs_at": day + timedelta(seconds=drive.leaves_s),
            "time_zone": country.region.manifest.time_zone,
            "flexibility_s": 600,
            "configurations": [
                {"name": "usual", **dict.fromkeys(capacity.KINDS, 0), "seats": drive.seats, "litres": 300}
            ],
            "max_detour_s": max(0, planned_s - empty_s) + country.dice.choice((300, 600, 900)),
            "max_detour_m": 30_000,
            "empty_s": empty_s,
            "empty_m": empty_m,
        }


def _places(country: Country, drives: list[Drive]) -> Iterator[Row]:
    pk = count(1)
    for drive in drives:
        for at in drive.visits:
            place = country.places[at]
            where = {"lat": place.lat, "lon": place.lon, "public_lat": place.lat, "public_lon": place.lon}
            yield {"id": next(pk), "label": place.label, "public_label": place.label, **where}


def _stops(country: Country, drives: list[Drive], day: datetime) -> Iterator[Row]:
    pk = count(1)
    for number, drive in enumerate(drives):
        for sequence, at_s in enumerate(_at(country, drive)):
            at, inner = day + timedelta(seconds=at_s), 0 < sequence < len(drive.visits) - 1
            stop = next(pk)
            yield {
                "id": stop,
                "offer_id": number + 1,
                "sequence": sequence,
                "place_id": stop,
                "planned_at": at,
                "promised_at": at + timedelta(minutes=10) if inner else None,
                "dwell_s": 60 * inner,
            }


def _legs(country: Country, drives: list[Drive]) -> Iterator[Row]:
    pk, stop = count(1), count(1)
    for number, drive in enumerate(drives):
        for leg, (here, there) in enumerate(pairwise(drive.visits)):
            yield {
                "id": next(pk),
                "offer_id": number + 1,
                "start_id": next(stop),
                "duration_s": int(country.seconds[here, there]),
                "distance_m": int(country.metres[here, there]),
                "taken_seats": drive.taken(leg),
                "capacity_seats": drive.seats,
                "capacity_litres": 300,
            }
        next(stop)


def _bookings(country: Country, drives: list[Drive], day: datetime) -> Iterator[Row]:
    """Somebody for every seat that is taken; who she is does not matter here."""
    pk, first = count(1), 1
    for number, drive in enumerate(drives):
        times = [day + timedelta(seconds=at_s) for at_s in _at(country, drive)]
        for on, off in drive.riders:
            yield {
                "id": next(pk),
                "offer_id": number + 1,
                "rider_id": 1 + (_driver(number) + 7) % (len(drives) // RIDES_EACH),
                "state": Booking.State.CONFIRMED,
                "pickup_id": first + on,
                "dropoff_id": first + off,
                "pickup_place_id": first + on,
                "dropoff_place_id": first + off,
                "pickup_at": times[on],
                "dropoff_at": times[off],
                "latest_pickup_at": times[on] + timedelta(minutes=10),
                "latest_dropoff_at": times[off] + timedelta(minutes=10),
                "direct_m": int(country.metres[drive.visits[on], drive.visits[off]]),
                "price_cents": 150,
            }
        first += len(drive.visits)


def _at(country: Country, drive: Drive) -> list[int]:
    """When the car is at each stop, in seconds of the day."""
    ways = [int(country.seconds[here, there]) for here, there in pairwise(drive.visits)]
    stands = [0, *[60] * (len(ways) - 1)]
    return list(accumulate((way + stand for way, stand in zip(ways, stands, strict=True)), initial=drive.leaves_s))
