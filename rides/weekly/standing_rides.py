"""The rides of standing bookings: each ride that appears is booked once, or its rider is told why not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from accounts import blocks
from accounts.models import User
from rides import news, planner, streets
from rides.bookings import booking, diary, waiting
from rides.bookings.seats import SeatsTaken
from rides.errors import NotFound, RideError
from rides.locks import lock_offers, lock_people, lock_requests
from rides.models import Booking, RideOffer, RideRequest, StandingBooking
from rides.requests import journeys
from routing import plan

EARLIER, LATER = timedelta(hours=1), timedelta(hours=3)
"""Around the ride's departure: when its rider may be picked up."""
State = StandingBooking.State
HAS_A_WAY_BACK = (*journeys.LOOKING, RideRequest.State.MATCHED)


@dataclass(frozen=True, slots=True)
class Ready:
    """How one ride takes the rider along, worked out outside of any lock; or why it does not."""

    form: booking.Form
    prepared: planner.Prepared | None
    refusal: RideError | None


def on_ride(offer: RideOffer) -> list[StandingBooking]:
    """The standing bookings that are for this ride (its way out's date, when it is a way back), in order of asking."""
    way_out = offer.return_of or offer
    day = way_out.local_date
    if way_out.series_id is None or day is None:
        return []
    found = StandingBooking.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=day),
        series=way_out.series_id,
        way_back=offer.return_of_id is not None,
        state=State.ACTIVE,
        starts_on__lte=day,
        weekdays__contains=[day.weekday()],
    )
    return list(found.select_related("origin", "destination", "series__driver").order_by("created_at", "pk"))


def prepare(standing: StandingBooking, offer_id: int) -> Ready:
    """Outside of any lock: how the ride takes the rider along. A graph search."""
    offer = planner.with_plan(RideOffer.objects.filter(pk=offer_id)).get()
    trip = plan.TripRequest(
        origin=streets.exact(standing.origin),
        destination=streets.exact(standing.destination),
        earliest_s=planner.epoch_s(offer.departs_at - EARLIER),
        latest_s=planner.epoch_s(offer.departs_at + LATER),
        seats=standing.seats,
        load=standing.load,
        max_walk_m=standing.max_walk_m,
    )
    wanted = journeys.Wanted(
        kind=RideRequest.Kind.RIDE,
        origin=trip.origin,
        destination=trip.destination,
        earliest_at=offer.departs_at - EARLIER,
        latest_at=offer.departs_at + LATER,
        seats=trip.seats,
        load=trip.load,
        max_walk_m=trip.max_walk_m,
    )
    ends = streets.place_row(trip.origin), streets.place_row(trip.destination)
    form = booking.Form(wanted=wanted, ends=ends, companions=tuple(standing.companions))
    try:
        return Ready(form, planner.prepare(offer, trip), None)
    except planner.NoWay as no_way:
        full = planner.fits_when_empty(offer, trip)
        return Ready(form, None, SeatsTaken() if full else no_way)


def book(*, standing_id: int, offer_id: int, ready: Ready, now: datetime) -> Booking | None:
    """Book one ride, once; the driver's yes to the standing booking is the yes to this one.

    None when there is nothing to do: it was booked, or left, before. Raises what `booking.book` raises.
    """
    standing = lock(standing_id)
    if standing.state != State.ACTIVE or standing.bookings.filter(offer=offer_id).exists():
        return None
    if Booking.objects.filter(offer=offer_id, rider=standing.rider_id, state__in=Booking.HOLDS).exists():
        return None  # she has a seat in this car already
    if blocks.between(standing.rider_id, standing.series.driver_id):
        return None
    if ready.prepared is None:
        raise ready.refusal or planner.NoWay
    span = booking.span(ready.prepared)
    diary.require_free(standing.rider_id, *span)
    rivals = diary.asked_between(standing.rider_id, *span)
    if len([one for one in rivals if one.state == Booking.State.WAITING]) >= booking.ASKED_AT_ONCE:
        raise booking.TooManyAsked
    way_out, way_back = _same_day(standing, offer_id)
    requests = lock_requests(*{one for one in (way_out, way_back, *(rival.request_id for rival in rivals)) if one})
    offers = lock_offers(offer_id, *(one.offer_id for one in rivals))
    request = journeys.write(
        rider_id=standing.rider_id,
        wanted=ready.form.wanted,
        ends=ready.form.ends,
        state=RideRequest.State.CHOSEN,
        now=now,
        return_of=requests[way_out] if way_out else None,
    )
    if way_back:
        RideRequest.objects.filter(pk=way_back).update(return_of=request)
    return booking.seat(
        offers[offer_id],
        prepared=ready.prepared,
        request=request,
        companions=ready.form.companions,
        accepted=standing.accepted_at is not None,
        standing=standing,
        now=now,
    )


def _same_day(standing: StandingBooking, offer_id: int) -> tuple[int | None, int | None]:
    """The rider's journey out, or back, with the same car on that day: linked, a lost way back calls for help."""
    hers = RideRequest.objects.filter(bookings__rider=standing.rider_id, bookings__state__in=Booking.HOLDS)
    if standing.way_back:
        out = hers.filter(bookings__offer__way_back=offer_id).exclude(way_back__state__in=HAS_A_WAY_BACK)
        return out.values_list("pk", flat=True).first(), None
    back = hers.filter(bookings__offer__return_of=offer_id, return_of__isnull=True)
    return None, back.values_list("pk", flat=True).first()


def unanswered(standing: StandingBooking, offer_id: int) -> int | None:
    """The booking of that ride that still waits though the driver has said yes to all, by id."""
    if standing.accepted_at is None:
        return None
    waits = standing.bookings.filter(offer=offer_id, state=Booking.State.WAITING, accepted_at__isnull=True)
    return waits.values_list("pk", flat=True).first()


def missed(*, standing_id: int, offer_id: int, ready: Ready, why: RideError, now: datetime) -> None:
    """One ride does not take the rider along: she is told, and waits for a seat when only that is missing."""
    standing = StandingBooking.objects.select_related("series").get(pk=standing_id)
    what = why.code
    if isinstance(why, SeatsTaken):
        try:
            waiting.join(rider_id=standing.rider_id, offer_id=offer_id, form=ready.form, now=now)
            what = "waiting"
        except waiting.AlreadyWaiting:
            return
        except RideError:
            pass  # the list is full too: she reads that the seats are gone
    news.tell({standing.rider_id}, "standing", {"standing": standing.pk, "what": what, "offer": offer_id})


def lock(standing_id: int, *, of_driver: User | None = None, of_either: User | None = None) -> StandingBooking:
    """The standing booking as it is now that its people are locked; NotFound for everybody else."""
    rows = StandingBooking.objects.select_related("series__driver", "rider")
    found = rows.filter(pk=standing_id).first()
    if found is None:
        raise NotFound
    driver_id = found.series.driver_id
    if of_driver is not None and driver_id != of_driver.pk:
        raise NotFound
    if of_either is not None and of_either.pk not in (found.rider_id, driver_id):
        raise NotFound
    lock_people(found.rider_id, driver_id)
    return rows.get(pk=standing_id)
