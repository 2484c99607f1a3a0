"""Enqueue what runs later, in the transaction of the change it follows; by name, since tasks call the domain."""

from datetime import datetime

from procrastinate.contrib.django import app


def match_request(request_id: int) -> None:
    """Put a new request to drivers."""
    app.configure_task("rides.tasks.match_request").defer(request_id=request_id)


def match_offer(offer_id: int) -> None:
    """Put open requests to the driver of a new offer."""
    app.configure_task("rides.tasks.match_offer").defer(offer_id=offer_id)


def group_outing(outing_id: int, version: int) -> None:
    """Work out the cars of an outing."""
    app.configure_task("rides.tasks.group_outing").defer(outing_id=outing_id, version=version)


def tend_offer(offer_id: int) -> None:
    """Tidy a plan after somebody left it, and let the waiting list move up."""
    app.configure_task("rides.tasks.tend_offer").defer(offer_id=offer_id)


def release_hold(booking_id: int, at: datetime) -> None:
    """Give back what an open form holds, when its time is over."""
    app.configure_task("rides.tasks.release_hold", schedule_at=at).defer(booking_id=booking_id)
