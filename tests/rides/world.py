"""Dora drives from the village to the furniture store; Bo and Cy live along her way."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import LoadConfiguration, User, Vehicle
from rides import commands, planner, streets
from rides.models import Booking, Leg, RideOffer
from rides.serializers.bookings import BookingIn
from rides.serializers.offers import OfferIn
from rides.serializers.outings import AnswerIn, OutingIn, ParticipantIn
from rides.serializers.requests import RequestIn


def person(first_name: str, **fields: Any) -> User:
    """Somebody with a first name; the address is made from it."""
    return User.objects.create_user(f"{first_name.lower()}@example.org", first_name=first_name, **fields)


def car(owner: User, seats: int = 3, *more: dict[str, Any]) -> Vehicle:
    """A car with its usual configuration, and `more` ways to set it up."""
    vehicle = Vehicle.objects.create(owner=owner, name="Zoé", colour="blue", plate="AB-123-CD")
    usual = {"name": "usual", "seats": seats, "litres": 300, "length_cm": 100}
    LoadConfiguration.objects.bulk_create(LoadConfiguration(vehicle=vehicle, **way) for way in (usual, *more))
    return vehicle


def store() -> dict[str, Any]:
    """The furniture store, found by its name."""
    return as_sent(streets.the_region().places.search("IKEA")[0])


def homes(count: int) -> list[dict[str, Any]]:
    """Addresses of the valley, far apart, always the same ones."""
    return [as_sent(place) for place in streets.the_region().places.of_kind("address", count)]


def near(place: dict[str, Any], north_m: float, east_m: float) -> dict[str, Any]:
    """A spot on the map so far from a place."""
    return {"lat": place["lat"] + north_m / 111_195, "lon": place["lon"] + east_m / 77_000, "label": "a door"}


def as_sent(place: Any) -> dict[str, Any]:
    return {"lat": place.lat, "lon": place.lon, "label": place.label, "osm_key": place.osm_key}


def soon(hours: float = 2) -> datetime:
    return timezone.now() + timedelta(hours=hours)


def valid(serializer: Any, body: dict[str, Any]) -> dict[str, Any]:
    """A body as the API would hand it to a command."""
    form = serializer(data=body)
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def publish(driver: User, origin: dict[str, Any], destination: dict[str, Any], **fields: Any) -> RideOffer:
    """An offer, through the command that people use."""
    body = {"origin": origin, "destination": destination, "departs_at": soon().isoformat(), "max_detour_s": 1800}
    answer = commands.publish_offer(driver, valid(OfferIn, body | fields))
    assert answer.ok, answer.data
    return RideOffer.objects.get(pk=answer.data["id"])


def book(rider: User, offer: RideOffer, origin: Any, destination: Any, key: str = "", **fields: Any) -> commands.Answer:
    body = {"offer": offer.pk, "origin": origin, "destination": destination}
    return commands.book(rider, valid(BookingIn, body | fields), key)


def ask(rider: User, origin: Any, destination: Any, key: str = "", **fields: Any) -> commands.Answer:
    body = {"origin": origin, "destination": destination, "earliest_at": soon(1), "latest_at": soon(4)}
    return commands.post_request(rider, valid(RequestIn, body | fields), key)


def plan_outing(organiser: User, destination: Any, **fields: Any) -> commands.Answer:
    body = {
        "title": "IKEA on Saturday",
        "destination": destination,
        "earliest_at": soon(24),
        "latest_at": soon(25),
        "return_at": soon(28),
    }
    return commands.plan_outing(organiser, valid(OutingIn, body | fields))


def join(member: User, outing_id: int, role: str, origin: Any, **fields: Any) -> commands.Answer:
    return commands.join_outing(member, outing_id, valid(ParticipantIn, {"role": role, "origin": origin} | fields))


def say(member: User, outing_id: int, version: int, *, yes: bool) -> commands.Answer:
    return commands.answer_proposal(member, outing_id, valid(AnswerIn, {"proposal_version": version, "yes": yes}))


def taken(offer: RideOffer) -> list[int]:
    """Seats taken on each leg, in order."""
    return list(Leg.objects.filter(offer=offer).order_by("start__sequence").values_list("taken_seats", flat=True))


def require_books_balance() -> None:
    """I1: on every leg, what is taken is what the bookings that hold it add up to, and some configuration has room."""
    from routing import capacity

    for offer in RideOffer.objects.all():
        legs = list(offer.legs.select_related("start").order_by("start__sequence"))
        holding = list(offer.bookings.filter(state__in=Booking.HOLDS).select_related("pickup", "dropoff"))
        for leg in legs:
            aboard = [b for b in holding if b.pickup.sequence <= leg.start.sequence < b.dropoff.sequence]
            for kind in capacity.KINDS:
                together = sum if kind in capacity.SUMMED else max
                assert getattr(leg, f"taken_{kind}") == together([0, *(getattr(b, kind) for b in aboard)])
        assert capacity.fits(planner.configurations(offer), legs), f"offer {offer.pk} is overfull"
        sequences = list(offer.stops.order_by("sequence").values_list("sequence", flat=True))
        assert sequences == list(range(len(legs) + 1))


def told(outcome: Any) -> str:
    """What somebody was told in a race: the code, the HTTP status, or the kind of error that came through."""
    if isinstance(outcome, commands.Answer):
        return str(outcome.data.get("code", outcome.status))
    return type(outcome).__name__ if isinstance(outcome, Exception) else str(outcome)
