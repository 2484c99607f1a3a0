"""Standing bookings: a seat on every ride of a series, asked for once and booked ride by ride as each one appears.

The driver's yes to it counts for every ride to come. Whoever writes one holds its rider's lock and its driver's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import blocks
from accounts.models import Place, User
from rides import jobs, news, search
from rides.bookings import answers, booking, endings
from rides.errors import Invalid, NotFound, RideError
from rides.locks import lock_offers, lock_people, lock_requests
from rides.models import Booking, OfferSeries, RideOffer, StandingBooking, WaitingEntry
from rides.requests import journeys
from rides.weekly import recurrence, series, standing_rides

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
    standing = standing_rides.lock(standing_id, of_driver=driver)
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
    standing = standing_rides.lock(standing_id, of_either=person)
    if standing.state != State.ACTIVE:
        raise answers.AlreadySettled(state=standing.state)
    rides = RideOffer.objects.filter(_of(standing), state=RideOffer.State.PUBLISHED)
    waited = Q(offer__in=rides, rider=standing.rider_id, waited__isnull=False)
    mine = Booking.objects.filter(
        Q(standing=standing) | waited,
        state__in=Booking.HOLDS,
        offer__state=RideOffer.State.PUBLISHED,
        pickup_at__gt=now,
        boarded_at=None,
    )
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
    standing = standing_rides.lock(standing_id)
    if standing.state == State.ACTIVE and standing.series.state == OfferSeries.State.ENDED:
        standing.state = State.ENDED
        _changed(standing)


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
        if standing in standing_rides.on_ride(ride):
            jobs.book_standing(ride.pk)


def _reason(standing: StandingBooking, *, by_rider: bool) -> Booking.Reason:
    if by_rider:
        return Booking.Reason.BY_RIDER
    return Booking.Reason.BY_DRIVER if standing.accepted_at else Booking.Reason.DECLINED


def _changed(standing: StandingBooking) -> None:
    """Write it, as a new version; both sides hear of it."""
    standing.version += 1
    standing.save(update_fields=["state", "accepted_at", "version"])
    news.tell({standing.rider_id, standing.series.driver_id}, "standing", {"standing": standing.pk})
