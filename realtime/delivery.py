"""How the rows of an own stream read when they are sent; the same for the socket and for HTTP."""

import logging
from dataclasses import dataclass
from typing import Any

from realtime import registry, streams
from realtime.models import Event
from realtime.streams import Cursor, Resync

logger = logging.getLogger(__name__)
PAGE = 100  # events read at once


@dataclass(frozen=True, slots=True)
class Delivery:
    """Messages in order, the cursor behind the last one, and where the stream ends."""

    messages: list[dict[str, Any]]
    cursor: Cursor
    head: int


def deliver(person: registry.Person, after: Cursor) -> Delivery:
    """The next events as the person may see them now; one they may not is `gone`, so that no number is missing."""
    page = streams.read(person.pk, after, PAGE)
    if isinstance(page, Resync):
        end = page.head
        return Delivery([{"type": "resync", "epoch": str(end.epoch), "head": end.seq}], end, end.seq)
    return Delivery([_message(event, page.end, person) for event in page.events], page.end, page.head)


def _message(event: Event, end: Cursor, person: registry.Person) -> dict[str, Any]:
    data = _render(event, person)
    kind = "gone" if data is None else event.kind
    return {"type": "event", "epoch": str(end.epoch), "seq": event.seq, "kind": kind, "data": data or {}}


def _render(event: Event, person: registry.Person) -> dict[str, Any] | None:
    try:
        return registry.require_event(event.kind)(event.refs, person)
    except Exception:  # a bug in one renderer must not stop everything behind it
        logger.exception("Event %s could not be rendered and is delivered as gone.", event)
        return None
