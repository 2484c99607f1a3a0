"""The valley on paper: points, lines and areas in metres with their OSM tags, before they become a file."""

from dataclasses import dataclass, field
from typing import Any

import shapely
from numpy.typing import NDArray

Tags = dict[str, str]
Line = NDArray[Any]  # (n, 2): metres east and north of the valley's centre


@dataclass(slots=True)
class Drawing:
    """What has been drawn so far. Lines that share a coordinate share a node, to the decimetre."""

    points: list[tuple[float, float, Tags]] = field(default_factory=list)
    lines: list[tuple[Line, Tags]] = field(default_factory=list)
    areas: list[tuple[shapely.Polygon, Tags]] = field(default_factory=list)
    forbidden_turns: list[tuple[int, tuple[float, float], int, str]] = field(default_factory=list)
    """Way number (of `lines`) one comes from, where, way number one may not take, and the restriction's name."""

    def point(self, x: float, y: float, **tags: str) -> None:
        """Tag the spot (x, y), metres; a colon in a key is written as two underscores."""
        self.points.append((float(x), float(y), {key.replace("__", ":"): text for key, text in tags.items()}))

    def line(self, line: Line, tags: Tags) -> None:
        self.lines.append((line, tags))

    def area(self, polygon: shapely.Polygon, tags: Tags) -> None:
        """Draw an area; one with holes becomes a multipolygon relation."""
        self.areas.append((polygon, tags))
