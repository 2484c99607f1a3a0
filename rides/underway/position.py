"""Where the car is: the driver's phone says so while she is under way, and each rider sees as much of it as she may."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F, Prefetch
from django.db.models.functions import Greatest

from accounts.models import User
from realtime.publish import publish
from realtime.topics import ride_topic
from rides import jobs, streets
from rides.driving.offers import WrongState
from rides.errors import NotFound
from rides.locks import require_transaction
from rides.models import Booking, RideOffer, Sharing, Sight, Stop
from rides.underway import homes, lateness
from rides.underway.arrival import Ahead, Way, arrivals
from routing import plan
from routing.distance import metres_between

EVERY = timedelta(seconds=3)
"""What comes sooner after the last is passed over; a phone that keeps to `AGAIN_S` loses nothing."""
AGAIN_S = 5
TOO_OLD = timedelta(minutes=2)
TOO_VAGUE_M = 300
REACHED_M = 80
"""So near to a stop the car has come to it."""
KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Fix:
    """What a phone says of itself: where it was, within how many metres, and when."""

    place: plan.Place
    accuracy_m: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """What follows from a fix, worked out outside of any transaction; nothing does from one that is passed over."""

    offer_id: int
    passed: int = 0
    sights: Sequence[Sight] = ()
    runs_late: bool = False
    counts: bool = field(default=True)


def look(*, offer_id: int, driver: User, fix: Fix, now: datetime) -> Look:
    """Where the car is on its way, who may see it there, and when it comes. Raises NotFound, WrongState."""
    offer = RideOffer.objects.filter(pk=offer_id, driver=driver).select_related("sharing").first()
    if offer is None:
        raise NotFound
    if offer.state != RideOffer.State.DEPARTED:
        raise WrongState(state=offer.state)
    known = getattr(offer, "sharing", None)
    too_soon = known is not None and known.is_on and now - known.heard_at < EVERY
    if too_soon or now - fix.at > TOO_OLD or fix.accuracy_m > TOO_VAGUE_M:
        return Look(offer_id, counts=False)
    return _look(offer, known.passed if known else 0, fix.place, min(fix.at, now))


def share(*, seen: Look, now: datetime) -> bool:
    """Write down what each rider may know now, and tell their pages to look; False when the fix was passed over."""
    require_transaction()
    if not seen.counts:
        return False
    mine = Sharing.objects.filter(pk=seen.offer_id)
    passed = Greatest(F("passed"), seen.passed)
    last = mine.exclude(is_on=True, heard_at__gt=now - EVERY)
    if not last.update(heard_at=now, is_on=True, passed=passed, version=F("version") + 1):
        _first, new = Sharing.objects.get_or_create(pk=seen.offer_id, defaults={"heard_at": now, "passed": seen.passed})
        if not new:  # another phone of hers was faster
            return False
    for is_hidden, fields in ((False, ALL), (True, NO_POINT)):
        some = [sight for sight in seen.sights if sight.is_hidden == is_hidden]
        Sight.objects.bulk_create(some, update_conflicts=True, unique_fields=["booking"], update_fields=fields)
    _tell(seen.offer_id)
    if seen.runs_late:
        jobs.tell_late(seen.offer_id)
    return True


NO_POINT = ["is_hidden", "was_aboard", "arrives_at"]
ALL = ["lat", "lon", "seen_at", *NO_POINT]


def stop_sharing(*, offer_id: int, driver: User) -> None:
    """Nobody sees the car any more, nor where it was. Raises NotFound."""
    require_transaction()
    if not RideOffer.objects.filter(pk=offer_id, driver=driver).exists():
        raise NotFound
    if Sharing.objects.filter(pk=offer_id, is_on=True).update(is_on=False, version=F("version") + 1):
        Sight.objects.filter(booking__offer=offer_id).delete()
        _tell(offer_id)


def forget(*, now: datetime) -> int:
    """Drop what is a day old, and all of a ride that is not under way any more; how many riders saw it."""
    over = Sharing.objects.exclude(offer__state=RideOffer.State.DEPARTED) | Sharing.objects.filter(
        heard_at__lt=now - KEPT
    )
    ids = list(over.values_list("pk", flat=True))
    gone, _each = Sight.objects.filter(booking__offer__in=ids).delete()
    Sharing.objects.filter(pk__in=ids).delete()
    return gone


def _tell(offer_id: int) -> None:
    """Only that there is something new: what of it a rider may see, she fetches."""
    version = Sharing.objects.values_list("version", flat=True).get(pk=offer_id)
    publish(ride_topic(offer_id), {"kind": "position", "position_id": offer_id, "version": version})


# --- what follows from a fix -------------------------------------------------------------------------------------


def _look(offer: RideOffer, passed: int, here: plan.Place, at: datetime) -> Look:
    stops = list(offer.stops.select_related("place").order_by("sequence"))
    everybody = list(_aboard_or_to_come(offer))
    passed = _passed(passed, everybody)
    to_come = [booking for booking in everybody if booking.left_at is None]
    ends = _ends_at(to_come)
    last = stops[-1].pk
    ahead = [one for one in stops if one.sequence > passed and (one.pk == last or one.pk in ends)]
    reached = [
        one.sequence
        for one in ahead
        if any(metres_between(here, place) <= REACHED_M for place in (streets.public(one.place), *ends.get(one.pk, ())))
    ]
    passed = max([passed, *reached])
    line = [Ahead(one, waits=_gets_on(one, to_come)) for one in ahead if one.sequence > passed]
    hiding = homes.near(homes.on_the_way((stops[0].place, stops[-1].place), everybody), here)
    sights, ways, on_their_way = [], [], []
    for booking in to_come:
        others = [home for home in hiding if home.of != booking.pk]
        sight = Sight(booking=booking, is_hidden=bool(others), was_aboard=booking.boarded_at is not None)
        if not others:
            sight.lat, sight.lon, sight.seen_at = round(here.lat, 5), round(here.lon, 5), at
        sights.append(sight)
        to = _next_stop(booking)
        number = next((i for i, one in enumerate(line) if one.stop.pk == to[0]), None)
        if number is None:
            sight.arrives_at = at  # it is there
            continue
        start = streets.public(_nearest(others, here).place) if others else here
        ways.append(Way(start, number, to[1]))
        on_their_way.append(sight)
    leaves_at = max([at, *(one.planned_at for one in stops if one.sequence == passed and _gets_on(one, to_come))])
    for sight, arrives_at in zip(on_their_way, arrivals(line, ways, leaves_at), strict=True):
        sight.arrives_at = arrives_at
    return Look(offer.pk, passed, sights, any(lateness.is_news(sight.booking, sight) for sight in sights))


def _aboard_or_to_come(offer: RideOffer) -> Iterable[Booking]:
    said = Prefetch("signals", queryset=lateness.said_by_drivers(), to_attr="late_signals")
    confirmed = offer.bookings.filter(state=Booking.State.CONFIRMED).order_by("pk")
    return confirmed.select_related("pickup", "dropoff", "pickup_place", "dropoff_place").prefetch_related(said)


def _passed(passed: int, bookings: Iterable[Booking]) -> int:
    """The last stop that the car has come to, as far as somebody got on or off there."""
    for booking in bookings:
        assert booking.pickup is not None and booking.dropoff is not None
        if booking.boarded_at:
            passed = max(passed, booking.pickup.sequence)
        if booking.left_at:
            passed = max(passed, booking.dropoff.sequence)
    return passed


def _ends_at(bookings: Iterable[Booking]) -> dict[int, list[plan.Place]]:
    """By stop, where exactly those get on or off who have not done so yet."""
    ends: dict[int, list[plan.Place]] = {}
    for booking in bookings:
        assert booking.pickup_id is not None and booking.dropoff_id is not None
        if booking.boarded_at is None:
            ends.setdefault(booking.pickup_id, []).append(streets.exact(booking.pickup_place))
        ends.setdefault(booking.dropoff_id, []).append(streets.exact(booking.dropoff_place))
    return ends


def _next_stop(booking: Booking) -> tuple[int, plan.Place]:
    """Where the rider gets on, or off once she is aboard: the stop, and her own place."""
    assert booking.pickup_id is not None and booking.dropoff_id is not None
    if booking.boarded_at is None:
        return booking.pickup_id, streets.exact(booking.pickup_place)
    return booking.dropoff_id, streets.exact(booking.dropoff_place)


def _gets_on(stop: Stop, bookings: Iterable[Booking]) -> bool:
    """Whether somebody is still to get on there: then the car does not leave before the hour that was said."""
    return any(booking.pickup_id == stop.pk and booking.boarded_at is None for booking in bookings)


def _nearest(hiding: Iterable[homes.Home], here: plan.Place) -> homes.Home:
    return min(hiding, key=lambda home: metres_between(streets.public(home.place), here))
