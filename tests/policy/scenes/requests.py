"""Bo's journeys, the cards on which drivers are asked, and his places in line."""

from datetime import timedelta
from functools import partial

from django.db.models import F
from django.utils import timezone

from rides import commands, tasks
from rides.commands.execute import by_itself
from rides.models import Asking, RideOffer, RideRequest, WaitingEntry
from rides.requests import ride_requests
from rides.serializers.bookings import BookingIn
from rides.serializers.searches import SavedSearchIn
from tests.policy.policy import ASKING, REQUEST, SEARCH, WAITING
from tests.policy.terms import Role
from tests.policy.town import Scene, Town, done
from tests.rides import world


def wish(town: Town, *, round_trip: bool = False) -> RideRequest:
    """Bo wants to go to the store, whoever takes him; a round trip is both or none."""
    at = town.hour()
    fields = {"earliest_at": at - timedelta(minutes=30), "latest_at": at + timedelta(minutes=90)}
    if round_trip:
        fields |= {"return_earliest_at": town.hour(), "both_or_none": True}
    answer = done(world.ask(town.bo, town.door, town.store, ask_first="everyone", **fields))
    return RideRequest.objects.get(pk=answer.data["id"])


def request(town: Town, state: str) -> Scene:
    """The open one is half of a round trip."""
    if state in ("chosen", "matched"):
        seat = (town.asks if state == "chosen" else town.rides_along)(town.bo, town.ride())
        seat.refresh_from_db()
        return Scene(seat.request_id)
    if state == "open":
        return Scene(wish(town, round_trip=True).pk)
    one = wish(town)
    if state == "cancelled":
        done(commands.cancel_request(town.bo, one.pk))
    else:
        long_ago = timezone.now() - one.latest_at - timedelta(hours=1)
        RideRequest.objects.filter(pk=one.pk).update(
            earliest_at=F("earliest_at") + long_ago, latest_at=F("latest_at") + long_ago
        )
        by_itself(partial(ride_requests.expire, request_id=one.pk, now=timezone.now()))
    return Scene(one.pk)


def asking(town: Town, state: str) -> Scene:
    """Dora's card; Eve drives at the same hour and is asked as well."""
    one = wish(town)
    at = (one.earliest_at + timedelta(minutes=30)).isoformat()
    rides = [town.ride(driver, departs_at=at) for driver in (town.dora, town.eve)]
    tasks.match_request(one.pk)
    doras, eves = (Asking.objects.get(request=one, offer=ride).pk for ride in rides)
    if state in ("accepted", "declined"):
        answer = commands.accept_asking if state == "accepted" else commands.decline_asking
        done(answer(town.dora, doras))
    elif state == "taken":
        done(commands.accept_asking(town.eve, eves))
    elif state == "closed":
        done(commands.cancel_request(town.bo, one.pk))
    return Scene(doras)


def place_in_line(town: Town, state: str) -> Scene:
    """Bo waits for the seat that Cy has."""
    ride: RideOffer = town.ride(seats=1)
    cys = town.rides_along(town.cy, ride)
    sent = {"offer": ride.pk, "origin": town.door, "destination": town.store}
    entry = done(commands.join_waiting_list(town.bo, world.valid(BookingIn, sent))).data["id"]
    if state == "promoted":
        done(commands.cancel_booking(town.cy, cys.pk))
        tasks.tend_offer(ride.pk)
    elif state == "left":
        done(commands.leave_waiting_list(town.bo, entry))
    elif state == "over":
        done(commands.cancel_offer(town.dora, ride.pk))
    assert WaitingEntry.objects.get(pk=entry).state == state
    return Scene(entry, {Role.CO_RIDER: "Cy"})


def search(town: Town, _state: str) -> Scene:
    """Bo would like to go to the store on some day."""
    sent = {"origin": town.door, "destination": town.store, "latest_at": world.soon(700)}
    return Scene(done(commands.keep_search(town.bo, world.valid(SavedSearchIn, sent))).data["id"])


def settle(town: Town) -> None:
    for make, thing in ((request, REQUEST), (asking, ASKING), (place_in_line, WAITING), (search, SEARCH)):
        for state in thing.states:
            town.scenes[thing.name, state] = make(town, state)
