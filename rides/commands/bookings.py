"""Book a seat; say yes or no; call off."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from rides import jobs, planner, search, streets
from rides.bookings import answers, booking, doors
from rides.bookings.seats import SeatsTaken
from rides.commands.answer import Answer
from rides.commands.execute import by_itself, execute
from rides.errors import Invalid
from rides.models import Booking, RideOffer, RideRequest
from rides.requests import journeys
from rides.serializers.bookings import BookingOut
from rides.serializers.offers import FoundOut
from routing import capacity, plan

WINDOW_BEFORE, WINDOW_AFTER = timedelta(hours=1), timedelta(hours=3)
"""Around the offer's departure, for who did not say when."""
LONGEST_RIDE = timedelta(hours=3)
"""Who said only when to be there leaves no earlier than that before."""


def book(person: User, sent: dict[str, Any], key: str = "") -> Answer:
    """Seats on one offer (`BookingIn`). When they have just gone, the answer names the next best rides."""
    now = timezone.now()

    def prepare() -> tuple[planner.Prepared, booking.Form]:
        offer, own = _offer_to_book(person, sent["offer"], now)
        trip = trip_from(sent, offer)
        return _prepared(offer, trip, own), _form(sent, trip)

    return execute(
        person=person,
        name="book",
        body=sent,
        key=key,
        prepare=prepare,
        change=lambda ready: booking.book(rider_id=person.pk, prepared=ready[0], form=ready[1], now=now),
        render=partial(as_seen_by, person),
        enrich=partial(_with_next_best, person, sent),
        status=201,
    )


def hold(person: User, sent: dict[str, Any], key: str = "") -> Answer:
    """Keep the room on one offer (`BookingIn`) while the form is open; booking it turns the hold into the booking."""
    now = timezone.now()

    def prepare() -> planner.Prepared:
        offer, own = _offer_to_book(person, sent["offer"], now)
        return _prepared(offer, trip_from(sent, offer), own)

    def change(prepared: planner.Prepared) -> Booking:
        made = booking.hold(rider_id=person.pk, prepared=prepared, now=now)
        jobs.release_hold(made.pk, now + booking.HOLD_FOR)
        return made

    return execute(
        person=person,
        name="hold",
        body=sent,
        key=key,
        prepare=prepare,
        change=change,
        render=partial(as_seen_by, person),
        enrich=partial(_with_next_best, person, sent),
        status=201,
    )


def accept_booking(person: User, booking_id: int, key: str = "", *, anyway: bool = False) -> Answer:
    """The driver says yes; `anyway` also to a way to the door that is longer than the offer allows."""

    def prepare() -> None:
        mine = Booking.objects.select_related("offer").filter(pk=booking_id, offer__driver=person)
        waiting = mine.filter(state=Booking.State.WAITING).first()
        if waiting and not anyway:
            doors.require_within_limit(waiting)

    return execute(
        person=person,
        name="accept_booking",
        body=[booking_id, anyway] if anyway else booking_id,
        key=key,
        prepare=prepare,
        change=lambda _none: answers.accept(booking_id=booking_id, driver=person, now=timezone.now()),
        render=partial(as_seen_by, person),
    )


def decline_booking(person: User, booking_id: int, key: str = "", *, note: str = "") -> Answer:
    """The driver says no."""
    return _step(person, "decline_booking", booking_id, key, partial(answers.decline, driver=person, note=note), note)


def cancel_booking(person: User, booking_id: int, key: str = "", *, note: str = "") -> Answer:
    """Rider or driver calls off, with a word of why."""
    return _step(person, "cancel_booking", booking_id, key, partial(answers.cancel, person=person, note=note), note)


def reduce_booking(person: User, booking_id: int, sent: dict[str, Any], key: str = "") -> Answer:
    """Fewer people, or less to carry (`SmallerIn`)."""
    carried = {kind: sent[kind] for kind in capacity.KINDS}
    change = partial(answers.reduce, rider=person, carried=carried, companions=sent["companions"])
    return _step(person, "reduce_booking", booking_id, key, change, sent)


def _step(
    person: User, name: str, booking_id: int, key: str, change: Callable[..., Booking], sent: Any = None
) -> Answer:
    return execute(
        person=person,
        name=name,
        body=[booking_id, sent] if sent else booking_id,
        key=key,
        change=lambda: change(booking_id=booking_id, now=timezone.now()),
        render=partial(as_seen_by, person),
    )


def _offer_to_book(person: User, offer_id: int, now: datetime) -> tuple[RideOffer, Booking | None]:
    """The offer with its plan, as far as it is this person's business, and her own hold in it.

    Holds that are over are given back first.
    """
    holds = list(Booking.objects.filter(offer=offer_id, state=Booking.State.HELD))
    for over in (one for one in holds if one.held_until and one.held_until <= now):
        by_itself(partial(answers.release, booking_id=over.pk, now=now))
    own = next((one for one in holds if one.rider_id == person.pk and one.held_until and one.held_until > now), None)
    offer = search.offer_to_book(person, offer_id)
    booking.require_live(offer, now)
    if offer.driver_id == person.pk:
        raise booking.OwnRide
    return offer, own


