"""Drivers with published rides, and riders each with a token and one journey; the same ones for the same seed."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, takewhile
from typing import Any

RIDES = 1000
SEATS = 8
BUS_SEATS = 32_000
"""So many that one ride does not sell out."""


@dataclass(frozen=True, slots=True)
class Ride:
    """An offer with its two ends, as everybody reads them, and points of the road between."""

    offer: int
    ends: tuple[dict[str, Any], dict[str, Any]]
    line: list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Rider:
    """Somebody with a token, and the booking she sends."""

    token: str
    body: bytes


def rides(dice: random.Random, name: str, wanted: int, seats: int) -> list[Ride]:
    """Published rides from homes to shops and schools, tomorrow between seven and seven."""
    from rides import streets

    named = streets.the_region().places
    homes, spots = named.of_kind("address", 2000), named.of_kind("shop", 200) + named.of_kind("school", 50)
    made: list[Ride] = []
    with _without_waiting_for_the_disk():
        for number in takewhile(lambda _: len(made) < wanted, count()):
            origin, destination = dice.choice(homes), dice.choice(spots)
            ride = _publish(f"{name}-driver-{number}@example.org", seats, origin, destination, 7 + 12 * dice.random())
            if len(ride.line) > 20:
                made.append(ride)
    return made


@contextmanager
def _without_waiting_for_the_disk() -> Iterator[None]:
    """Making the town is not what is measured; what is measured runs on other connections."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
        try:
            yield
        finally:
            cursor.execute("RESET synchronous_commit")


def riders(dice: random.Random, name: str, wanted: int, rides: list[Ride], insertions: float) -> list[Rider]:
    """People who ride one after the other with each ride; a share of them needs a stop of their own."""
    made = []
    for number, token in enumerate(tokens(f"{name}-rider", wanted)):
        ride = rides[number % len(rides)]
        ends = list(ride.ends)
        if dice.random() < insertions:
            lon, lat = ride.line[dice.randrange(len(ride.line) // 5, 4 * len(ride.line) // 5)]
            ends[dice.randrange(2)] = {"lat": lat + 30 / 111_195, "lon": lon + 30 / 77_000, "label": "a door"}
        body = {"offer": ride.offer, "origin": ends[0], "destination": ends[1]}
        made.append(Rider(token, json.dumps(body).encode()))
    return made


def tokens(name: str, wanted: int) -> list[str]:
    """So many people, each with a program that may act for her."""
    from django.utils import timezone

    from accounts import tokens
    from accounts.models import ApiToken, User

    people = User.objects.bulk_create(
        User(email=f"{name}-{number}@example.org", first_name="Bo", password="!") for number in range(wanted)
    )
    made = [tokens.issue(person, name="bench") for person in people]
    ApiToken.objects.update(last_used_at=timezone.now())  # she has just searched with it
    return made


def forget_jobs() -> None:
    """The rides were put to whoever waits for one long ago; and PostgreSQL knows its tables."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
        cursor.execute("ANALYZE")


def _publish(email: str, seats: int, origin: Any, destination: Any, hour: float) -> Ride:
    from accounts.models import LoadConfiguration, User, Vehicle
    from rides import commands, planner, streets
    from rides.models import RideOffer
    from rides.serializers.offers import OfferIn

    driver = User.objects.create_user(email, first_name="Dora")
    vehicle = Vehicle.objects.create(owner=driver, name="Zoé")
    LoadConfiguration.objects.create(vehicle=vehicle, name="usual", seats=seats, litres=300)
    form = OfferIn(
        data={
            "origin": _as_sent(origin),
            "destination": _as_sent(destination),
            "departs_at": _tomorrow_at(hour).isoformat(),
        }
    )
    form.is_valid(raise_exception=True)
    answer = commands.publish_offer(driver, dict(form.validated_data))
    if not answer.ok:
        raise RuntimeError(f"A ride was not published: {answer.data}")
    offer = RideOffer.objects.get(pk=answer.data["id"])
    first, last = (streets.public(stop.place) for stop in offer.stops.select_related("place").order_by("sequence"))
    return Ride(offer.pk, (_as_sent(first), _as_sent(last)), list(planner.drive([first, last]).geometry))


def _as_sent(place: Any) -> dict[str, Any]:
    return {"lat": place.lat, "lon": place.lon, "label": place.label, "osm_key": place.osm_key}


def _tomorrow_at(hour: float) -> datetime:
    from django.utils import timezone

    today: datetime = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1, hours=hour)
