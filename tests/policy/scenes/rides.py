"""Dora's rides and the seats on them, in every state."""

from collections.abc import Callable
from typing import Any

from rides import commands
from rides.models import Booking, KerbSignal, RideOffer
from rides.serializers.bookings import BookingIn
from rides.serializers.kerb import SignalIn
from rides.serializers.offers import OfferChangeIn
from tests.policy.pages import LINK
from tests.policy.policy import BOOKING, OFFER
from tests.policy.terms import Role
from tests.policy.town import Scene, Town, done, let_it_be
from tests.rides import world

STEPS: dict[str, list[Callable[..., commands.Answer]]] = {
    "published": [],
    "departed": [commands.depart_offer],
    "completed": [commands.depart_offer, commands.complete_offer],
    "cancelled": [commands.cancel_offer],
}
AUDIENCES = {"for a community": RideOffer.Audience.COMMUNITY, "by link": RideOffer.Audience.LINK}


def offer(town: Town, state: str) -> Scene:
    """A ride of Dora's; once it is published Bo has a seat."""
    ride = town.ride(draft=state == "draft")
    if state != "draft":
        town.rides_along(town.bo, ride)
    for step in STEPS.get(state, []):
        done(step(town.dora, ride.pk))
    if state in AUDIENCES:
        done(commands.change_offer(town.dora, ride.pk, world.valid(OfferChangeIn, {"audience": AUDIENCES[state]})))
    return Scene(ride.pk)


def booking(town: Town, state: str) -> Scene:
    """Two seats for Bo; Cy sits in the same car. An open form would become what Bo asks for next: it is Hal's."""
    ride = town.ride()
    town.rides_along(town.cy, ride)
    if state == "held":
        sent: dict[str, Any] = {"offer": ride.pk, "origin": town.door, "destination": town.store}
        held = done(commands.hold(town.hal, world.valid(BookingIn, sent))).data["id"]
        Booking.objects.filter(pk=held).update(held_until=world.soon())  # longer than all tests here take
        return Scene(held, {Role.RIDER: "Hal"})
    seat = town.asks(town.bo, ride, seats=2)
    if state != "asked":
        done(commands.accept_booking(town.dora, seat.pk))
    if state == "cancelled":
        done(commands.cancel_booking(town.bo, seat.pk))
    elif state in ("due", "nobody came"):
        let_it_be(ride, minutes_ago=5)
        done(commands.say_at_kerb(town.dora, seat.pk, world.valid(SignalIn, {"kind": KerbSignal.Kind.HERE})))
        due_at = Booking.objects.get(pk=seat.pk).pickup_at
        KerbSignal.objects.filter(booking=seat).update(at=due_at, wait_until=due_at)
    elif state in ("completed", "validated"):
        done(commands.depart_offer(town.dora, ride.pk))
        let_it_be(ride, minutes_ago=90)
        done(commands.complete_offer(town.dora, ride.pk))
    if state == "nobody came":
        done(commands.no_show(town.bo, seat.pk))
        said = KerbSignal.objects.filter(booking=seat, kind=KerbSignal.Kind.NOBODY_CAME)
        said.update(at=due_at)  # saying it again within a minute is saying it once
    elif state == "validated":
        done(commands.took_place(town.bo, seat.pk))
    return Scene(seat.pk)


def link(town: Town, state: str) -> Scene:
    """By which somebody whom Bo chose sees his ride."""
    seat = town.rides_along(town.bo, town.ride())
    token = done(commands.want_link(town.bo, seat.pk)).data["token"]
    if state == "over":
        done(commands.cancel_booking(town.bo, seat.pk))
    return Scene(token)


def settle(town: Town) -> None:
    for make, thing in ((offer, OFFER), (booking, BOOKING), (link, LINK)):
        for state in thing.states:
            town.scenes[thing.name, state] = make(town, state)
