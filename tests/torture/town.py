"""The valley with its people, as a campaign begins."""

from typing import Any

from tests.torture.people import Somebody, Town

DRIVERS, RIDERS, DOORS = 4, 8, 6


def settle() -> tuple[Town, list[Somebody], list[Somebody]]:
    """Write drivers, their cars and riders into the empty database; returns drivers and riders."""
    from tests.rides import world

    store = world.store()
    homes = sorted(world.homes(40), key=lambda home: -_apart(home, store))
    drivers = [_person(f"Driver{i}") for i in range(DRIVERS)]
    riders = [_person(f"Rider{i}") for i in range(RIDERS)]
    doors = {}
    for driver, home in zip(drivers, homes, strict=False):
        world.car(
            driver,
            3,
            {"name": "seats folded", "seats": 1, "litres": 900, "length_cm": 210},
        )
        doors[driver.first_name] = [home, *(world.near(home, 150 * i, 90 * i) for i in range(1, DOORS))]
    return Town(doors, store), [_known(driver) for driver in drivers], [_known(rider) for rider in riders]


def _person(name: str) -> Any:
    from tests.rides import world

    return world.person(name)


def _known(person: Any) -> Somebody:
    from accounts import tokens

    return Somebody(person.pk, person.first_name, tokens.issue(person, name="torture"))


def _apart(one: dict[str, Any], other: dict[str, Any]) -> float:
    return abs(one["lon"] - other["lon"]) + abs(one["lat"] - other["lat"])
