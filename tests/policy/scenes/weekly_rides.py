"""Wanda's weekly rides, and who stands on them."""

from datetime import time, timedelta

from rides import commands
from rides.models import OfferSeries, RideOffer
from tests.policy.pages import WEEKLY_RIDE
from tests.policy.policy import SERIES, STANDING
from tests.policy.terms import Role
from tests.policy.town import Scene, Town, done
from tests.rides import weekly

WANDA = {Role.DRIVER: "Wanda"}
LATER = timedelta(days=10)


def weekly_ride(town: Town) -> OfferSeries:
    """At an hour of its own, and later than what else Bo has booked, so that he is free on any day of the year."""
    when = {"weekdays": [weekly.MONDAY], "leaves_at": time(1 + 2 * OfferSeries.objects.count())}
    return weekly.begin(town.wanda, town.home, town.store, starts_on=weekly.today() + LATER, **when)


def series(town: Town, state: str) -> Scene:
    """Bo asks for a seat on each of its rides."""
    one = weekly_ride(town)
    done(weekly.stand(town.bo, one, town.door, town.store))
    weekly.attend(one)
    if state == "ended":
        done(weekly.cancel(town.wanda, one, "all"))
    elif state == "by link":
        done(weekly.change(town.wanda, one, "all", audience="link"))
    return Scene(one.pk, WANDA)


def standing(town: Town, state: str) -> Scene:
    """Bo's; Cy has one on the same series."""
    one = weekly_ride(town)
    done(weekly.stand(town.cy, one, town.door, town.store))
    bos = done(weekly.stand(town.bo, one, town.door, town.store)).data["id"]
    if state == "accepted":
        done(commands.accept_standing(town.wanda, bos))
    elif state == "ended":
        done(commands.end_standing(town.bo, bos))
    return Scene(bos, WANDA)


def settle(town: Town) -> None:
    for make, thing in ((series, SERIES), (standing, STANDING)):
        for state in thing.states:
            town.scenes[thing.name, state] = make(town, state)
    for state in WEEKLY_RIDE.states:
        its_series = town.scene(SERIES, state).thing_id
        first = RideOffer.objects.filter(series=its_series, return_of=None).order_by("departs_at")[0]
        town.scenes[WEEKLY_RIDE.name, state] = Scene(first.pk, WANDA)
