"""Sites: a store with its entrances, its car parks and its namesakes is one destination."""

import numpy as np
from scipy.spatial import cKDTree

from routing.distance import EARTH_M
from routing.places.gazetteer import ENTRANCE, PARKING, Named, is_big_store
from routing.places.lines import dense
from routing.places.wording import words

_NAMESAKE_M = 300.0
_UNNAMED_M = {PARKING: 200.0, ENTRANCE: 30.0}
_STEP_M = 15.0


def site_keys(things: list[Named]) -> list[str]:
    """For each thing the `osm_key` of the store it belongs to, "" when it belongs to none.

    A store is a shop of a kind that has its own car parks. Measured from its outline: what bears its name belongs to
    it within 300 m, a car park without a name within 200 m, an entrance within 30 m.
    """
    stores = [i for i, thing in enumerate(things) if thing.kind == "shop" and is_big_store(thing.sort)]
    if not stores:
        return [""] * len(things)
    # The largest outline comes first, so that the building is the site and not the restaurant in it.
    stores.sort(key=lambda i: (-len(things[i].line), things[i].osm_key))
    outlines = _Outlines(things, stores)
    leader: dict[int, int] = {}
    for i in stores:
        namesakes = (o for o in outlines.within(things[i], _NAMESAKE_M) if o in leader and _alike(things[o], things[i]))
        leader[i] = next((leader[o] for o in namesakes), i)
    keys = []
    for i, thing in enumerate(things):
        store = leader.get(i)
        if store is None and thing.name:
            near = outlines.within(thing, _NAMESAKE_M)
            store = next((leader[o] for o in near if _alike(things[o], thing)), None)
        elif store is None and thing.kind in _UNNAMED_M:
            store = next((leader[o] for o in outlines.within(thing, _UNNAMED_M[thing.kind])), None)
        keys.append("" if store is None else things[store].osm_key)
    return keys


class _Outlines:
    """The outlines of stores, to be asked which are near."""

    def __init__(self, things: list[Named], stores: list[int]) -> None:
        lines = [dense(np.array(things[i].line), _STEP_M) for i in stores]
        self._owner = [i for i, line in zip(stores, lines, strict=True) for _ in line]
        degrees = np.concatenate(lines)
        self._scale = np.radians(EARTH_M) * np.array([1.0, np.cos(np.radians(degrees[:, 0].mean()))])
        self._tree = cKDTree(degrees * self._scale)

    def within(self, thing: Named, reach_m: float) -> list[int]:
        """Stores no farther than `reach_m` from a thing, the nearest first."""
        here = np.array([thing.lat, thing.lon]) * self._scale
        found = self._tree.query_ball_point(here, reach_m)
        found.sort(key=lambda k: (float(np.hypot(*(self._tree.data[k] - here))), k))
        return list(dict.fromkeys(self._owner[k] for k in found))


def _alike(store: Named, thing: Named) -> bool:
    """Whether a thing bears the store's name or brand: "IKEA" and "IKEA parking", not "Rue IKEA"."""
    if thing.kind in ("street", "town", "address", "stop", "station"):
        return False
    mine = set(words(thing.name))
    return any(set(words(name)) <= mine for name in (store.name, *store.other_names) if words(name))
