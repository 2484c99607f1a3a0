"""Everything a person can do, each one durable transaction; pages, API and simulator call these and nothing below.

Each takes the person, what was sent (validated by a serializer), and an idempotency key; each returns an Answer.
"""

from rides.commands.answer import Answer
from rides.commands.bookings import accept_booking, book, cancel_booking, decline_booking, hold, reduce_booking
from rides.commands.calls import (
    call_no_more,
    help_by_phone,
    know_call,
    no_answer_call,
    set_called,
    take_back_call,
)
from rides.commands.cases import close_case, take_case
from rides.commands.journeys import hurry_request, move_request, one_is_enough, say_home
from rides.commands.kerb import (
    aboard,
    contradict,
    did_not_happen,
    got_off,
    look_on,
    no_show,
    say_at_kerb,
    took_place,
    want_code,
)
from rides.commands.offers import (
    cancel_offer,
    change_offer,
    complete_offer,
    depart_offer,
    publish_draft,
    publish_offer,
)
from rides.commands.outings import answer_proposal, join_outing, leave_outing, plan_outing, propose_cars
from rides.commands.positions import share_position, stop_sharing, want_link
from rides.commands.requests import accept_asking, cancel_request, decline_asking, post_request, put_off_asking
from rides.commands.searches import drop_search, keep_search
from rides.commands.series import begin_series, cancel_series, change_series, skip_day
from rides.commands.standing import accept_standing, end_standing, take_standing
from rides.commands.waiting import join_waiting_list, leave_waiting_list

__all__ = [
    "Answer",
    "aboard",
    "accept_asking",
    "accept_booking",
    "accept_standing",
    "answer_proposal",
    "begin_series",
    "book",
    "call_no_more",
    "cancel_booking",
    "cancel_offer",
    "cancel_request",
    "cancel_series",
    "change_offer",
    "change_series",
    "close_case",
    "complete_offer",
    "contradict",
    "decline_asking",
    "decline_booking",
    "depart_offer",
    "did_not_happen",
    "drop_search",
    "end_standing",
    "got_off",
    "help_by_phone",
    "hold",
    "hurry_request",
    "join_outing",
    "join_waiting_list",
    "keep_search",
    "know_call",
    "leave_outing",
    "leave_waiting_list",
    "look_on",
    "move_request",
    "no_answer_call",
    "no_show",
    "one_is_enough",
    "plan_outing",
    "post_request",
    "propose_cars",
    "publish_draft",
    "publish_offer",
    "put_off_asking",
    "reduce_booking",
    "say_at_kerb",
    "say_home",
    "set_called",
    "share_position",
    "skip_day",
    "stop_sharing",
    "take_back_call",
    "take_case",
    "take_standing",
    "took_place",
    "want_code",
    "want_link",
]
