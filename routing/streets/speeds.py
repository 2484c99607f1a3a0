"""How fast a car drives on the open road: limits where mapped, imputed by OSMnx where not, surface, width; and what it
loses at signals and signs. What it loses by turning is in turn_costs.py.

Limits alone are too quick: over 300 random pairs in greater Porto free-flow times are 0.79 of OSRM's and 0.91 of
Valhalla's.
"""

from collections import Counter

import networkx as nx
import numpy as np
import osmnx as ox
from numpy.typing import NDArray

from routing.streets.osm import (
    BLOCKED,
    CALMING,
    CROSSING,
    FREE,
    GATE,
    GIVE_WAY,
    LEVEL_CROSSING,
    LIT_CROSSING,
    ROAD_CLASSES,
    SIGNALS,
    STOP,
    access,
    direction,
)

FERRY_KMH = 15.0
"""Where a ferry does not say how long it takes."""

DEFAULT_KMH = {
    "motorway": 120.0, "trunk": 90.0, "primary": 65.0, "secondary": 60.0, "tertiary": 50.0, "unclassified": 45.0,
    "residential": 35.0, "living_street": 15.0, "service": 20.0, "road": 35.0,
    "motorway_link": 60.0, "trunk_link": 50.0, "primary_link": 45.0, "secondary_link": 45.0, "tertiary_link": 40.0,
    "ferry": FERRY_KMH,
}  # fmt: skip
"""What the class usually allows; a class with fewer than `_ENOUGH` limits in the extract has this alone."""
_ENOUGH = 20

DRIVEN_SHARE = {
    "motorway": 0.95, "trunk": 0.95, "primary": 0.92, "secondary": 0.90, "tertiary": 0.88, "unclassified": 0.85,
    "residential": 0.80, "living_street": 1.0, "service": 0.9, "road": 0.85,
    "motorway_link": 0.9, "trunk_link": 0.9, "primary_link": 0.9, "secondary_link": 0.9, "tertiary_link": 0.9,
    "ferry": 1.0,
}  # fmt: skip
"""What is driven of the limit on an open stretch: bends, parked cars, slower cars ahead."""

SURFACE_KMH = {
    "cobblestone": 30.0, "sett": 40.0, "unhewn_cobblestone": 20.0, "compacted": 50.0, "gravel": 35.0,
    "fine_gravel": 35.0, "unpaved": 30.0, "dirt": 20.0, "earth": 20.0, "ground": 20.0, "grass": 15.0, "sand": 15.0,
    "mud": 10.0,
}  # fmt: skip
RESTRICTED_SHARE = 0.4
"""Roads for those who have business there: not forbidden, never a short cut."""

ONE_LANE_SHARE = 0.75
"""Both directions on one lane: who meets somebody stops in a gap."""

DELAY_S = {
    FREE: 0.0, SIGNALS: 7.5, STOP: 5.0, GIVE_WAY: 3.0, CROSSING: 1.0, LIT_CROSSING: 2.0, LEVEL_CROSSING: 6.0,
    CALMING: 1.5, GATE: 8.0,
}  # fmt: skip
"""Signals by Webster's uniform delay (Traffic Signal Settings, 1958), C (1 − g)² / 2: a cycle of 60 s, green for half
of it at junctions and for three quarters at crossings on foot."""


def way_speeds(tags: list[dict[str, str]]) -> NDArray[np.float64]:
    """Kilometres per hour driven on the open stretch of each way, float64 [ways]."""
    classes = [words["highway"] for words in tags]
    share = np.array([DRIVEN_SHARE[name] for name in classes])
    surface = np.array([SURFACE_KMH.get(words.get("surface", ""), np.inf) for words in tags])
    restricted = [access(words) in ("destination", "customers") for words in tags]
    narrow = np.array([ONE_LANE_SHARE if is_one_lane(words) else 1.0 for words in tags])
    speed = np.minimum(_limits(tags) * share * narrow, surface)
    return np.asarray(np.maximum(np.where(restricted, speed * RESTRICTED_SHARE, speed), 4.0))


def _limits(tags: list[dict[str, str]]) -> NDArray[np.float64]:
    """Speed limits in km/h; where none is mapped, OSMnx's mean of the same class in this extract, and the table."""
    mapped = Counter(words["highway"] for words in tags if "maxspeed" in words)
    rare = {name: DEFAULT_KMH[name] for name in ROAD_CLASSES if mapped[name] < _ENOUGH}
    graph = nx.MultiDiGraph(crs="epsg:4326")  # OSMnx speaks in graphs: one edge a way is all it needs
    graph.add_nodes_from((i, {"x": 0.0, "y": 0.0}) for i in range(len(tags) + 1))
    for i, words in enumerate(tags):
        graph.add_edge(i, i + 1, 0, highway=words["highway"], maxspeed=words.get("maxspeed"))
    graph = ox.routing.add_edge_speeds(graph, hwy_speeds=rare, fallback=40.0)
    limits = np.array([graph.edges[i, i + 1, 0]["speed_kph"] for i in range(len(tags))], np.float64)
    return np.where([words.get("maxspeed") is None for words in tags], _unsigned(tags, mapped, limits), limits)


def _unsigned(tags: list[dict[str, str]], mapped: Counter[str], imputed: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is taken for the limit where none is mapped: the fewer of a class have one, the less their mean is believed.

    Limits are mapped where they change, in towns first: the mean of a few says little of the road between two villages.
    """
    ways = Counter(words["highway"] for words in tags)
    share = np.array([mapped[words["highway"]] / ways[words["highway"]] for words in tags])
    usual = np.array([DEFAULT_KMH[words["highway"]] for words in tags])
    return np.asarray(share * imputed + (1 - share) * usual)


def is_one_lane(tags: dict[str, str]) -> bool:
    """Whether cars that meet share one lane."""
    return tags.get("lanes") == "1" and direction(tags) == 0


def kerb_side(tags: dict[str, str], *, left_hand: bool) -> int:
    """On which side of a car people get in: 1 left, −1 right; 0 where they may also cross the road to it."""
    lanes = int(tags["lanes"]) if tags.get("lanes", "").isdigit() else 2
    wide = tags["highway"] in ("primary", "trunk") or lanes >= 4
    return (1 if left_hand else -1) if wide and direction(tags) == 0 else 0


def ferry_s(tags: dict[str, str]) -> float | None:
    """How long a ferry says that it takes ("1:30", "00:20:00" or minutes), in seconds."""
    parts = tags.get("duration", "").split(":") if tags["highway"] == "ferry" else []
    if not parts or len(parts) > 3 or not all(part.isdigit() for part in parts):
        return None
    if len(parts) == 1:
        return 60.0 * int(parts[0])
    hours, minutes, *seconds = (int(part) for part in parts)
    return 3600.0 * hours + 60 * minutes + (seconds[0] if seconds else 0)


def node_delays(feature: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Seconds lost at each node by a driver who meets it, float64 [nodes]."""
    delay = np.zeros(BLOCKED + 1)
    for kind, seconds in DELAY_S.items():
        delay[kind] = seconds
    return delay[feature]
