"""The policy of the pages: who finds something at which address, by the things of policy.py and their states.

Whoever finds nothing is answered as if the id had never been. `OF_NOTHING` are the pages that are about no one thing.
"""

from tests.policy.policy import (
    ASKING,
    BLOCKED,
    BOOKING,
    CALL,
    CASE,
    COORDINATOR,
    DRIVER,
    NEIGHBOUR,
    NOBODY,
    OFFER,
    ORGANISER,
    OUTING,
    OWNER,
    PARTICIPANT,
    REQUEST,
    RIDER,
    SEARCH,
    SERIES,
    STANDING,
    STRANGER,
    WAITING,
)
from tests.policy.terms import YES, Outcome, Role, Rule, Thing


def page(address: str, thing: Thing, *roles: Role, public: bool = False, method: str = "GET") -> Rule:
    """Something to read for these roles, for all by default; `{}` is the id of the thing."""
    return Rule(method, address, thing, dict.fromkeys(roles or thing.roles, YES), scope=(), public=public)


def step(address: str, thing: Thing, *roles: Role, public: bool = False) -> Rule:
    """Something to send."""
    return page(address, thing, *roles, public=public, method="POST")


BOOKED = Thing(  # an open form has no page yet
    BOOKING.name, BOOKING.states, {role: there[there[:1] == ("held",) :] for role, there in BOOKING.there_for.items()}
)
WEEKLY_RIDE = Thing(
    "ride of a weekly ride",
    ("active", "by link"),
    {
        NOBODY: ("active",),
        STRANGER: ("active",),
        BLOCKED: (),
        RIDER: ("active", "by link"),
        DRIVER: ("active", "by link"),
    },
)
CAR = Thing("car", ("hers",), {NOBODY: (), STRANGER: (), OWNER: ("hers",)})
LINK = Thing("link to a ride", ("open", "over"), {NOBODY: ("open",), STRANGER: ("open",)})
CALLED = Thing(
    "somebody who is called",
    ("called",),
    {NOBODY: (), STRANGER: (), BLOCKED: (), NEIGHBOUR: (), RIDER: ("called",), COORDINATOR: ("called",)},
)
HELPED = Thing(
    "somebody whom one calls",
    ("helped",),
    {NOBODY: (), STRANGER: (), BLOCKED: (), NEIGHBOUR: ("helped",), RIDER: (), COORDINATOR: ()},
)
SIGNED_IN = (STRANGER, PARTICIPANT, ORGANISER)

PAGES: tuple[Rule, ...] = (
    page("rides/{}/", OFFER, public=True),
    step("rides/{}/book/", OFFER, public=True),
    step("rides/{}/wait/", OFFER, public=True),
    page("drive/{}/", OFFER, DRIVER),
    step("drive/{}/change/", OFFER, DRIVER),
    *(step(f"drive/{{}}/{word}/", OFFER, DRIVER) for word in ("publish", "depart", "complete", "cancel")),
    step("rides/{}/stand/", WEEKLY_RIDE, public=True),
    page("bookings/{}/", BOOKED, RIDER, DRIVER),
    step("bookings/{}/reduce/", BOOKED, RIDER, DRIVER),
    step("bookings/{}/cancel/", BOOKING, RIDER, DRIVER),
    step("bookings/{}/code/", BOOKING, RIDER),
    step("bookings/{}/link/", BOOKING, RIDER),
    page("r/{}/", LINK, public=True),
    *(step(f"bookings/{{}}/{word}/", BOOKING, RIDER, DRIVER) for word in ("here", "late", "aboard", "got_off")),
    *(step(f"bookings/{{}}/{word}/", BOOKING, RIDER, DRIVER) for word in ("nobody_came", "contradict")),
    *(step(f"bookings/{{}}/{word}/", BOOKING, RIDER, DRIVER) for word in ("took_place", "did_not_happen")),
    *(step(f"inbox/booking/{{}}/{word}/", BOOKING, DRIVER) for word in ("accept", "decline")),
    page("requests/{}/", REQUEST, RIDER),
    step("requests/{}/cancel/", REQUEST, RIDER),
    step("requests/{}/move/", REQUEST, RIDER),
    *(step(f"requests/{{}}/{word}/", REQUEST, RIDER) for word in ("hurry", "one_is_enough", "look_on", "home")),
    *(step(f"inbox/asking/{{}}/{word}/", ASKING, DRIVER) for word in ("accept", "decline", "later")),
    step("waiting/{}/leave/", WAITING, RIDER),
    step("me/searches/{}/drop/", SEARCH, RIDER),
    page("drive/weekly/{}/", SERIES, DRIVER),
    *(step(f"drive/weekly/{{}}/{word}/", SERIES, DRIVER) for word in ("change", "skip", "cancel")),
    step("standing/{}/end/", STANDING, RIDER, DRIVER),
    step("inbox/standing/{}/accept/", STANDING, DRIVER),
    step("inbox/standing/{}/decline/", STANDING, RIDER, DRIVER),
    page("o/{}/", OUTING, public=True),
    *(step(f"o/{{}}/{word}/", OUTING, *SIGNED_IN) for word in ("join", "leave", "group", "answer/yes", "answer/no")),
    Rule("POST", "cases/{}/take/", CASE, {COORDINATOR: YES, RIDER: {"closed": Outcome.DONE}}, ()),
    step("cases/{}/close/", CASE, RIDER, COORDINATOR),
    *(step(f"calls/{{}}/{word}/", CALL, NEIGHBOUR, COORDINATOR) for word in ("knows", "no_answer", "take_back")),
    page("calls/people/{}/", CALLED, RIDER, COORDINATOR),
    step("calls/people/{}/", CALLED, RIDER, COORDINATOR),
    *(step(f"calls/helping/{{}}/{word}/", HELPED, NEIGHBOUR) for word in ("yes", "no")),
    page("account/cars/{}/", CAR, OWNER),
    step("account/cars/{}/", CAR, OWNER),
)

OF_NOTHING = {
    "",
    "find/",
    "drive/",
    "ask/",
    "inbox/",
    "me/",
    "me/searches/",
    "account/",
    "account/notices/",
    "account/calls/",
    "calls/",
    "notices/off/<str:token>/",
    "app.webmanifest",
    "sw.js",
    "outings/",
    "outings/new/",
    "map/view/",
    "map/line/",
    "map/style-<str:theme>.json",
    "tiles/<int:z>/<int:x>/<int:y>",
    "about/",
    "language/",
}
