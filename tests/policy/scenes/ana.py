"""Ana, who has nothing to do with Bo: something of everything is hers too, and neither may read the other's."""

from datetime import timedelta
from typing import Any

from rides import commands
from rides.serializers.bookings import BookingIn
from tests.policy.town import Town, done
from tests.rides import weekly, world

NOTE = "Kunigunde needs a door held open."
"""A word of Ana's to whoever takes her along."""


def settle(town: Town) -> None:
    """Ana drives, asks Eve for a seat, waits for Cy's, posts a wish, plans an outing; all of it apart from Bo."""
    ana = town.people["Ana"] = world.person("Ana", phone="+33 6 77 77 77 77")
    door = town.doors["Ana"] = {**world.near(town.home, 260, 60), "label": "Zwirbelsteig 1"}
    world.car(ana)
    world.publish(ana, door, town.store, departs_at=town.hour())
    world.publish(ana, door, town.store, departs_at=town.hour(), draft=True)
    done(world.book(ana, town.free_ride, door, town.store))
    full = town.ride(seats=1)
    town.rides_along(town.cy, full)
    wanted: dict[str, Any] = {"offer": full.pk, "origin": door, "destination": town.store}
    done(commands.join_waiting_list(ana, world.valid(BookingIn, wanted)))
    at = town.hour()
    done(world.ask(ana, door, town.store, earliest_at=at, latest_at=at + timedelta(hours=1), note=NOTE))
    weekly.begin(ana, door, town.store, weekdays=[weekly.TUESDAY])
    hers = weekly.begin(town.wanda, town.home, town.store, weekdays=[weekly.FRIDAY])
    done(weekly.stand(ana, hers, door, town.store))
    outing = done(world.plan_outing(ana, town.store)).data
    done(world.join(ana, outing["id"], "drive", door))
