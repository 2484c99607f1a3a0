"""On which classes of road each router drives how fast: its answers piece by piece, beside the ways of the extract."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import osmium

from routing.errors import NoRoute
from routing.plan import Place
from routing.region import Region
from routing.streets.osm import ROAD_CLASSES

Driven = dict[str, tuple[float, float]]
"""Seconds and metres by class of road; what is lost at junctions is "turns", in seconds."""


class Ways:
    """The class of each way, and of each bit of road between two neighbouring nodes."""

    def __init__(self, extract: Path) -> None:
        self.of_way: dict[int, str] = {}
        self.of_bit: dict[tuple[int, int], str] = {}
        for way in osmium.FileProcessor(str(extract), osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("highway")):
            if not isinstance(way, osmium.osm.Way):
                continue
            kind = way.tags["highway"]
            self.of_way[way.id] = kind
            nodes = [node.ref for node in way.nodes]
            for a, b in pairwise(nodes):
                self.of_bit[a, b] = self.of_bit[b, a] = kind

    def by_osrm(self, total_s: float, pieces: Sequence[Sequence[float]]) -> Driven:
        """Pieces of OSRM: node, node, seconds, metres. What the whole takes beyond them is lost at junctions."""
        driven = _sum((self.of_bit.get((int(a), int(b)), "other"), s, m) for a, b, s, m in pieces)
        driven["turns"] = round(total_s - sum(s for s, _ in driven.values()), 1), 0.0
        return driven

    def by_valhalla(self, pieces: Sequence[Sequence[float]]) -> Driven:
        """Pieces of Valhalla: way, seconds, metres, seconds at the junction before."""
        driven = _sum((self.of_way.get(int(way), "other"), s, m) for way, s, m, _ in pieces)
        driven["turns"] = round(sum(turn for *_, turn in pieces), 1), 0.0
        return driven


def by_ours(streets: Region, here: Place, there: Place) -> Driven:
    """Our own way between two places; what is lost where roads meet is "turns", as with the others."""
    try:
        _, _, stretches = streets.travel.drive(here, there)
    except NoRoute:
        return {}
    kinds = streets.travel.network.piece_class
    driven = _sum((ROAD_CLASSES[kinds[one.piece]], one.duration_ms / 1000, one.distance_dm / 10) for one in stretches)
    driven["turns"] = round(sum(one.turn_ms for one in stretches) / 1000, 1), 0.0
    return driven


def together(each: Sequence[Driven]) -> dict[str, dict[str, float]]:
    """All pairs: hours, kilometres and km/h by class of road, the most driven first."""
    whole = _sum((kind, s, m) for driven in each for kind, (s, m) in driven.items())
    return {
        kind: {"h": round(s / 3600, 2), "km": round(m / 1000, 1)} | ({"km_h": round(3.6 * m / s, 1)} if m and s else {})
        for kind, (s, m) in sorted(whole.items(), key=lambda item: -item[1][0])
    }


def _sum(bits: Iterable[tuple[str, float, float]]) -> Driven:
    driven: dict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for kind, s, m in bits:
        before = driven[kind]
        driven[kind] = before[0] + s, before[1] + m
    return {kind: (round(s, 1), round(m, 1)) for kind, (s, m) in driven.items()}
