"""Which turns signs forbid: the relations type=restriction of OpenStreetMap.

Source: https://wiki.openstreetmap.org/wiki/Relation:restriction. What holds at certain hours only
(`restriction:conditional`) is not read: a way that is free for most of the day is a way.
"""

from dataclasses import dataclass
from pathlib import Path

import osmium

from routing.streets.osm import reading, relations

_FOR_CARS = ("restriction:motorcar", "restriction:motor_vehicle", "restriction")
_EXCEPTED = {"motorcar", "motor_vehicle", "vehicle"}
_SIDES = {"left": 1, "right": -1, "straight": 0, "u": 2}


@dataclass(frozen=True, slots=True)
class Restriction:
    """Who comes by one of `from_ways`, and over `via_node` or `via_ways`, may not, or may only, go on by `to_ways`.

    All are numbers of OpenStreetMap. `side` is what the sign shows: 1 left, −1 right, 0 straight on, 2 turning round,
    None where the word does not say; it tells which end is meant of a way that goes on both sides of the junction.
    """

    only: bool
    side: int | None
    from_ways: tuple[int, ...]
    via_node: int | None
    via_ways: tuple[int, ...]
    to_ways: tuple[int, ...]


def read_restrictions(path: Path) -> list[Restriction]:
    """All that concern a car; those that lack a member are left out, for an extract may cut them."""
    with reading(path):
        found = (
            _restriction(relation) for relation in relations(path, osmium.filter.TagFilter(("type", "restriction")))
        )
        return [restriction for restriction in found if restriction]


def _restriction(relation: osmium.osm.Relation) -> Restriction | None:
    tags = {tag.k: tag.v for tag in relation.tags}
    word = next((tags[key] for key in _FOR_CARS if key in tags), "")
    kind, _, rest = word.partition("_")
    if kind not in ("no", "only") or _EXCEPTED & set(tags.get("except", "").split(";")):
        return None
    ways: dict[str, list[int]] = {"from": [], "via": [], "to": []}
    via_node = None
    for member in relation.members:
        if member.type == "w" and member.role in ways:
            ways[member.role].append(member.ref)
        elif member.type == "n" and member.role == "via":
            via_node = member.ref
    if not ways["from"] or not ways["to"] or (via_node is None) == (not ways["via"]):
        return None
    side = _SIDES.get(rest.split("_")[0])
    return Restriction(kind == "only", side, tuple(ways["from"]), via_node, tuple(ways["via"]), tuple(ways["to"]))
