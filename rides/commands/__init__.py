"""Everything a person can do, each one durable transaction; pages, API and simulator call these and nothing below.

Each takes the person, what was sent (validated by a serializer), and an idempotency key; each returns an Answer.
"""

from rides.commands.answer import Answer
from rides.commands.bookings import accept_booking, book, cancel_booking, decline_booking
from rides.commands.offers import cancel_offer, complete_offer, depart_offer, publish_offer
from rides.commands.outings import answer_proposal, join_outing, leave_outing, plan_outing, propose_cars
from rides.commands.requests import accept_asking, cancel_request, decline_asking, post_request

__all__ = [
    "Answer",
    "accept_asking",
    "accept_booking",
    "answer_proposal",
    "book",
    "cancel_booking",
    "cancel_offer",
    "cancel_request",
    "complete_offer",
    "decline_asking",
    "decline_booking",
    "depart_offer",
    "join_outing",
    "leave_outing",
    "plan_outing",
    "post_request",
    "propose_cars",
    "publish_offer",
]
