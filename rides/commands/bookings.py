"""Book a seat; say yes or no; call off."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from accounts.models import User
from rides import answers, booking, planner, search
from rides.commands.execute import Answer, execute
from rides.errors import NotFound
from rides.models import Booking, RideOffer
from rides.serializers.bookings import BookingOut
from rides.serializers.offers import FoundOut
from routing import plan

WINDOW_BEFORE, WINDOW_AFTER = timedelta(hours=1), timedelta(hours=3)
"""Around the offer's departure, for who did not say when."""


def book(person: User, sent: dict[str, Any], key: str = "") -> Answer:
    """Seats on one offer (`BookingIn`). When they have just gone, the answer names the next best rides."""
    now = timezone.now()
    rider_id = person.pk

    def prepare() -> planner.Prepared:
        offer = search.with_plan(search.visible_offers(person)).filter(pk=sent["offer"]).first()
        if offer is None:
            raise NotFound
        booking.require_live(offer, now)
        if offer.driver_id == rider_id:
            raise booking.OwnRide
        trip = trip_from(sent, offer)
        try:
            return planner.prepare(offer, trip)
        except planner.NoWay:
            if planner.fits_when_empty(offer, trip):
                raise booking.SeatsTaken from None
            raise

    def with_next_best(refused: Answer) -> Answer:
        if refused.data["code"] not in (booking.SeatsTaken.code, planner.NoWay.code, booking.NotLive.code):
            return refused
        return replace(refused, data=refused.data | {"next_best": next_best(person, sent)})

    return execute(
        person=person,
        name="book",
        body=sent,
        key=key,
        prepare=prepare,
        change=lambda prepared: booking.book(rider_id=rider_id, prepared=prepared, now=now),
        render=partial(as_seen_by, person),
        enrich=with_next_best,
        status=201,
    )


def accept_booking(person: User, booking_id: int, key: str = "") -> Answer:
    """The driver says yes."""
    return execute(
        person=person,
        name="accept_booking",
        body=booking_id,
        key=key,
        change=lambda: answers.accept(booking_id=booking_id, driver=person, now=timezone.now()),
        render=partial(as_seen_by, person),
    )


def decline_booking(person: User, booking_id: int, key: str = "") -> Answer:
    """The driver says no."""
    return execute(
        person=person,
        name="decline_booking",
        body=booking_id,
        key=key,
        prepare=lambda: answers.prepare_freed(booking_id),
        change=lambda freed: answers.decline(booking_id=booking_id, driver=person, freed=freed),
        render=partial(as_seen_by, person),
    )


def cancel_booking(person: User, booking_id: int, key: str = "") -> Answer:
    """Rider or driver calls off."""
    return execute(
        person=person,
        name="cancel_booking",
        body=booking_id,
        key=key,
        prepare=lambda: answers.prepare_freed(booking_id),
        change=lambda freed: answers.cancel(booking_id=booking_id, person=person, freed=freed),
        render=partial(as_seen_by, person),
    )


def as_seen_by(person: User, made: Booking) -> dict[str, Any]:
    """A booking as JSON for one of its people."""
    return dict(BookingOut(made, context={"person": person}).data)


def trip_from(sent: dict[str, Any], offer: RideOffer | None = None) -> plan.TripRequest:
    """What was sent as a trip; without a time, around the offer's departure."""
    around = offer.departs_at if offer else timezone.now()
    earliest_at = sent.get("earliest_at") or around - WINDOW_BEFORE
    latest_at = sent.get("latest_at") or max(earliest_at, around) + WINDOW_AFTER
    return plan.TripRequest(
        origin=sent["origin"],
        destination=sent["destination"],
        earliest_s=planner.epoch_s(earliest_at),
        latest_s=planner.epoch_s(latest_at),
        seats=sent.get("seats", 1),
        load=plan.Load(sent.get("litres", 0), sent.get("length_cm", 0)),
        max_walk_m=sent.get("max_walk_m", 800),
    )


def next_best(person: User, sent: dict[str, Any]) -> list[dict[str, Any]]:
    """Up to three other rides for the same trip."""
    offer = RideOffer.objects.filter(pk=sent["offer"]).first()
    found = search.find_offers(trip=trip_from(sent, offer), person=person, now=timezone.now(), k=4)
    others = [item for item in found if item.offer.pk != sent["offer"]][:3]
    return list(FoundOut(others, many=True, context={"person": person}).data)
