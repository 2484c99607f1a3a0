"""Tables, states and constraints: what is true of one row. Rules that need more rows stand in the verb modules."""

from rides.models.bookings import Booking
from rides.models.commands import IdempotencyKey
from rides.models.offers import Leg, RideOffer, Stop
from rides.models.outings import Outing, Participant, Proposal, ProposalAnswer, ProposedCar, ProposedSeat
from rides.models.requests import Asking, RideRequest

__all__ = [
    "Asking",
    "Booking",
    "IdempotencyKey",
    "Leg",
    "Outing",
    "Participant",
    "Proposal",
    "ProposalAnswer",
    "ProposedCar",
    "ProposedSeat",
    "RideOffer",
    "RideRequest",
    "Stop",
]
