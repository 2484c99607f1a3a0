"""Who asks: what decides which offers there are for her at all."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Who:
    """A person, or nobody in particular. Her own offers are none for her, nor are those of drivers hidden from her."""

    person_id: int | None = None
    hidden: frozenset[int] = field(default=frozenset())
    """Drivers who blocked her, or whom she blocked."""
    neighbours: frozenset[int] = field(default=frozenset())
    """Drivers whose offers for their communities she sees; public ones are for everybody."""
    required: int = 0
    """Bits that the offer's `flags` must all have, such as that of a driver of children."""


ANYBODY = Who()
