"""What a neighbour's page would send: checked by the same serializers, through the same commands."""

from typing import Any

from accounts.models import User
from rides import commands
from rides.models import RideOffer
from rides.serializers.bookings import BookingIn
from rides.serializers.offers import OfferIn
from rides.serializers.outings import AnswerIn, OutingIn, ParticipantIn
from rides.serializers.requests import RequestIn
from routing.plan import Place


def offer(driver: User, origin: Place, destination: Place, **fields: Any) -> commands.Answer:
    """Publish a ride."""
    return commands.publish_offer(driver, _sent(OfferIn, origin=origin, destination=destination, **fields))


def request(rider: User, origin: Place, destination: Place, **fields: Any) -> commands.Answer:
    """Ask for a ride."""
    return commands.post_request(rider, _sent(RequestIn, origin=origin, destination=destination, **fields))


def booking(rider: User, ride: RideOffer, origin: Place, destination: Place, **fields: Any) -> commands.Answer:
    """Book seats."""
    return commands.book(rider, _sent(BookingIn, offer=ride.pk, origin=origin, destination=destination, **fields))


def outing(organiser: User, destination: Place, **fields: Any) -> commands.Answer:
    """Plan an outing."""
    return commands.plan_outing(organiser, _sent(OutingIn, destination=destination, **fields))


def join(person: User, outing_id: int, origin: Place, **fields: Any) -> commands.Answer:
    """Take part in one."""
    return commands.join_outing(person, outing_id, _sent(ParticipantIn, origin=origin, **fields))


def yes(person: User, outing_id: int, version: int) -> commands.Answer:
    """Agree to a proposal."""
    return commands.answer_proposal(person, outing_id, _sent(AnswerIn, proposal_version=version, yes=True))


def _sent(serializer: Any, **fields: Any) -> dict[str, Any]:
    form = serializer(
        data={name: _place(value) if isinstance(value, Place) else value for name, value in fields.items()}
    )
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def _place(place: Place) -> dict[str, Any]:
    return {"lat": place.lat, "lon": place.lon, "label": place.label, "osm_key": place.osm_key}
