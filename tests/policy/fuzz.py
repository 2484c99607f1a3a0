"""What a program may send: cases that the schema allows and cases that it forbids, with real ids, places and hours."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from django.db.models import Model
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from hypothesis import strategies as st
from hypothesis.internal.conjecture import engine
from schemathesis import GenerationMode

from accounts.models import ApiToken, User, Vehicle
from rides.models import Outing, RideOffer, RideRequest
from tests.policy.ownership import business_of, driven_by
from tests.policy.town import Town
from tests.privacy.routes import TABLES

OFTEN, HALF = 0.8, 0.5
NAMED: dict[str, type[Model]] = {
    **TABLES,
    "token_id": ApiToken,
    "offer": RideOffer,
    "request": RideRequest,
    "return_of": RideRequest,
    "vehicle": Vehicle,
}
"""What an id of this name is one of, in an address or a body."""


@contextmanager
def described() -> Iterator[Any]:
    """The schema of the site, as schemathesis reads it; its cases go to the site in this process and transaction.

    schemathesis puts parts of its own into hypothesis: whoever comes later gets the old ones back.
    """
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
    schema.config.analysis.constants.enabled = False  # what a case is shall depend on the schema and the seed alone
    schema.app = WSGIHandler()
    ends = (signals.request_started, signals.request_finished)
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((hypothesis.core, "RepresentationPrinter"), (engine, "BUFFER_SIZE")):
            patch.setattr(module, name, getattr(module, name))
        for end in ends:
            end.disconnect(close_old_connections)
        yield schema
        for end in ends:
            end.connect(close_old_connections)


class Real:
    """Puts things of the town into a person's cases, which would nearly always ask for what is not of this world."""

    def __init__(self, town: Town, person: User) -> None:
        self.places = [*town.homes, *town.doors.values(), town.store]
        self.business = business_of(person)
        self.hers = self.business | driven_by(person)
        self.ids = {name: _all(model, "pk") for name, model in NAMED.items()} | {"slug": _all(Outing, "slug")}

    def cases(self, operation: Any) -> st.SearchStrategy[Any]:
        """What the schema allows and what it forbids by turns."""
        drawn = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))
        return st.builds(self._come_true, drawn, st.integers(0, 2**32).map(Random))

    def is_foreign(self, case: Any) -> bool:
        """Whether the address names a private thing that is there, and none of her business."""
        return any(
            name in self.business and value in self.ids[name] and value not in self.business[name]
            for name, value in case.path_parameters.items()
        )

    def _come_true(self, case: Any, chance: Random) -> Any:
        for name in case.path_parameters:
            if chance.random() < OFTEN:
                case.path_parameters[name] = self._id(name, chance)
        for name in {"from", "to", "near"} & set(case.query):
            if chance.random() < OFTEN:
                place = chance.choice(self.places)
                case.query[name] = f"{place['lat']},{place['lon']}"
        if isinstance(case.body, dict):
            case.body = self._real(case.body, chance)
        return case

    def _id(self, name: str, chance: Random) -> Any:
        """Hers, or anybody's."""
        return chance.choice(self.hers.get(name) or self.ids[name] if chance.random() < HALF else self.ids[name])

    def _real(self, value: Any, chance: Random) -> Any:
        if isinstance(value, list):
            return [self._real(one, chance) for one in value]
        if not isinstance(value, dict):
            return value
        if {"lat", "lon"} <= set(value) and chance.random() < OFTEN:
            return chance.choice(self.places)
        return {name: self._real_field(name, one, chance) for name, one in value.items()}

    def _real_field(self, name: str, value: Any, chance: Random) -> Any:
        if chance.random() < HALF:
            return self._real(value, chance)
        soon = timezone.now() + timedelta(hours=chance.randint(-24, 400))
        if name in NAMED:
            return self._id(name, chance)
        if name.endswith("_at") and isinstance(value, str) and "T" in value:
            return soon.isoformat()
        if name in ("date", "starts_on", "ends_on") and isinstance(value, str):
            return soon.date().isoformat()
        return self._real(value, chance)


def _all(model: type[Model], field: str) -> list[Any]:
    return list(model._default_manager.order_by("pk").values_list(field, flat=True))
