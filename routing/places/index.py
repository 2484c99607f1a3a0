"""Finds a place by what people type, and says what a point is called."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA
from scipy.spatial import cKDTree

from routing.places.texts import Blob, Starts, all_texts, text_at
from routing.places.wording import is_house_number, meaning, same_number, words
from routing.plan import Place
from routing.streets.network import distance_m

KINDS = ("street", "town", "station", "shop", "school", "health", "amenity", "leisure", "tourism", "office",
         "building", "stop", "parking", "entrance")  # fmt: skip
_OSM = ("node", "way", "relation")

_LEAST_COVERED = 0.55
"""The share of what was typed (rare words count more) that a place must answer to."""
_NUMBER_WEIGHT = 0.25
_NEAR_M = 5_000.0
_ADDRESS_M, _SPOT_M, _STREET_M = 40.0, 30.0, 150.0
_SAME_M = 1_500.0


@dataclass(frozen=True, slots=True)
class Places:
    """Named places in columns; addresses hang on their street, words on the places they name."""

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    kind: NDArray[np.uint8]
    weight: NDArray[np.float32]
    osm: NDArray[np.int64]
    """OpenStreetMap id × 4 + (0 node, 1 way, 2 relation)."""
    site: NDArray[np.int64]
    """The same for the site, −1 when there is none."""
    town: NDArray[np.int32]
    name_blob: Blob
    name_start: Starts
    town_blob: Blob
    town_start: Starts
    address_first: NDArray[np.int64]
    """Addresses of place `i`: `address_first[i]` to `address_first[i + 1]`."""
    address_lat: NDArray[np.float64]
    address_lon: NDArray[np.float64]
    address_osm: NDArray[np.int64]
    number_blob: Blob
    number_start: Starts
    sample_place: NDArray[np.int32]
    """The street of each sample point along the streets."""
    sample_lat: NDArray[np.float64]
    sample_lon: NDArray[np.float64]
    word_blob: Blob
    word_start: Starts
    word_weight: NDArray[np.float32]
    """How much a word tells: rare ones more."""
    posting_start: NDArray[np.int64]
    posting_place: NDArray[np.int32]
    posting_weight: NDArray[np.float32]
    """1 for a name, less for a town or the sort of a shop."""
    name_weight: NDArray[np.float32]
    """Sum of the weights of the words of a place's own name."""


