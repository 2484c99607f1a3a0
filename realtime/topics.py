"""Names of the topics: what a page can join, and where the hints for one person travel."""

import re
from collections.abc import Iterable

import h3

RESOLUTION = 7  # hexagons of about 5 km²
NAME = re.compile(r"[a-z]+(\.[A-Za-z0-9_-]+)+")
MAX_LENGTH = 90  # characters; Channels allows 100 for a group


def is_name(text: object) -> bool:
    return isinstance(text, str) and len(text) <= MAX_LENGTH and NAME.fullmatch(text) is not None


def cell_of(lat: float, lon: float) -> str:
    """The H3 cell, in hexadecimal, of a point in degrees."""
    return str(h3.latlng_to_cell(lat, lon, RESOLUTION))


def cells_around(lat: float, lon: float, rings: int = 1) -> list[str]:
    """The cell of a point and the `rings` rings of cells around it (1 + 6 + 12 + …)."""
    return sorted(h3.grid_disk(cell_of(lat, lon), rings))


def cell_topic(audience: str, h3_cell: str) -> str:
    """Everything that this audience may see in one cell; audience is a word such as `public` or `community-3`."""
    return f"cell.{audience}.{h3_cell}"


def offer_topic(offer_id: int) -> str:
    return f"offer.{offer_id}"


def ride_topic(offer_id: int) -> str:
    """That there is something new of the car under way, for the people of that ride."""
    return f"ride.{offer_id}"


def person_topic(person_id: int) -> str:
    """Hints for one person's sockets; no client can join it."""
    return f"person.{person_id}"


def ids_of(topics: Iterable[str]) -> dict[int, str]:
    """The topics that name a thing by its number, `offer.12`, by that number."""
    named = ((topic, topic.partition(".")[2]) for topic in topics)
    return {int(number): topic for topic, number in named if number.isdecimal() and len(number) < 19}
