"""Post a request, change it, and let a driver take it; who is asked is for `rides.requests.widening`."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts import blocks
from accounts.models import User
from rides import jobs, news, planner, streets
from rides.bookings import booking, diary, doors
from rides.bookings.answers import AlreadySettled
from rides.bookings.endings import end
from rides.driving.offers import InThePast
from rides.errors import Invalid, NotFound, RideError
from rides.locks import lock_offers, lock_people, lock_request, lock_requests
from rides.models import Asking, Booking, RideRequest
from rides.requests import circles, journeys, taken, way_home
from rides.requests.journeys import Wanted


@dataclass(frozen=True, slots=True)
class Trip:
    """What a rider posts: the way out, perhaps its way back, and who is to be asked first ("" is for us to say)."""

    out: Wanted
    back: Wanted | None = None
    both_or_none: bool = False
    stage: str = ""
    return_of: int | None = None


class NotYet(RideError):
    """Children and assisted people ride once somebody answers for them: who hands over, who may receive."""

    code = "not_yet"
    sentence = _("School runs and accompanied trips start once the rules that protect those who ride are in place.")


def post(*, rider: User, trip: Trip, now: datetime) -> RideRequest:
    """Keep the request, or the two of a round trip, and have them matched at once, by jobs of the same transaction.

    The answer is the way out; `return_of` names the way out when this is the way back. Raises NotYet, InThePast,
    Invalid, NotFound, HasWayBack, OutsideRegion.
    """
    if trip.out.kind in RideRequest.NotYet.values:
        raise NotYet
    lock_people(rider.pk)
    if trip.out.latest_at <= now:
        raise InThePast
    way_out = _way_out(trip.return_of, rider) if trip.return_of else None
    request = _write(rider, trip.out, trip, way_out, now)
    if trip.back:
        if trip.back.latest_at <= trip.out.earliest_at:
            raise Invalid(_("The way back begins after the way out."))
        _write(rider, trip.back, trip, request, now)
    return request


def hurry(*, request_id: int, rider: User, now: datetime) -> RideRequest:
    """The rider has more people asked, without waiting any longer. Raises NotFound, AlreadySettled."""
    request = _own_open(request_id, rider)
    if request.widens_at is not None and request.widens_at > now:
        request.widens_at = now
        request.save(update_fields=["widens_at"])
    jobs.match_request(request.pk)
    return request


def move(*, request_id: int, rider: User, earliest_at: datetime, latest_at: datetime, now: datetime) -> RideRequest:
    """Other hours; who was asked for the old ones need not answer. Raises NotFound, AlreadySettled, InThePast."""
    request = _own_open(request_id, rider)
    if latest_at <= now:
        raise InThePast
    asked = request.askings.filter(state=Asking.State.ASKED).select_related("offer")
    journeys.close_cards(asked, Asking.State.CLOSED)
    request.earliest_at, request.latest_at = max(earliest_at, now), latest_at
    request.save(update_fields=["earliest_at", "latest_at"])
    narrow = request.stage in circles.NARROW
    journeys.look_on(request, now, stage=request.stage if narrow else RideRequest.Stage.EVERYONE)
    return request


def accept(*, asking_id: int, driver: User, prepared: planner.Prepared, now: datetime) -> Booking:
    """The driver takes the request: the rider is booked, the others see it taken (I8).

    Half of a round trip that wants both or none waits for the other half (`Booking.accepted_at`).
    """
    peek = own_asking(asking_id, driver)
    lock_people(driver.pk, peek.request.rider_id)
    rivals = diary.asked_between(peek.request.rider_id, *booking.span(prepared), request_id=peek.request_id)
    more, half_id = booking.of_other_half(peek.request.rider_id, request_id=peek.request_id)
    rivals += more
    touched = {peek.request_id, half_id, *(one.request_id for one in rivals)}
    request = lock_requests(*(one for one in touched if one is not None))[peek.request_id]
    offers = lock_offers(peek.offer_id, *(one.offer_id for one in rivals))
    asking = Asking.objects.select_related("offer").get(pk=asking_id)
    if request.state not in journeys.LOOKING or asking.state != Asking.State.ASKED:
        raise taken.refusal(asking)
    here = [one for one in rivals if one.offer_id == asking.offer_id]
    if any(one.state == Booking.State.WAITING for one in here):  # she asked for a seat as well: answer that one
        raise booking.AlreadyAsked
    asking.state = Asking.State.ACCEPTED
    asking.save(update_fields=["state"])
    news.of_asking(asking)
    return booking.seat(
        offers[asking.offer_id],
        prepared=prepared,
        request=request,
        now=now,
        accepted=True,
        may_leave_freely=_at_another_hour(request, prepared),
    )


def decline(*, asking_id: int, driver: User) -> Asking:
    """The driver says no; the rider is not told by whom, and somebody else is asked."""
    asking = own_asking(asking_id, driver)
    lock_people(driver.pk)
    lock_request(asking.request_id)
    asking.refresh_from_db()
    if asking.state != Asking.State.ASKED:
        raise taken.refusal(asking)
    asking.state = Asking.State.DECLINED
    asking.save(update_fields=["state"])
    news.of_asking(asking)
    news.of_request(asking.request)  # fewer are asked now
    jobs.match_request(asking.request_id)
    return asking


def cancel(*, request_id: int, rider: User, now: datetime) -> RideRequest:
    """The rider needs nothing any more: the drivers she asked read so too."""
    waiting = Booking.objects.filter(request=request_id, rider=rider, state=Booking.State.WAITING)
    lock_people(rider.pk, *waiting.values_list("offer__driver_id", flat=True))
    request = lock_request(request_id)
    if request.rider_id != rider.pk:
        raise NotFound
    offers = lock_offers(*waiting.values_list("offer_id", flat=True))
    if request.state not in journeys.LOOKING:
        raise AlreadySettled(state=request.state)
    for one in waiting:
        end(offers[one.offer_id], [one], Booking.Reason.BY_RIDER, now=now)
    journeys.not_wanted(request)
    return request


def expire(*, request_id: int, now: datetime) -> RideRequest | None:
    """The window has passed; None when it was settled meanwhile, or a driver may still say yes.

    Whoever is out there without a way home is not forgotten with the hour.
    """
    request = lock_request(request_id)
    if request.state not in journeys.LOOKING or planner.window_of(request)[1] > now:
        return None
    if request.bookings.filter(state__in=Booking.HOLDS).exists():
        return None
    if way_home.is_lost(request, now):
        journeys.call_for_help(request, now)
    else:
        journeys.is_over(request)
    return request


def prepare_accept(asking_id: int, driver: User, now: datetime, *, anyway: bool = False) -> planner.Prepared:
    """Outside of any lock: the insertion as the offer's plan now stands. Raises LongerDetour, unless `anyway`."""
    asking = own_asking(asking_id, driver)
    booking.require_live(asking.offer, now)
    prepared = planner.prepare(asking.offer, planner.trip_of(asking.request, as_stranger=False))
    if not anyway:
        doors.require_prepared_within_limit(asking.offer, prepared)
    return prepared


