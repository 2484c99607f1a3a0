"""Tables, states and constraints: what is true of one row. Rules that need more rows stand in the verb modules."""

from rides.models.bookings import Booking
from rides.models.cases import Case
from rides.models.commands import IdempotencyKey
from rides.models.kerb import KerbSignal
from rides.models.offers import Leg, RideOffer, Stop
from rides.models.outings import Outing, Participant, Proposal, ProposalAnswer, ProposedCar, ProposedSeat
from rides.models.positions import RideLink, Sharing, Sight
from rides.models.requests import Asking, RideRequest
from rides.models.searches import FoundRide, SavedSearch
from rides.models.series import OfferSeries, SeriesException, StandingBooking
from rides.models.waiting import WaitingEntry

__all__ = [
    "Asking",
    "Booking",
    "Case",
    "FoundRide",
    "IdempotencyKey",
    "KerbSignal",
    "Leg",
    "OfferSeries",
    "Outing",
    "Participant",
    "Proposal",
    "ProposalAnswer",
    "ProposedCar",
    "ProposedSeat",
    "RideLink",
    "RideOffer",
    "RideRequest",
    "SavedSearch",
    "SeriesException",
    "Sharing",
    "Sight",
    "StandingBooking",
    "Stop",
    "WaitingEntry",
]
