"""People whose homes can be told apart anywhere, and everything that can go on between them."""

from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Any

import numpy as np
from django.utils import timezone

from accounts.models import Block, ByPhone, Community, Membership, User
from realtime.models import Call
from realtime.notices.calls import HELPER_FIRST
from rides import commands, streets, tasks
from rides.models import Asking, Outing, RideOffer
from rides.serializers.bookings import BookingIn
from routing.distance import metres_between
from routing.plan import Place
from routing.travel.snapping import nearest_roads
from tests.privacy.traces import WITHIN_M
from tests.rides import world

PHONE = "+33 1 98 76 54 32"
"""Fay's, who is called by Hal."""
NAMES = ("Dora", "Bo", "Cy", "Eve", "Fay", "Gus", "Hal", "Ida")


@dataclass
class Neighbourhood:
    """`homes` by first name; `may_know` says who may read whose home beside the person herself."""

    people: dict[str, User]
    homes: dict[str, dict[str, Any]]
    may_know: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def settle(cls) -> "Neighbourhood":
        """Dora drives to the store and back; Bo has a seat, Cy asks for one on the way home, Eve waits in line, Fay
        posted a request, Gus plans an outing with Hal; Ida is blocked by Dora. Zoe is a stranger who signed in.
        """
        people = {name: world.person(name) for name in (*NAMES, "Zoe")}
        homes = {
            name: {"lat": door.lat, "lon": door.lon, "label": f"Zwirbelsteig {name} 7"}
            for name, door in zip(NAMES, doors(), strict=True)
        }
        town = cls(people, homes, {"Bo": {"Dora"}})
        store = world.store()
        dora = people["Dora"]
        world.car(dora, 2)
        ride = world.publish(
            dora, homes["Dora"], store, max_detour_s=7200, max_detour_m=100_000, return_at=world.soon(6).isoformat()
        )
        booked = town.book("Bo", ride)
        assert commands.accept_booking(dora, booked["id"], anyway=True).ok
        assert commands.want_link(people["Bo"], booked["id"]).ok
        home = world.book(people["Cy"], ride.way_back, store, homes["Cy"], max_walk_m=0)
        assert home.ok, home.data
        waiting = {"offer": ride.pk, "origin": homes["Eve"], "destination": store}
        assert commands.join_waiting_list(people["Eve"], world.valid(BookingIn, waiting)).ok
        request = world.ask(people["Fay"], homes["Fay"], store, earliest_at=world.soon(1), latest_at=world.soon(8))
        tasks.match_request(request.data["id"])
        Block.objects.create(blocker=dora, blocked=people["Ida"])
        street = Community.objects.create(name="A street", slug="a-street")
        Membership.objects.bulk_create(
            Membership(community=street, person=person, role="coordinator" if name == "Gus" else "member")
            for name, person in people.items()
        )
        town._outing(store)
        town._call()
        return town

    def book(self, name: str, ride: RideOffer) -> dict[str, Any]:
        answer = world.book(self.people[name], ride, self.homes[name], world.store(), max_walk_m=0)
        assert answer.ok, answer.data
        return answer.data

    def _call(self) -> None:
        """Fay has no device, and something to hear."""
        now = timezone.now()
        fay, hal = self.people["Fay"], self.people["Hal"]
        ByPhone.objects.create(person=fay, phone=PHONE, helper=hal, helper_agreed_at=now)
        about = {"kind": "request", "refs": {"request": fay.requests.get().pk}, "title": "No one yet"}
        Call.objects.create(person=fay, seq=1, told_at=now, opened_at=now, helper_until=now + HELPER_FIRST, **about)

    def _outing(self, store: dict[str, Any]) -> None:
        outing = world.plan_outing(self.people["Gus"], store).data
        world.car(self.people["Gus"], 4)
        for name in ("Gus", "Hal"):
            role = "drive" if name == "Gus" else "ride"
            joined = world.join(
                self.people[name],
                outing["id"],
                role,
                self.homes[name],
                **({"max_detour_s": 7200} if role == "drive" else {}),
            )
            assert joined.ok, joined.data
        assert commands.propose_cars(self.people["Gus"], outing["id"]).ok
        found = Outing.objects.get(pk=outing["id"])
        tasks.group_outing(found.pk, found.version)
        assert found.proposals.exists()

    def secrets_from(self, reader: str) -> dict[str, dict[str, Any]]:
        """The homes that this person must never read ("" is a stranger who did not sign in)."""
        return {
            name: home
            for name, home in self.homes.items()
            if reader != name and reader not in self.may_know.get(name, ())
        }

    def going_on(self) -> dict[str, int]:
        """So that a test can see that there is something to leak."""
        return {"askings": Asking.objects.count(), "offers": RideOffer.objects.count()}


@cache
def doors() -> list[Place]:
    """Doors on paths that no map has: away from public points, and from streets that a line could follow by chance."""
    found: list[Place] = []
    for address, (north, east) in product(world.homes(400), product((-150, 150), repeat=2)):
        door = streets.place_from(world.near(address, north, east))
        if _is_apart(door) and all(metres_between(door, other) > 500 for other in found):
            found.append(door)
        if len(found) == len(NAMES):
            return found
    raise AssertionError("this region has streets everywhere")


def _is_apart(door: Place) -> bool:
    region = streets.the_region()
    here = np.array([door.lat]), np.array([door.lon])
    road_m = nearest_roads(region.travel.grid, region.travel.network, *here).off_m
    point_m = metres_between(region.public_point(door.lat, door.lon), door)
    return min(float(road_m[0]), point_m) > WITHIN_M + 20
