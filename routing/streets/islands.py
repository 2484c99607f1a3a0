"""Roads that no other road leads to: islands without a bridge. Who is there is not taken across the water."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from routing.places.lines import dense
from routing.streets.network import Network, distance_m
from routing.streets.osm import OsmRoads

LEAST_M = 300.0
"""Less road than this is a yard, or a scrap at the edge of the extract."""
_STEP_M = 100.0


def cut_off(roads: OsmRoads, network: Network) -> NDArray[np.float64]:
    """Points no more than 100 m apart along the roads that hang on none of the network, [points, (lat, lon)].

    Roads that only one direction, a barrier or the lack of a way back keeps out of the network do hang on it.
    """
    way = np.repeat(np.arange(len(roads.tags)), np.diff(roads.way_start))
    both = np.flatnonzero((way[1:] == way[:-1]) & (roads.node[1:] >= 0) & (roads.node[:-1] >= 0))
    start, end = roads.node[both], roads.node[both + 1]
    count = len(roads.lat)
    graph = coo_array((np.ones(len(both), np.int8), (start, end)), shape=(count, count))
    _, part = connected_components(graph, directed=False)
    kept = np.flatnonzero((roads.lat == network.node_lat[0]) & (roads.lon == network.node_lon[0]))
    metres = distance_m(roads.lat[start], roads.lon[start], roads.lat[end], roads.lon[end])
    large = np.bincount(part[start], metres, minlength=part.max(initial=0) + 1) >= LEAST_M
    away = large[part[start]] & ~np.isin(part[start], part[kept])
    lines = [
        dense(np.array([(roads.lat[a], roads.lon[a]), (roads.lat[b], roads.lon[b])]), _STEP_M)
        for a, b in zip(start[away], end[away], strict=True)
    ]
    return np.concatenate([np.zeros((0, 2)), *lines])
