"""What the road network answers, remembered over all runs: the valley does not change, and each answer depends on the
question alone."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache, wraps
from typing import Any
from unittest import mock

from accounts.models import Place
from rides import planner, streets
from routing.matching import ranking as matching
from routing.plan import Insertion, TripRequest, VehiclePlan


@contextmanager
def remembered() -> Iterator[None]:
    """Inside, the planner asks the valley each question once."""
    with ExitStack() as patches:
        for module, answers in _ANSWERS.items():
            patches.enter_context(mock.patch.multiple(module, **answers))
        yield


def _row(make: Callable[[Any], Place]) -> Callable[[Any], Place]:
    """A new row each time, not saved yet, with the columns of the first."""

    @cache
    def columns(place: Any) -> dict[str, Any]:
        row = make(place)
        names = [field.attname for field in Place._meta.concrete_fields if field.attname not in ("id", "created_at")]
        return {name: getattr(row, name) for name in names}

    return lambda place: Place(**columns(place))


def _by_tuple(answer: Callable[[Any], Any]) -> Callable[..., Any]:
    """The hour does not matter: the valley has no rush hours."""
    remember = cache(answer)
    return wraps(answer)(lambda places, departs_at=None: remember(tuple(places)))


_really_rank, _really_lay = matching.rank, planner._lay


@cache
def _way(plan: VehiclePlan, trip: TripRequest) -> Insertion | None:
    found = _really_rank([plan], trip, streets.the_region(), 1)
    return found[0] if found else None


def _rank(plans: Any, trip: TripRequest, _region: Any, k: int, **_terms: Any) -> list[Insertion]:
    """Each plan by itself and under no name, so that the plans of another run find their answers too."""
    found = []
    for plan in plans:
        if way := _way(replace(plan, offer_id=0), trip):
            found.append(replace(way, offer_id=plan.offer_id))
    return sorted(found, key=lambda way: (way.score_s, way.offer_id))[:k]


@cache
def _lay(plan: VehiclePlan, way: Insertion, trip: TripRequest) -> VehiclePlan:
    return _really_lay(plan, way, trip)


_ANSWERS: dict[Any, dict[str, Any]] = {
    streets: {
        "kerb": cache(streets.kerb),
        "public_place": cache(streets.public_place),
        "place_row": _row(streets.place_row),
        "meeting_row": _row(streets.meeting_row),
    },
    planner: {
        "direct_m": cache(planner.direct_m),
        "legs_through": _by_tuple(planner.legs_through),
        "_lay": lambda plan, way, trip: replace(
            _lay(replace(plan, offer_id=0), replace(way, offer_id=0), trip), offer_id=plan.offer_id
        ),
    },
    matching: {"rank": _rank},
}
