"""Faults as somebody could make them: each taken away is a rule that the machine has to miss within its runs."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from unittest import mock

from rides import planner


class WhateverPlan:
    """Equal to the version of any plan."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True


def nothing(*_args: Any, **_named: Any) -> None:
    """What is left of a rule that was taken away."""


def _never_compared(*args: Any, **named: Any) -> planner.Prepared:
    prepared = _prepare(*args, **named)
    prepared.offer.plan_version = WhateverPlan()  # type: ignore[assignment]
    return prepared


_prepare = planner.prepare

FAULTS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "what is given back is not counted": lambda: mock.patch("rides.bookings.endings.recount", nothing),
    "nobody looks whether there is room": lambda: mock.patch("rides.bookings.booking.require_free", nothing),
    "nobody looks at anybody's day": lambda: mock.patch("rides.bookings.diary.require_free", nothing),
    "an old plan is as good as the new one": lambda: mock.patch("rides.planner.prepare", _never_compared),
    "whoever waits is overtaken": lambda: mock.patch("rides.bookings.endings.keep_for_waiting", nothing),
    "the first yes withdraws nothing": lambda: mock.patch("rides.bookings.diary.asked_meanwhile", lambda _booking: []),
    "nobody hears of a booking": lambda: mock.patch("rides.news.of_booking", nothing),
}
