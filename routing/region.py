"""The region on disk: roads, hierarchy, places and map of one area, memory-mapped so that processes share it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from routing.directions.itinerary import itinerary
from routing.directions.whereabouts import require_on_earth, why_not
from routing.distance import WALK_FACTOR, metres_between
from routing.errors import BadRegion
from routing.places.index import PlaceIndex, Places
from routing.places.public_points import PublicPoints
from routing.plan import Place, Route
from routing.seals import Seal, require_sizes, require_whole
from routing.soundness import faults
from routing.storage import load_arrays
from routing.streets.hours import Hours, read_hours
from routing.streets.network import Names, Network
from routing.travel.hierarchy import Hierarchy
from routing.travel.roads import RoadTravel
from routing.travel.snapping import Grid
from routing.walking.network import Walking, WalkingNetwork

FORMAT = 2
"""Raised whenever the arrays change their meaning; a region of another format is built again."""
MANIFEST, TILES = "manifest.json", "map.pmtiles"
NAMES_KEPT = 50_000
"""Corners; some 20 MB when all of them are asked for."""
ROUNDED = 1.1e-5
"""Degrees: coordinates are told to five digits, and are the same place when they differ by less."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a region is, and what it was made from."""

    name: str
    source: str
    source_sha256: str
    built_at: str
    """ISO 8601, UTC."""
    bounds: tuple[float, float, float, float]
    """West, south, east, north, in degrees."""
    time_zone: str
    """IANA name."""
    fictional: bool
    nodes: int
    arcs: int
    places: int
    addresses: int
    attribution: str
    files: dict[str, Seal] = field(default_factory=dict)
    """What each file was when it was built; the table of hours, which an operator may change, is not among them."""
    format: int = FORMAT

    @property
    def center(self) -> Place:
        """The middle of the bounds."""
        west, south, east, north = self.bounds
        return Place((south + north) / 2, (west + east) / 2, self.name)

    def write(self, folder: Path) -> None:
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Raises BadRegion when there is no region, or one that this version cannot read."""
    try:
        fields: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadRegion(f"There is no region in {folder}; build one with: python -m routing build.") from error
    except (OSError, ValueError) as error:
        raise BadRegion(f"The region in {folder} is damaged: {MANIFEST} is not whole; build it again.") from error
    if not isinstance(fields, dict) or fields.get("format") != FORMAT:
        raise BadRegion(f"The region in {folder} has another format; build it again with: python -m routing build.")
    try:
        fields["bounds"] = tuple(fields["bounds"])
        fields["files"] = {name: Seal(int(size), str(sha256)) for name, (size, sha256) in fields["files"].items()}
        return Manifest(**fields)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadRegion(f"The region in {folder} is damaged: {MANIFEST} is not whole; build it again.") from error


@dataclass(frozen=True, eq=False)
class Region:
    """One area: how long roads take, how far it is on foot, what places are called, where the public points are."""

    path: Path
    manifest: Manifest
    travel: RoadTravel
    walking: Walking
    places: PlaceIndex
    public: PublicPoints
    street_names: Names
    hours: Hours
    _paces: dict[int, "Region"] = field(default_factory=dict, repr=False)

    def at(self, at_s: int) -> "Region":
        """The region as it is at an instant (epoch seconds): at rush hour roads take longer."""
        return self.in_profile(self.hours.profile_at(at_s))

    def in_profile(self, profile: int) -> "Region":
        """The region in one of the profiles of `hours`; customised when it is first asked for, and kept."""
        base = self._paces.setdefault(0, self)
        known = self._paces.get(profile)
        if known is None:
            pace = base.travel.at_pace(self.hours.profiles[profile])
            known = self._paces[profile] = replace(base, travel=pace)
        return known

    @property
    def tiles_path(self) -> Path | None:
        """The base map, or None where none was drawn."""
        tiles = self.path / TILES
        return tiles if tiles.is_file() else None

    def route(self, places: Sequence[Place], language: str = "en") -> Route:
        """The fastest road through `places` in order, with its legs and what a driver does on them.

        Raises NoRoute with the reason and the nearest place that works, and BadPlace.
        """
        require_on_earth(places)
        for place in places:
            if refusal := why_not(place, self.travel, self.manifest.bounds, self.street_names):
                raise refusal
        return itinerary(self.travel, self.street_names, places, language)

    def public_point(self, lat: float, lon: float) -> Place:
        """What strangers see of a home: a corner, the same for at least twenty homes around (decision 0004)."""
        i = self.public.at(lat, lon)
        return self._corner(self.public.lat[i], self.public.lon[i])

    def is_public_point(self, place: Place) -> bool:
        """Whether some homes' public point is here, to the metre that coordinates are told in."""
        near = (np.abs(self.public.lat - place.lat) < ROUNDED) & (np.abs(self.public.lon - place.lon) < ROUNDED)
        return bool(near.any())

    def corners(self, place: Place, max_walk_m: int, limit: int | None = None) -> list[tuple[Place, int]]:
        """Junctions where a car may stop, the nearest first, each with its walk in metres over the walking network.

        All of them, or `limit` at most. They have no label yet: looking for a name takes longer than the search, so
        whoever shows one asks for `named`.
        """
        corner, walk_m = self.walking.corners_near(place, max_walk_m)
        net, nearest = self.walking.network, corner[:limit]
        found = zip(net.corner_lat[nearest].tolist(), net.corner_lon[nearest].tolist(), walk_m.tolist(), strict=False)
        return [(Place(lat, lon, kind="corner"), metres) for lat, lon, metres in found]

    def named(self, place: Place) -> Place:
        """A corner with the name of the nearest street; any other place as it is."""
        return self._corner(place.lat, place.lon) if place.kind == "corner" and not place.label else place

    def walk_m(self, one: Place, other: Place) -> int:
        """Metres on foot between two places, the same both ways.

        Where no way leads on foot, or one is farther than 5 km, it is the straight line and a share more.
        """
        metres = self.walking.metres(one, other)
        return round(WALK_FACTOR * metres_between(one, other)) if metres is None else metres

    @cached_property
    def _corner(self) -> Callable[[float, float], Place]:
        """The corner there, with its name: looking for that takes longer than finding it, so names are kept."""

        def named(lat: float, lon: float) -> Place:
            return Place(float(lat), float(lon), self.places.street_near(float(lat), float(lon)), kind="corner")

        return lru_cache(maxsize=NAMES_KEPT)(named)


