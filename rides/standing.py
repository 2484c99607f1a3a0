"""Standing bookings: a seat on every ride of a series, asked for once and booked ride by ride as each one appears.

The driver's yes to it counts for every ride to come. Whoever writes one holds its rider's lock and its driver's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import blocks
from accounts.models import Place, User
from rides import answers, booking, diary, endings, jobs, journeys, news, planner, recurrence, search, series, waiting
from rides.errors import Invalid, NotFound, RideError
from rides.locks import lock_offers, lock_people, lock_requests
from rides.models import Booking, OfferSeries, RideOffer, RideRequest, StandingBooking, WaitingEntry
from rides.seats import SeatsTaken
from routing import plan

EARLIER, LATER = timedelta(hours=1), timedelta(hours=3)
"""Around the ride's departure: when its rider may be picked up."""
State = StandingBooking.State


class AlreadyStanding(RideError):
    """One standing booking a rider, series and direction."""

    code = "already_standing"
    sentence = _("You already have a standing booking on this ride.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a rider asks for: on which days, from where to where, with what; the ends are rows, not saved yet."""

    ends: tuple[Place, Place]
    carried: dict[str, int]
    weekdays: tuple[int, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    way_back: bool = False
    companions: tuple[str, ...] = ()
    max_walk_m: int = 800


@dataclass(frozen=True, slots=True)
class Ready:
    """How one ride takes the rider along, worked out outside of any lock; or why it does not."""

    form: booking.Form
    prepared: planner.Prepared | None
    refusal: RideError | None


def take(*, series_id: int, rider: User, wanted: Wanted, now: datetime) -> StandingBooking:
    """Ask for a seat on every ride; jobs book the rides that are there, and each later one when it is made.

    Without `weekdays` it is all days of the series. An automatic driver has said yes already. Raises NotFound, OwnRide,
    Invalid, AlreadyStanding.
    """
    pattern = visible(series_id, rider)
    lock_people(rider.pk, pattern.driver_id)
    pattern = series.get(series_id)
    if pattern.driver_id == rider.pk:
        raise booking.OwnRide
    if pattern.state != OfferSeries.State.ACTIVE:
        raise NotFound
    if pattern.standing_bookings.filter(rider=rider, way_back=wanted.way_back, state=State.ACTIVE).exists():
        raise AlreadyStanding
    if wanted.way_back and pattern.returns_at is None:
        raise Invalid(_("This weekly ride has no way back."))
    weekdays = sorted(set(wanted.weekdays or pattern.weekdays) & set(pattern.weekdays))
    starts_on = wanted.starts_on or recurrence.local_date(now, pattern.time_zone)
    if not weekdays or (wanted.ends_on and wanted.ends_on < starts_on):
        raise Invalid(_("No day to come is one of this weekly ride."))
    origin, destination = Place.objects.bulk_create(wanted.ends)
    standing = StandingBooking.objects.create(
        series=pattern,
        rider=rider,
        origin=origin,
        destination=destination,
        weekdays=weekdays,
        starts_on=starts_on,
        ends_on=wanted.ends_on,
        way_back=wanted.way_back,
        companions=list(wanted.companions),
        max_walk_m=wanted.max_walk_m,
        accepted_at=now if pattern.terms.get("automatic") and not booking.asks_too_often(rider.pk, now) else None,
        created_at=now,
        **wanted.carried,
    )
    _changed(standing)
    _attend_all(standing, now)
    return standing


def accept(*, standing_id: int, driver: User, now: datetime) -> StandingBooking:
    """The driver's yes, to what is asked now and to every ride to come. Raises NotFound, AlreadySettled."""
    standing = _lock(standing_id, of_driver=driver)
    if standing.state != State.ACTIVE or standing.accepted_at:
        raise answers.AlreadySettled(state=standing.state)
    standing.accepted_at = now
    _changed(standing)
    # What lapsed unanswered is booked anew: a date is free again once its booking is no longer the standing one's.
    lapsed = standing.bookings.filter(state=Booking.State.CANCELLED, reason=Booking.Reason.NO_ANSWER)
    lapsed.filter(pickup_at__gt=now).update(standing=None)
    _attend_all(standing, now)
    return standing


def end(*, standing_id: int, person: User, now: datetime, note: str = "") -> StandingBooking:
    """The rider needs it no more, or the driver says no (any more): what is booked on rides to come ends with it.

    Raises NotFound, AlreadySettled.
    """
    standing = _lock(standing_id, of_either=person)
    if standing.state != State.ACTIVE:
        raise answers.AlreadySettled(state=standing.state)
    mine = standing.bookings.filter(state__in=Booking.HOLDS, offer__state=RideOffer.State.PUBLISHED, pickup_at__gt=now)
    rides = RideOffer.objects.filter(_of(standing))
    waits = WaitingEntry.objects.filter(
        offer__in=rides, request__rider_id=standing.rider_id, state=WaitingEntry.State.WAITING
    )
    ended, left = list(mine.select_related("request")), list(waits)
    meant = [(one.request_id, one.offer_id) for one in ended] + [(one.request_id, one.offer_id) for one in left]
    requests = lock_requests(*{request_id for request_id, _offer in meant if request_id})
    offers = lock_offers(*{offer_id for _request, offer_id in meant})
    by_rider = person.pk == standing.rider_id
    for one in ended:
        one.offer = offers[one.offer_id]
        endings.end(one.offer, [one], _reason(standing, by_rider=by_rider), now=now, note=note)
        if one.request_id and by_rider:
            journeys.not_wanted(requests[one.request_id])
        elif one.request_id:
            journeys.lost_a_driver(requests[one.request_id], now)
    for entry in left if by_rider else []:
        entry.state = WaitingEntry.State.LEFT
        entry.save(update_fields=["state"])
        journeys.not_wanted(requests[entry.request_id])
    standing.state = State.ENDED
    _changed(standing)
    return standing


def series_over(*, standing_id: int) -> None:
    """The series has ended, and with it what stands on it; the rides themselves were called off with the series."""
    standing = _lock(standing_id)
    if standing.state == State.ACTIVE and standing.series.state == OfferSeries.State.ENDED:
        standing.state = State.ENDED
        _changed(standing)


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
    offer = search.with_plan(RideOffer.objects.filter(pk=offer_id)).get()
    trip = plan.TripRequest(
        origin=planner.exact(standing.origin),
        destination=planner.exact(standing.destination),
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
    ends = planner.place_row(trip.origin), planner.place_row(trip.destination)
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
    standing = _lock(standing_id)
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
    lock_requests(*{one.request_id for one in rivals if one.request_id})
    offers = lock_offers(offer_id, *(one.offer_id for one in rivals))
    request = journeys.write(
        rider_id=standing.rider_id,
        wanted=ready.form.wanted,
        ends=ready.form.ends,
        state=RideRequest.State.CHOSEN,
        now=now,
    )
    return booking.seat(
        offers[offer_id],
        prepared=ready.prepared,
        request=request,
        companions=ready.form.companions,
        accepted=standing.accepted_at is not None,
        standing=standing,
        now=now,
    )


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


def visible(series_id: int, person: User) -> OfferSeries:
    """A series as far as it is this person's business (I14): hers, one she rides on, or one whose rides she may see."""
    pattern = series.get(series_id)
    if pattern.driver_id == person.pk or pattern.standing_bookings.filter(rider=person).exists():
        return pattern
    if blocks.between(person.pk, pattern.driver_id):
        raise NotFound
    rides = RideOffer.objects.filter(series=pattern)
    seen = search.visible_offers(person).filter(pk__in=rides).exists()
    if not seen and not Booking.objects.filter(offer__in=rides, rider=person).exists():
        raise NotFound
    return pattern


def _of(standing: StandingBooking) -> Q:
    """The rides of its series that go its way."""
    return Q(return_of__series=standing.series_id) if standing.way_back else Q(series=standing.series_id)


def _attend_all(standing: StandingBooking, now: datetime) -> None:
    rides: Iterable[RideOffer] = RideOffer.objects.filter(
        _of(standing), state=RideOffer.State.PUBLISHED, departs_at__gt=now
    ).select_related("return_of")
    for ride in rides:
        if standing in on_ride(ride):
            jobs.book_standing(ride.pk)


def _lock(standing_id: int, *, of_driver: User | None = None, of_either: User | None = None) -> StandingBooking:
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


def _reason(standing: StandingBooking, *, by_rider: bool) -> Booking.Reason:
    if by_rider:
        return Booking.Reason.BY_RIDER
    return Booking.Reason.BY_DRIVER if standing.accepted_at else Booking.Reason.DECLINED


def _changed(standing: StandingBooking) -> None:
    """Write it, as a new version; both sides hear of it."""
    standing.version += 1
    standing.save(update_fields=["state", "accepted_at", "version"])
    news.tell({standing.rider_id, standing.series.driver_id}, "standing", {"standing": standing.pk})
