"""The region on disk: roads, hierarchy, places and map of one area, memory-mapped so that processes share it."""

import json
from collections.abc import Callable
from copy import copy
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from routing.distance import EARTH_M, WALK_FACTOR
from routing.errors import BadRegion
from routing.hierarchy import Hierarchy
from routing.hours import Hours, read_hours
from routing.network import Names, Network
from routing.places import PlaceIndex, Places
from routing.plan import Place
from routing.public_points import PublicPoints, corners
from routing.snapping import Grid
from routing.storage import load_arrays
from routing.travel import RoadTravel

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
        raise BadRegion(f"The region in {folder} is damaged; build it again.") from error
    if fields.get("format") != FORMAT:
        raise BadRegion(f"The region in {folder} has another format; build it again.")
    fields["bounds"] = tuple(fields["bounds"])
    return Manifest(**fields)


class Region:
    """One area: how long roads take, what places are called, where the public points are."""

    def __init__(
        self,
        path: Path,
        manifest: Manifest,
        travel: RoadTravel,
        places: PlaceIndex,
        public: PublicPoints,
        street_names: Names,
        hours: Hours,
    ) -> None:
        self.path = path
        self.manifest = manifest
        self.travel = travel
        self.places = places
        self.public = public
        self.street_names = street_names
        self.hours = hours
        self._paces = {0: self}

    def at(self, at_s: int) -> "Region":
        """The region as it is at an instant (epoch seconds): at rush hour roads take longer."""
        return self.in_profile(self.hours.profile_at(at_s))

    def in_profile(self, profile: int) -> "Region":
        """The region in one of the profiles of `hours`; customised when it is first asked for, and kept."""
        known = self._paces.get(profile)
        if known is None:
            known = copy(self)
            known.travel = self._paces[0].travel.at_pace(self.hours.profiles[profile])
            self._paces[profile] = known
        return known

    @property
    def tiles_path(self) -> Path | None:
        """The base map, or None where none was drawn."""
        tiles = self.path / TILES
        return tiles if tiles.is_file() else None

    def public_point(self, lat: float, lon: float) -> Place:
        """What strangers see of a home: a corner, the same for at least twenty homes around (decision 0004)."""
        i = self.public.at(lat, lon)
        return self._corner(self.public.lat[i], self.public.lon[i])

    def is_public_point(self, place: Place) -> bool:
        """Whether some homes' public point is here, to the metre that coordinates are told in."""
        near = (np.abs(self.public.lat - place.lat) < ROUNDED) & (np.abs(self.public.lon - place.lon) < ROUNDED)
        return bool(near.any())

    def corners(self, place: Place, max_walk_m: int, limit: int) -> list[tuple[Place, int]]:
        """Up to `limit` junctions where a car may stop, the nearest first, each with its walk in metres."""
        tree, at = self._corners
        here = self._flat(np.array([place.lat]), np.array([place.lon]))
        away_m, found = tree.query(here, range(1, limit + 1), distance_upper_bound=max_walk_m / WALK_FACTOR)
        near = [(metres, i) for metres, i in zip(away_m[0], found[0], strict=True) if i < len(at)]
        return [(self._corner(*at[i]), round(float(metres) * WALK_FACTOR)) for metres, i in near]

    @cached_property
    def _corner(self) -> Callable[[float, float], Place]:
        """The corner there, with its name: looking for that takes longer than finding it, so names are kept."""

        def named(lat: float, lon: float) -> Place:
            return Place(float(lat), float(lon), self.places.street_near(float(lat), float(lon)), kind="corner")

        return lru_cache(maxsize=NAMES_KEPT)(named)

    @cached_property
    def _corners(self) -> tuple[cKDTree, np.ndarray[Any, Any]]:
        lat, lon = corners(self.travel.network)
        return cKDTree(self._flat(lat, lon)), np.stack([lat, lon], 1)

    def _flat(self, lat: Any, lon: Any) -> Any:
        """Metres on a plane that touches the middle of the region."""
        east = np.cos(np.radians(self.manifest.center.lat))
        return np.radians(np.stack([lat, lon * east], 1)) * EARTH_M


def load(path: Path) -> Region:
    """Open a region without reading it all; raises BadRegion."""
    manifest = read_manifest(path)
    travel = RoadTravel(
        load_arrays(Network, path / "network"),
        load_arrays(Hierarchy, path / "hierarchy"),
        load_arrays(Grid, path / "grid"),
    )
    places = PlaceIndex(load_arrays(Places, path / "places"))
    public, names = load_arrays(PublicPoints, path / "public"), load_arrays(Names, path / "street_names")
    return Region(path, manifest, travel, places, public, names, read_hours(path, manifest.time_zone))


def build(
    source: str, target: Path, progress: Callable[[str, float], None] | None = None, *, name: str | None = None
) -> Manifest:
    """Make a region out of a file, "helsinki" or a place name, whole or not at all; see building.py."""
    from routing.building import build_region  # with OSMnx and osmium, which a web process does without

    return build_region(source, target, progress, name=name)