def load(path: Path, *, verify: bool = False) -> Region:
    """Open a region without reading it all; raises BadRegion.

    Files that are missing, cut off or too long are noticed, and numbers that would lead a loop astray; with `verify`
    all files are read, and any change is.
    """
    manifest = read_manifest(path)
    (require_whole if verify else require_sizes)(path, manifest.files)
    network, names = load_arrays(Network, path / "network"), load_arrays(Names, path / "street_names")
    hierarchy, grid = load_arrays(Hierarchy, path / "hierarchy"), load_arrays(Grid, path / "grid")
    walking, paths = load_arrays(WalkingNetwork, path / "walking"), load_arrays(Grid, path / "walking" / "grid")
    places, public = load_arrays(Places, path / "places"), load_arrays(PublicPoints, path / "public")
    if wrong := next(faults(network, names, hierarchy, grid, walking, paths, places, public), None):
        raise BadRegion(f"The region in {path} is damaged: {wrong}.npy is not sound; build it again.")
    return Region(
        path,
        manifest,
        RoadTravel(network, hierarchy, grid),
        Walking(walking, paths),
        PlaceIndex(places),
        public,
        names,
        read_hours(path, manifest.time_zone),
    )


def build(
    source: str, target: Path, progress: Callable[[str, float], None] | None = None, *, name: str | None = None
) -> Manifest:
    """Make a region out of a file, "helsinki" or a place name, whole or not at all; see building.py."""
    from routing.building import build_region  # with OSMnx and osmium, which a web process does without

    return build_region(source, target, progress, name=name)
