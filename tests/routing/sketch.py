"""Draws small OpenStreetMap files for tests, in metres instead of degrees."""

from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np

from routing.distance import EARTH_M
from routing.plan import Place

SOUTH_WEST = Place(46.0, 6.0)


def at(east_m: float, north_m: float) -> Place:
    """A place so many metres from the corner of the sketch."""
    lat = SOUTH_WEST.lat + float(np.degrees(north_m / EARTH_M))
    return Place(lat, SOUTH_WEST.lon + float(np.degrees(east_m / EARTH_M / np.cos(np.radians(SOUTH_WEST.lat)))))


class Sketch:
    """Nodes and ways as they are drawn; a node is drawn once per point unless it has tags of its own."""

    def __init__(self) -> None:
        self._nodes: list[str] = []
        self._ways: list[str] = []
        self._relations: list[str] = []
        self._drawn: dict[tuple[float, float], int] = {}
        self._next = 1

    def node(self, east_m: float, north_m: float, **tags: str) -> int:
        """A node with tags, or the plain one at this point."""
        known = self._drawn.get((east_m, north_m))
        if known is not None and not tags:
            return known
        number, self._next = self._next, self._next + 1
        place = at(east_m, north_m)
        self._nodes.append(f'<node id="{number}" lat="{place.lat:.7f}" lon="{place.lon:.7f}">{_tags(tags)}</node>')
        self._drawn.setdefault((east_m, north_m), number)
        return number

    def way(self, *points: Any, **tags: str) -> int:
        """A way through (east, north) points; a bare number is a node's id, drawn or missing."""
        number, self._next = self._next, self._next + 1
        refs = [point if isinstance(point, int) else self.node(*point) for point in points]
        nodes = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        self._ways.append(f'<way id="{number}">{nodes}{_tags(tags)}</way>')
        return number

    def sign(self, kind: str, start: int, via: int, to: int, *, over: str = "node", **tags: str) -> int:
        """A restriction relation, such as "no_left_turn", from one way over a node (or a way) to another way."""
        number, self._next = self._next, self._next + 1
        members = "".join(
            f'<member type="{type_}" ref="{ref}" role="{role}"/>'
            for type_, ref, role in (("way", start, "from"), (over, via, "via"), ("way", to, "to"))
        )
        words = _tags({"type": "restriction", "restriction": kind, **tags} if kind else {"type": "restriction", **tags})
        self._relations.append(f'<relation id="{number}">{members}{words}</relation>')
        return number

    def save(self, path: Path, *, ways_first: bool = False) -> Path:
        """Write an .osm file."""
        parts = self._ways + self._nodes if ways_first else self._nodes + self._ways
        parts = parts + self._relations
        path.write_text(f'<osm version="0.6">{"".join(parts)}</osm>', encoding="utf-8")
        return path


def _tags(tags: dict[str, str]) -> str:
    """`addr_street="x"` becomes addr:street."""
    return "".join(f"<tag k={quoteattr(key.replace('_', ':'))} v={quoteattr(text)}/>" for key, text in tags.items())


def street(name: str = "", **tags: str) -> dict[str, str]:
    """The tags of a residential street."""
    return {"highway": "residential", **({"name": name} if name else {}), **tags}


def draw_hamlet(folder: Path) -> Path:
    """The smallest file that makes a region."""
    sketch = Sketch()
    sketch.way((0, 0), (500, 0), (500, 500), (0, 500), (0, 0), **street("Rue du Tour"))
    sketch.way((0, 0), (500, 500), **street("Rue du Milieu"))
    return sketch.save(folder / "hamlet.osm")
