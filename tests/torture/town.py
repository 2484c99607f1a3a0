"""The valley with its people, as a campaign begins. Django is set up when `settle` is called, not before."""

from typing import TYPE_CHECKING, Any

from tests.torture.people import Somebody, Town

if TYPE_CHECKING:
    from accounts.models import User

DRIVERS, RIDERS, DOORS = 4, 8, 6
FOLDED = {"name": "seats folded", "seats": 1, "litres": 900, "length_cm": 210}


def settle() -> Town:
    """Lay the tables of an empty database; write drivers, their cars and riders into it."""
    from django.core.management import call_command
    from django.db import connection

    from rides import streets
    from routing.building import warm_up
    from tests.rides import world

    warm_up(streets.the_region())  # or each process that is started again would compile for itself
    call_command("migrate", verbosity=0)
    store = world.store()
    homes = sorted(world.homes(40), key=lambda home: -_apart(home, store))
    drivers = [world.person(f"Driver{i}") for i in range(DRIVERS)]
    riders = [world.person(f"Rider{i}") for i in range(RIDERS)]
    doors = {}
    for driver, home in zip(drivers, homes, strict=False):
        world.car(driver, 3, FOLDED)
        doors[driver.first_name] = [home, *(world.near(home, 150 * i, 90 * i) for i in range(1, DOORS))]
    town = Town(doors, store, [_known(driver) for driver in drivers], [_known(rider) for rider in riders])
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's
    return town


def _known(person: "User") -> Somebody:
    from accounts import tokens

    return Somebody(person.pk, person.first_name, tokens.issue(person, name="torture"))


def _apart(one: dict[str, Any], other: dict[str, Any]) -> float:
    return float(abs(one["lon"] - other["lon"]) + abs(one["lat"] - other["lat"]))
