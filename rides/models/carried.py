"""People and things that take room in a car: the six kinds that are counted, each a column."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from routing import capacity
from routing.plan import Load


class Carried(models.Model):
    """What somebody brings. A child in a child seat takes a seat too; a person in a wheelchair takes none."""

    seats = models.PositiveSmallIntegerField(default=1, help_text="people on seats")
    child_seats = models.PositiveSmallIntegerField(default=0, help_text="of the car's own, for so many of them")
    wheelchairs = models.PositiveSmallIntegerField(default=0, help_text="people who ride in their wheelchair")
    litres = models.PositiveIntegerField(default=0)
    roof_kg = models.PositiveSmallIntegerField(default=0)
    length_cm = models.PositiveSmallIntegerField(default=0, help_text="the longest thing")

    class Meta:
        abstract = True

    @property
    def people(self) -> int:
        """How many get on."""
        return self.seats + self.wheelchairs

    @property
    def load(self) -> Load:
        """What is carried besides people on seats, as plain data."""
        return Load(
            litres=self.litres,
            length_cm=self.length_cm,
            child_seats=self.child_seats,
            wheelchairs=self.wheelchairs,
            roof_kg=self.roof_kg,
        )

    @property
    def carried(self) -> dict[str, int]:
        """Every kind by its name."""
        return {kind: getattr(self, kind) for kind in capacity.KINDS}


def carries_something(name: str) -> models.CheckConstraint:
    """Nobody books nothing, and every child in a child seat has a seat."""
    something: Any = Q()
    for kind in capacity.KINDS:
        something |= Q(**{f"{kind}__gt": 0})
    return models.CheckConstraint(name=name, condition=something & Q(child_seats__lte=F("seats")))
