"""What is sent along: for each address that reads a body, one that makes sense."""

from collections.abc import Callable
from typing import Any

from realtime.models import Call
from rides.models import Proposal
from tests.policy.policy import ONE_BOOKING, ONE_CALL, ONE_CASE, ONE_OFFER, ONE_OUTING, ONE_REQUEST, ONE_SERIES
from tests.policy.terms import Rule
from tests.policy.town import Town
from tests.rides import weekly, world

Body = dict[str, Any]


def body_of(rule: Rule, town: Town, thing_id: Any) -> Body:
    """For the request of this rule; where the thing is named in the body (`rule.about`), it is put in."""
    make = BODIES.get((rule.method, rule.route))
    body = make(town, thing_id) if make else {}
    return body | ({rule.about: thing_id} if rule.about else {})


def trip(town: Town, _id: Any = None) -> Body:
    return {"origin": town.door, "destination": town.store}


def seat(town: Town, _id: Any) -> Body:
    """On a ride that has room, at an hour of its own."""
    return trip(town) | {"offer": town.free_ride.pk}


def ride(town: Town, _id: Any) -> Body:
    return trip(town) | {"departs_at": world.soon(600)}


def wish(town: Town, _id: Any) -> Body:
    return trip(town) | {"earliest_at": world.soon(600), "latest_at": world.soon(602)}


def weekly_ride(town: Town, _id: Any) -> Body:
    return trip(town) | {"weekdays": [weekly.SUNDAY], "leaves_at": "23:00", "starts_on": weekly.today()}


def outing(town: Town, _id: Any) -> Body:
    hours = {name: world.soon(hours) for name, hours in (("earliest_at", 24), ("latest_at", 25), ("return_at", 28))}
    return {"title": "To the store", "destination": town.store} | hours


def other_hours(_town: Town, _id: Any) -> Body:
    return {"earliest_at": world.soon(600), "latest_at": world.soon(602)}


def here(town: Town, _id: Any) -> Body:
    return {"lat": town.store["lat"], "lon": town.store["lon"]}


def a_day(_town: Town, _id: Any) -> Body:
    return {"date": weekly.next_day(weekly.MONDAY)}


def yes(_town: Town, slug: Any) -> Body:
    latest = Proposal.objects.filter(outing__slug=slug).order_by("-version").first()
    return {"proposal_version": latest.version if latest else 1, "yes": True}


def heard(_town: Town, call_id: Any) -> Body:
    found = Call.objects.filter(pk=call_id).first()
    return {"seq": found.seq if found else 1}


def fixed(**body: Any) -> Callable[[Town, Any], Body]:
    return lambda _town, _id: body


BODIES: dict[tuple[str, str], Callable[[Town, Any], Body]] = {
    ("PATCH", "v1/me/"): fixed(phone="+33 6 12 34 56 78"),
    ("POST", "v1/me/vehicles/"): fixed(name="Bus", configurations=[{"name": "usual", "seats": 8}]),
    ("POST", "v1/me/tokens/"): fixed(name="clock", scopes=["read"]),
    ("PUT", "v1/me/notices/"): fixed(
        subjects=[{"subject": "asking", "push": True, "mail": "daily"}],
        quiet_from="21:30",
        quiet_until="07:30",
        digest_at="12:00",
    ),
    ("POST", "v1/push/"): fixed(  # the browser of RFC 8291, section 5
        endpoint="https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
        p256dh="BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        auth="BTBZMqHH6r4Tts7J_aSIgg",
    ),
    ("POST", "v1/offers/"): ride,
    ("POST", "v1/requests/"): wish,
    ("POST", "v1/searches/"): wish,
    ("POST", "v1/series/"): weekly_ride,
    ("POST", "v1/outings/"): outing,
    ("POST", "v1/bookings/"): seat,
    ("PATCH", ONE_OFFER): fixed(note="with a dog"),
    ("POST", ONE_OFFER + "hold/"): trip,
    ("POST", ONE_OFFER + "position/"): here,
    ("POST", ONE_OFFER + "waiting/"): trip,
    ("POST", ONE_BOOKING + "reduce/"): fixed(seats=1),
    ("POST", ONE_BOOKING + "signals/"): fixed(kind="here"),
    ("POST", ONE_REQUEST + "move/"): other_hours,
    ("POST", ONE_SERIES + "change/"): fixed(scope="all", changes={"note": "with a dog"}),
    ("POST", ONE_SERIES + "cancel/"): fixed(scope="all"),
    ("POST", ONE_SERIES + "skip/"): a_day,
    ("POST", ONE_SERIES + "standing/"): trip,
    ("POST", ONE_OUTING + "join/"): lambda town, _id: {"role": "ride", "origin": town.door},
    ("POST", ONE_OUTING + "answer/"): yes,
    ("POST", ONE_CALL + "knows/"): heard,
    ("POST", ONE_CASE + "close/"): fixed(note="I phoned him, he is home."),
}
QUERIES: dict[str, Callable[[Town], dict[str, str]]] = {
    "v1/search/": lambda town: {"from": _at(town.door), "to": _at(town.store)},
    "v1/places/": lambda town: {"q": "IKEA"},
}


def _at(place: dict[str, Any]) -> str:
    return f"{place['lat']},{place['lon']}"
