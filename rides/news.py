"""What people hear when something changes: references in their streams, the bare truth on public topics.

Events carry ids only; what they say is rendered when they are sent, with the access the person has then (I5, I13).
News of one transaction is gathered and written at its end, since streams come last in the lock order.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from accounts import blocks
from accounts.models import User
from realtime import registry
from realtime.publish import publish
from realtime.streams import MAX_PEOPLE, News, append
from realtime.topics import cell_of, cell_topic, ids_of, offer_topic
from rides import jobs
from rides.driving import stops
from rides.driving.offer_view import public_offer
from rides.models import Asking, Booking, Outing, RideOffer, RideRequest
from rides.search import visible_among

_gathered: ContextVar[list[News] | None] = ContextVar("gathered", default=None)


@contextmanager
def gathering() -> Iterator[None]:
    """All news told inside is written at the end, each person's each thing once, people in one order.

    A transaction tells fifty people itself; whoever comes after them is told by jobs of the same transaction, so that
    nothing fails for the number of those whom it concerns.
    """
    token = _gathered.set([])
    try:
        yield
        told = _gathered.get() or []
    finally:
        _gathered.reset(token)
    once = {(item.person_id, item.kind, tuple(sorted(item.refs.items()))): item for item in told}
    if not once:
        return
    people = sorted({item.person_id for item in once.values()})
    for start in range(MAX_PEOPLE, len(people), MAX_PEOPLE):
        later = set(people[start : start + MAX_PEOPLE])
        jobs.tell([(one.person_id, one.kind, one.refs) for one in once.values() if one.person_id in later])
    now = set(people[:MAX_PEOPLE])
    append(sorted((one for one in once.values() if one.person_id in now), key=lambda item: item.person_id))


def tell(people: set[int], kind: str, refs: dict[str, Any]) -> None:
    """Put an event into the stream of each of `people`."""
    told = _gathered.get()
    if told is None:
        raise RuntimeError("News is told inside a command only.")
    told += [News(person_id=person_id, kind=kind, refs=refs) for person_id in sorted(people)]


def of_booking(booking: Booking) -> None:
    """The rider and the driver hear of a booking, and with it of the standing one whose part it is."""
    people = {booking.rider_id, booking.offer.driver_id}
    tell(people, "booking", {"booking": booking.pk})
    if booking.standing_id is not None:
        tell(people, "standing", {"standing": booking.standing_id})


def of_offer(offer: RideOffer, line: stops.Line | None = None) -> None:
    """Every open map and page that shows the offer hears what is true of it now; of a draft nobody does."""
    for item in public_news(offer, line):
        publish(item.topic, item.event, about=item.about)


def public_news(
    offer: RideOffer, line: stops.Line | None = None, held: int | None = None
) -> Iterator[registry.PublicNews]:
    """What is true of an offer now, for each topic on which it is told; without `line` and `held` they are read."""
    if offer.state == RideOffer.State.DRAFT:
        return
    line = line or stops.read(offer)
    data = public_offer(offer, line, held)
    yield registry.PublicNews(offer_topic(offer.pk), data, offer.driver_id)
    if offer.audience == RideOffer.Audience.PUBLIC:
        for cell in cells_of(line):
            yield registry.PublicNews(cell_topic(offer.audience, cell), data, offer.driver_id)


def of_asking(asking: Asking) -> None:
    """The driver hears of a request she can serve, or that it is settled."""
    tell({asking.offer.driver_id}, "asking", {"asking": asking.pk})


def of_request(request: RideRequest) -> None:
    """The rider hears what became of the request."""
    tell({request.rider_id}, "request", {"request": request.pk})


def of_outing(outing: Outing) -> None:
    """Everybody who goes hears of a new proposal, an answer, a car that stands."""
    people = set(outing.participants.values_list("person_id", flat=True)) | {outing.organiser_id}
    tell(people, "outing", {"outing": outing.pk})


def cells_of(line: stops.Line) -> set[str]:
    """The cells of the map in which a ride starts and ends, by its public points."""
    ends = [line.stops[0].place, line.stops[-1].place] if line.stops else []
    return {cell_of(place.public_lat, place.public_lon) for place in ends}


# --- what realtime has to know of rides --------------------------------------------------------------------------


def register() -> None:
    """Tell the live room how our events read, and who may watch which topic."""
    from rides import changes, event_view
    from rides.underway import sight

    for kind, render in event_view.RENDERERS.items():
        registry.register_event(kind, render)
    registry.register_topic("cell", may_join=_may_watch_cells, versions=_no_versions)
    registry.register_topic("offer", may_join=_may_watch_offers, versions=_versions)
    registry.register_topic("ride", may_join=sight.may_watch, versions=sight.versions)
    registry.register_hidden(blocks.unseen_by)
    registry.register_changes(changes.since)


def _may_watch_cells(person: User | None, topics: list[str]) -> list[str]:
    return [topic for topic in topics if topic.startswith(f"cell.{RideOffer.Audience.PUBLIC}.")]


def _may_watch_offers(person: User | None, topics: list[str]) -> list[str]:
    wanted = ids_of(topics)
    return [wanted[offer_id] for offer_id in visible_among(person, wanted)]


def _versions(topics: list[str]) -> dict[str, int]:
    found = RideOffer.objects.filter(pk__in=ids_of(topics)).values_list("pk", "version")
    return {offer_topic(pk): version for pk, version in found}


def _no_versions(topics: list[str]) -> dict[str, int]:
    return {}
