"""What every search of a region shares, and what each thread needs for itself."""

import threading
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from routing.matching.index.cells import Cells, cells_of
from routing.matching.index.labels import Climb, climb_room
from routing.matching.index.roads import turns_of
from routing.matching.index.scanning import Map
from routing.matching.meeting import MeetingPoint
from routing.region import Region
from routing.streets.network import UNITS_PER_DEGREE
from routing.travel.roads import RoadTravel
from routing.travel.sweeps import Swept, links_of, room_for

_STEPS = 2**16 - 1
_METRES_PER_DEGREE = 110_000
"""Fewer than there are, so that a box is rather too large."""
_known: "WeakKeyDictionary[Region, Ground]" = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Ground:
    """The region's roads, in the form in which searches sweep them."""

    region: Region
    travel: RoadTravel
    map: Map
    cells: Cells
    frame: NDArray[np.float64]
    """South, west, height, width of the region in degrees."""
    _threads: threading.local = field(default_factory=threading.local, repr=False)

    @classmethod
    def of(cls, region: Region) -> "Ground":
        """Made once for each region, in about a second for a large town."""
        if region not in _known:
            net = region.travel.network
            links = links_of(region.travel.hierarchy)
            south, west = net.shape_lat.min() / UNITS_PER_DEGREE, net.shape_lon.min() / UNITS_PER_DEGREE
            north, east = net.shape_lat.max() / UNITS_PER_DEGREE, net.shape_lon.max() / UNITS_PER_DEGREE
            frame = np.array([south, west, max(north - south, 1e-6), max(east - west, 1e-6)])
            _known[region] = cls(region, region.travel, Map(links, turns_of(net)), cells_of(net, links), frame)
        return _known[region]

    def room(self) -> "Room":
        """This thread's own room for sweeps."""
        room: Room | None = getattr(self._threads, "room", None)
        if room is None:
            room = self._threads.room = Room.of(self)
        return room

    def plots(self, point: NDArray[np.float64]) -> NDArray[np.int32]:
        """Where places are, two numbers of sixteen bits in one; those outside the region count as on its edge."""
        north, east = self._steps(point).T
        plots: NDArray[np.int32] = (north << 16 | east).astype(np.uint32).view(np.int32)
        return plots

    def box(self, points: list[MeetingPoint], around_m: float) -> tuple[int, int, int, int]:
        """South, west, north, east of a box of plots that holds all that is near to one of the points."""
        point = np.array([(one.place.lat, one.place.lon) for one in points])
        lat = around_m / _METRES_PER_DEGREE
        margin = np.array([lat, lat / max(float(np.cos(np.radians(np.abs(point[:, 0]).max() + 0.1))), 0.01)])
        low, high = self._steps(point.min(axis=0) - margin) - 1, self._steps(point.max(axis=0) + margin) + 1
        return int(low[0]), int(low[1]), int(high[0]), int(high[1])

    def _steps(self, point: NDArray[np.float64]) -> NDArray[np.int64]:
        share = (point - self.frame[:2]) / self.frame[2:]
        return np.floor(np.clip(share, 0, 1) * _STEPS).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Room:
    """One thread's room for sweeps."""

    ms: Swept
    packed: Swept
    climb: Climb

    @classmethod
    def of(cls, ground: Ground) -> "Room":
        nodes = ground.travel.hierarchy.nodes
        return cls(room_for(nodes, np.int32), room_for(nodes, np.int64), climb_room(nodes))