class PlaceIndex:
    """Answers questions about `Places`; small things are worked out at the first question."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def search(self, text: str, near: Place | None = None, limit: int = 8) -> list[Place]:
        """Places that answer to `text`, the best first; accents, case, order and small slips do not matter."""
        asked = words(text)
        if not asked:
            return []
        score = self._scores(asked)
        found = np.flatnonzero(score > 0)
        if near is not None:
            lat, lon = self._places.lat[found], self._places.lon[found]
            away_m = distance_m(lat, lon, np.array(near.lat), np.array(near.lon))
            score[found] += 0.15 * np.exp(-away_m / _NEAR_M)
        # More than asked for, since a site is listed once however many things it has.
        best = found[np.lexsort((found, -score[found]))][: 12 * limit]
        return self._listed(best.tolist(), [word for word in asked if is_house_number(word)], limit)

    def get(self, osm_key: str) -> Place | None:
        """The named place with that key; None for a key unknown, and for addresses, which are nobody's public place."""
        i = self._by_key.get(osm_key)
        return None if i is None else self._place(i)

    def nearest(self, lat: float, lon: float) -> Place:
        """What to call a point: the address or shop it is at, else its street, else "near" the next name there is."""
        at = self._flat(np.array([lat]), np.array([lon]))[0]
        places = self._places
        spot_m, spot = self._spot_tree.query(at) if self._spot_tree is not None else (np.inf, 0)
        if self._address_tree is not None:
            away_m, i = self._address_tree.query(at)
            if away_m <= min(_ADDRESS_M, spot_m):
                street = int(np.searchsorted(places.address_first, i, side="right")) - 1
                return self._address(street, int(i))
        if spot_m <= _SPOT_M:
            return replace(self._place(int(self._spots[spot])), lat=lat, lon=lon)
        if self._sample_tree is not None:
            away_m, i = self._sample_tree.query(at)
            if away_m <= _STREET_M:
                street = int(places.sample_place[i])
                return Place(lat, lon, self._label(street), self._osm_key(int(places.osm[street])), kind="street")
        if self._named_tree is None:
            return Place(lat, lon, f"{lat:.4f}, {lon:.4f}")
        _, i = self._named_tree.query(at)
        return Place(lat, lon, f"near {self._label(int(i))}", kind=KINDS[places.kind[i]])

    def street_near(self, lat: float, lon: float) -> str:
        """The label of the nearest street, without a number; "" where no street has a name."""
        if self._sample_tree is None:
            return ""
        _, i = self._sample_tree.query(self._flat(np.array([lat]), np.array([lon]))[0])
        return self._label(int(self._places.sample_place[i]))

    def of_kind(self, kind: str, limit: int) -> list[Place]:
        """Up to `limit` places of a kind, or "address", spread over the whole list; always the same ones."""
        places = self._places
        if kind == "address":
            picked = _spread(np.arange(len(places.address_lat)), limit)
            streets = np.searchsorted(places.address_first, picked, side="right") - 1
            return [self._address(street, i) for street, i in zip(streets.tolist(), picked.tolist(), strict=True)]
        if kind not in KINDS:
            return []
        return [self._place(i) for i in _spread(np.flatnonzero(places.kind == KINDS.index(kind)), limit).tolist()]

    def of_site(self, site_key: str) -> list[Place]:
        """The store, its entrances and its car parks; empty when there is no such site."""
        kind, _, number = site_key.partition("/")
        if kind not in _OSM or not number.isdigit():
            return []
        packed = int(number) * 4 + _OSM.index(kind)
        return [self._place(i) for i in np.flatnonzero(self._places.site == packed).tolist()]

    def addresses(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Latitudes and longitudes of all addresses."""
        return self._places.address_lat, self._places.address_lon

    def _scores(self, asked: list[str]) -> NDArray[np.float64]:
        """How well each place answers to the words, 0 for those that do not; float64 [places]."""
        places = self._places
        covered = np.zeros(len(places.lat))
        named = np.zeros(len(places.lat))
        total = 0.0
        for word in asked:
            matches = self._matches(word)
            weight = max((float(places.word_weight[i]) for i, _ in matches), default=self._rarest)
            share = weight * (_NUMBER_WEIGHT if is_house_number(word) else 1.0)
            hit = np.zeros(len(places.lat), np.float32)
            for i, likeness in matches:
                postings = slice(int(places.posting_start[i]), int(places.posting_start[i + 1]))
                answering = places.posting_place[postings]
                hit[answering] = np.maximum(hit[answering], places.posting_weight[postings] * likeness)
            covered += share * hit
            named += weight * hit
            total += share
        covered /= total
        own = np.minimum(named / np.maximum(places.name_weight, 1e-3), 1.0)
        score = covered * (0.7 + 0.3 * own) * places.weight
        return np.where(covered >= _LEAST_COVERED, score, 0.0)

    def _matches(self, word: str) -> list[tuple[int, float]]:
        """Words of the index that `word` may stand for, with a likeness from 0 to 1."""
        found: dict[int, float] = {}
        for asked, likeness in ((word, 1.0), (meaning(word) or "", 0.95)):
            begin = int(np.searchsorted(self._words, asked)) if asked else 0
            end = int(np.searchsorted(self._words, asked + "\U0010ffff")) if asked else 0
            for i in range(begin, min(end, begin + 400)):  # all that begin with it
                length = len(str(self._words[i]))
                share = 1.0 if length == len(asked) else 0.6 + 0.35 * len(asked) / length
                found[i] = max(found.get(i, 0.0), share * likeness)
        if 1.0 not in found.values() and len(word) > 2 and not is_house_number(word):
            for _, likeness, i in process.extract(
                word, self._word_list, scorer=OSA.normalized_similarity, score_cutoff=0.7, limit=20
            ):
                found[i] = max(found.get(i, 0.0), 0.9 * likeness)
        return list(found.items())

    def _listed(self, best: list[int], numbers: list[str], limit: int) -> list[Place]:
        """Places in the order given, house numbers filled in, each site and each label once."""
        listed: list[Place] = []
        for i in best:
            place = self._numbered(i, numbers) or self._place(i)
            if not any(_same(place, other) for other in listed):
                listed.append(place)
            if len(listed) == limit:
                break
        # Who typed a number means a house: streets that have it go first.
        return sorted(listed, key=lambda place: place.kind != "address") if numbers else listed

    def _numbered(self, street: int, numbers: list[str]) -> Place | None:
        places = self._places
        for i in range(int(places.address_first[street]), int(places.address_first[street + 1])):
            mapped = text_at(places.number_blob, places.number_start, i)
            if any(same_number(mapped, number) for number in numbers):
                return self._address(street, i)
        return None

    def _address(self, street: int, i: int) -> Place:
        places = self._places
        label = self._label(street, text_at(places.number_blob, places.number_start, i))
        key = self._osm_key(int(places.address_osm[i]))
        return Place(float(places.address_lat[i]), float(places.address_lon[i]), label, key, kind="address")

    def _place(self, i: int) -> Place:
        places = self._places
        site = int(places.site[i])
        return Place(
            lat=float(places.lat[i]),
            lon=float(places.lon[i]),
            label=self._label(i),
            osm_key=self._osm_key(int(places.osm[i])),
            site_key=self._osm_key(site) if site >= 0 else "",
            kind=KINDS[places.kind[i]],
        )

    def _label(self, i: int, number: str = "") -> str:
        """Name, number and town: "Rue des Tilleuls 12, Valmont"."""
        places = self._places
        name = text_at(places.name_blob, places.name_start, i)
        town = text_at(places.town_blob, places.town_start, int(places.town[i])) if places.town[i] >= 0 else ""
        first = f"{name} {number}".strip()
        return f"{first}, {town}" if town and town not in name else first

    @staticmethod
    def _osm_key(packed: int) -> str:
        return f"{_OSM[packed & 3]}/{packed >> 2}" if packed >= 0 else ""

    @cached_property
    def _by_key(self) -> dict[str, int]:
        return {self._osm_key(packed): i for i, packed in enumerate(self._places.osm.tolist()) if packed >= 0}

    @cached_property
    def _word_list(self) -> list[str]:
        return all_texts(self._places.word_blob, self._places.word_start)

    @cached_property
    def _words(self) -> NDArray[np.str_]:
        return np.array(self._word_list or [""], np.str_)

    @cached_property
    def _rarest(self) -> float:
        return float(self._places.word_weight.max(initial=1.0))

    @cached_property
    def _address_tree(self) -> cKDTree | None:
        return self._tree(self._places.address_lat, self._places.address_lon)

    @cached_property
    def _sample_tree(self) -> cKDTree | None:
        return self._tree(self._places.sample_lat, self._places.sample_lon)

    @cached_property
    def _spots(self) -> NDArray[np.int64]:
        """Shops, schools and the like: what one can be at, unlike a street or a town."""
        return np.flatnonzero(~np.isin(self._places.kind, [KINDS.index("street"), KINDS.index("town")]))

    @cached_property
    def _spot_tree(self) -> cKDTree | None:
        return self._tree(self._places.lat[self._spots], self._places.lon[self._spots])

    @cached_property
    def _named_tree(self) -> cKDTree | None:
        return self._tree(self._places.lat, self._places.lon)

    def _tree(self, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> cKDTree | None:
        return cKDTree(self._flat(lat, lon)) if len(lat) else None

    def _flat(self, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
        """Metres on a plane that touches the middle of the region."""
        middle = float(self._places.lat.mean()) if len(self._places.lat) else 0.0
        scale = np.radians(6_371_009.0)
        return np.stack([lat * scale, lon * scale * np.cos(np.radians(middle))], 1)


def _same(one: Place, other: Place) -> bool:
    """Whether two places would read as one in a list: one site, or one label in one neighbourhood."""
    if one.site_key and one.site_key == other.site_key:
        return True
    away_m = distance_m(np.array(one.lat), np.array(one.lon), np.array(other.lat), np.array(other.lon))
    return one.label == other.label and bool(away_m < _SAME_M)


def _spread(positions: NDArray[np.int64], limit: int) -> NDArray[np.int64]:
    if len(positions) <= limit:
        return positions
    return np.asarray(positions[np.linspace(0, len(positions) - 1, limit).astype(np.int64)])
