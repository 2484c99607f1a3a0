"""Where a run is played: its people, cars and doors, a clock set by hand, one transaction that is never committed."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from itertools import count
from typing import Any
from unittest import mock

from django.db import connection, transaction

from accounts.models import LoadConfiguration, User, Vehicle
from rides import jobs, news, planner, streets
from routing.plan import Place
from tests.rides import world
from tests.rides.machine.roads import remembered

BEGINS = int(datetime(2030, 5, 6, 6, tzinfo=UTC).timestamp())
NAMES = ("Dora", "Dan", "Eve", "Bo", "Cy", "Flo")
CARS: dict[str, list[dict[str, Any]]] = {
    "Dora": [
        {"name": "usual", "seats": 3, "child_seats": 1, "litres": 300, "length_cm": 100},
        {"name": "folded", "seats": 2, "litres": 900, "length_cm": 210},
    ],
    "Dan": [{"name": "small", "seats": 1, "litres": 150, "length_cm": 80}],
    "Eve": [
        {"name": "van", "seats": 4, "child_seats": 2, "litres": 400, "length_cm": 120, "roof_kg": 50},
        {"name": "ramp", "seats": 2, "wheelchairs": 1, "litres": 400, "length_cm": 100},
    ],
}
_runs = count()


class Stage:
    """One run: it begins with an empty valley and leaves nothing behind."""

    def __init__(self) -> None:
        self.enqueued: list[tuple[str, Any]] = []
        """The jobs of the last step: name and what it is about."""
        self.published: dict[int, dict[str, Any]] = {}
        """What open maps were last told of each offer."""
        self._told: list[dict[str, Any]] = []
        self._open = ExitStack()
        self._open.enter_context(transaction.atomic())
        self._open.callback(transaction.set_rollback, True)
        self._open.enter_context(remembered())
        self._open.enter_context(mock.patch.multiple(jobs, **{name: self._job(name) for name in _job_names()}))
        self._open.enter_context(mock.patch.object(news, "publish", self._publish))
        self.people = self._make_people()
        self.cars = {car.owner_id: car for car in self._make_cars()}

    def act(self, change: Callable[[], Any]) -> Any:
        """As a command does it: all or nothing, news at the end, and the constraints that wait until then."""
        self.enqueued.clear()
        self._told.clear()
        with transaction.atomic(), news.gathering():
            made = change()
            connection.check_constraints()
        for told in self._told:
            before = self.published.get(told["offer_id"])
            assert before is None or before["version"] < told["version"] or before == told, (before, told)
            self.published[told["offer_id"]] = told
        return made

    def close(self) -> None:
        """Roll everything back."""
        self._open.close()

    def _publish(self, topic: str, told: dict[str, Any], **_about: Any) -> None:
        if topic.startswith("offer."):
            self._told.append(told)

    def _job(self, name: str) -> Callable[..., None]:
        return lambda *args, **_more: self.enqueued.append((name, args[0]))

    def _make_people(self) -> list[User]:
        run = f"{os.getpid()}-{next(_runs)}"
        return User.objects.bulk_create(
            User(email=f"{name}-{run}@example.org".lower(), first_name=name, password="!") for name in NAMES
        )

    def _make_cars(self) -> list[Vehicle]:
        cars = Vehicle.objects.bulk_create(
            Vehicle(owner=person, name="Zoé") for person in self.people if person.first_name in CARS
        )
        LoadConfiguration.objects.bulk_create(
            LoadConfiguration(vehicle=car, **way) for car in cars for way in CARS[car.owner.first_name]
        )
        return cars


@cache
def doors() -> tuple[Place, ...]:
    """Places along one road, in its order: a village far from the store, doors beside the way, the store."""
    store = world.store()
    far = max(world.homes(40), key=lambda home: abs(home["lon"] - store["lon"]) + abs(home["lat"] - store["lat"]))
    line = planner.drive([streets.place_from(far), streets.place_from(store)]).geometry
    beside = [line[len(line) * part // 5] for part in (1, 2, 3, 4)]
    on_the_way = [world.near({"lat": lat, "lon": lon}, 40, 40) for lon, lat in beside]
    return tuple(streets.place_from(place) for place in (far, *on_the_way, store))


def _job_names() -> list[str]:
    return [
        name for name, job in vars(jobs).items() if callable(job) and getattr(job, "__module__", "") == "rides.jobs"
    ]
