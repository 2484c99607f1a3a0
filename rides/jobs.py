"""Enqueue what runs later, in the transaction of the change it follows; by name, since tasks call the domain."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob


def match_request(request_id: int, at: datetime | None = None) -> None:
    """Put a request to drivers: now, or when it is time to widen it."""
    app.configure_task("rides.tasks.match_request", schedule_at=at).defer(request_id=request_id)


def match_offer(offer_id: int, at: datetime | None = None) -> None:
    """Put open requests to the driver of a new offer: now, or (once, however often this is called) at that time.

    Whoever says when holds the driver's lock, so that nobody enqueues the same meanwhile.
    """
    if at is None:
        app.configure_task("rides.tasks.match_offer").defer(offer_id=offer_id)
        return
    once = f"match_offer {offer_id}"
    if not ProcrastinateJob.objects.filter(lock=once, status="todo").exists():
        app.configure_task("rides.tasks.match_offer", schedule_at=at, lock=once).defer(offer_id=offer_id)


def card_comes_back(asking_id: int, at: datetime) -> None:
    """Show a card again to the driver who put it off."""
    app.configure_task("rides.tasks.card_comes_back", schedule_at=at).defer(asking_id=asking_id)


def group_outing(outing_id: int, version: int) -> None:
    """Work out the cars of an outing."""
    app.configure_task("rides.tasks.group_outing").defer(outing_id=outing_id, version=version)


def tend_offer(offer_id: int) -> None:
    """Tidy a plan after somebody left it, and let the waiting list move up."""
    app.configure_task("rides.tasks.tend_offer").defer(offer_id=offer_id)


def release_hold(booking_id: int, at: datetime) -> None:
    """Give back what an open form holds, when its time is over."""
    app.configure_task("rides.tasks.release_hold", schedule_at=at).defer(booking_id=booking_id)


def book_standing(offer_id: int) -> None:
    """Seat the riders of a series on a ride that was just made, or has just got a yes."""
    app.configure_task("rides.tasks.book_standing").defer(offer_id=offer_id)


def follow_series(series_id: int, ride_ids: Sequence[int], fields: Collection[str], note: str = "") -> None:
    """Bring in line with their series the rides that one transaction could not tell of."""
    rest: dict[str, Any] = {"ride_ids": list(ride_ids), "fields": sorted(fields), "note": note}
    app.configure_task("rides.tasks.follow_series").defer(series_id=series_id, **rest)


def end_standing_of(series_id: int) -> None:
    """End what stands on a series that is over."""
    app.configure_task("rides.tasks.end_standing_of").defer(series_id=series_id)


def tell(told: Sequence[tuple[int, str, dict[str, Any]]]) -> None:
    """Put into people's streams what one transaction could not: person, kind, references."""
    app.configure_task("rides.tasks.tell").defer(told=[list(one) for one in told])


def call_neighbours(case_id: int) -> None:
    """Tell everybody who could fetch somebody who has no way home."""
    app.configure_task("rides.tasks.call_neighbours").defer(case_id=case_id)


def free_way_out(request_id: int) -> None:
    """Whoever has lost her way back need not go out."""
    app.configure_task("rides.tasks.free_way_out").defer(request_id=request_id)


def half_is_off(request_id: int) -> None:
    """Half of a round trip that its rider wanted whole came to nothing."""
    app.configure_task("rides.tasks.half_is_off").defer(request_id=request_id)


def tell_late(offer_id: int) -> None:
    """Whoever waits further on hears that the car comes later."""
    app.configure_task("rides.tasks.tell_late").defer(offer_id=offer_id)


def was_heard_of(request_id: int) -> None:
    """Whoever is home already need not be fetched."""
    app.configure_task("rides.tasks.was_heard_of").defer(request_id=request_id)