def _at_another_hour(request: RideRequest, prepared: planner.Prepared) -> bool:
    """Whether it is an hour for which its rider never wished, found by looking farther."""
    first_s, last_s = planner.epoch_s(request.earliest_at), planner.epoch_s(request.latest_at)
    return not first_s <= prepared.insertion.pickup_s <= last_s


def _write(rider: User, wanted: Wanted, trip: Trip, way_out: RideRequest | None, now: datetime) -> RideRequest:
    ends = streets.place_row(wanted.origin), streets.place_row(wanted.destination)
    request = journeys.write(
        rider_id=rider.pk,
        wanted=wanted,
        ends=ends,
        state=RideRequest.State.OPEN,
        now=now,
        return_of=way_out,
        both_or_none=trip.both_or_none,
    )
    journeys.look_on(request, now, stage=trip.stage)
    return request


def _way_out(request_id: int, rider: User) -> RideRequest:
    """Her way out, locked; a way back of it can be asked as long as it is not called off."""
    request = lock_request(request_id)
    if request.rider_id != rider.pk or request.return_of_id is not None:
        raise NotFound
    if request.state not in (*journeys.LOOKING, RideRequest.State.MATCHED):
        raise AlreadySettled(state=request.state)
    return request


def _own_open(request_id: int, rider: User) -> RideRequest:
    """Her request, locked, as long as drivers are asked. Raises NotFound, AlreadySettled."""
    lock_people(rider.pk)
    request = lock_request(request_id)
    if request.rider_id != rider.pk:
        raise NotFound
    if request.state != RideRequest.State.OPEN or journeys.accepted_half(request):
        raise AlreadySettled(state=request.state)
    return request


def own_asking(asking_id: int, driver: User) -> Asking:
    """The card, as its driver may know it. Raises NotFound."""
    asking = Asking.objects.select_related("request__origin", "request__destination", "offer")
    found = asking.filter(pk=asking_id, offer__driver=driver).first()
    if found is None or blocks.between(driver.pk, found.request.rider_id):
        raise NotFound
    return found