def _prepared(offer: RideOffer, trip: plan.TripRequest, own: Booking | None) -> planner.Prepared:
    """The insertion, as if the person's `own` hold were not there; raises SeatsTaken, NoWay."""
    try:
        return planner.prepare(offer, trip, instead_of=own)
    except planner.NoWay:
        if planner.fits_when_empty(offer, trip):
            raise SeatsTaken from None
        raise


def _form(sent: dict[str, Any], trip: plan.TripRequest) -> booking.Form:
    companions = tuple(sent.get("companions", ()))
    if len(companions) >= max(trip.seats + trip.load.wheelchairs, 1):
        raise Invalid(_("There are more companions than seats."))
    return booking.Form(
        wanted=wanted_from(sent, trip),
        ends=(streets.place_row(trip.origin), streets.place_row(trip.destination)),
        companions=companions,
        request_id=sent.get("request"),
        return_of=sent.get("return_of"),
        both_or_none=sent.get("both_or_none", False),
    )


def form_for(person: User, sent: dict[str, Any], now: datetime) -> booking.Form:
    """The form of who would take a seat on an offer (`BookingIn`), whether or not there is one."""
    offer, _own = _offer_to_book(person, sent["offer"], now)
    return _form(sent, trip_from(sent, offer))


def wanted_from(sent: dict[str, Any], trip: plan.TripRequest) -> journeys.Wanted:
    """The journey behind a trip."""
    return journeys.Wanted(
        kind=sent.get("kind", RideRequest.Kind.RIDE),
        origin=trip.origin,
        destination=trip.destination,
        earliest_at=planner.instant(trip.earliest_s),
        latest_at=planner.instant(trip.latest_s),
        seats=trip.seats,
        load=trip.load,
        max_walk_m=trip.max_walk_m,
        note=sent.get("note", ""),
    )


def _with_next_best(person: User, sent: dict[str, Any], refused: Answer) -> Answer:
    if refused.data["code"] not in (SeatsTaken.code, planner.NoWay.code, booking.NotLive.code):
        return refused
    return replace(refused, data=refused.data | {"next_best": next_best(person, sent)})


def as_seen_by(person: User, made: Booking) -> dict[str, Any]:
    """A booking as JSON for one of its people."""
    if made.rider_id == person.pk:
        made.rider = person
    return dict(BookingOut(made, context={"person": person}).data)


def trip_from(sent: dict[str, Any], offer: RideOffer | None = None) -> plan.TripRequest:
    """What was sent as a trip; without a time, around the offer's departure.

    With a window of arrival alone the rider leaves whenever that brings her there. Raises Invalid for no window.
    """
    around = offer.departs_at if offer else timezone.now()
    not_before, not_after = sent.get("arrive_earliest_at"), sent.get("arrive_latest_at")
    if arrival := not_before or not_after:
        leaving = arrival - LONGEST_RIDE, not_after or arrival + WINDOW_AFTER
    else:
        first = sent.get("earliest_at") or around - WINDOW_BEFORE
        leaving = first, max(first, around) + WINDOW_AFTER
    earliest_at, latest_at = sent.get("earliest_at") or leaving[0], sent.get("latest_at") or leaving[1]
    if latest_at < earliest_at or (not_after and not_after < max(earliest_at, not_before or earliest_at)):
        raise Invalid(_("The window ends before it begins."))
    return plan.TripRequest(
        origin=sent["origin"],
        destination=sent["destination"],
        earliest_s=planner.epoch_s(earliest_at),
        latest_s=planner.epoch_s(latest_at),
        seats=sent.get("seats", 1),
        load=load_from(sent),
        max_walk_m=sent.get("max_walk_m", 800),
        arrive_earliest_s=planner.epoch_s(not_before) if not_before else 0,
        arrive_latest_s=planner.epoch_s(not_after) if not_after else plan.NEVER_S,
    )


def load_from(sent: dict[str, Any]) -> plan.Load:
    """What was sent of things, child seats and wheelchairs."""
    return plan.Load(**{kind: sent.get(kind, 0) for kind in capacity.KINDS if kind != "seats"})


def next_best(person: User, sent: dict[str, Any]) -> list[dict[str, Any]]:
    """Up to three other rides for the same trip."""
    offer = RideOffer.objects.filter(pk=sent["offer"]).first()
    found = search.find_offers(trip=trip_from(sent, offer), person=person, now=timezone.now(), k=4)
    others = [item for item in found if item.offer.pk != sent["offer"]][:3]
    return list(FoundOut(others, many=True, context={"person": person}).data)
