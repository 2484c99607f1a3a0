"""The one policy: for every route and method of the API, who may, and while the thing is in which state.

`docs/authorisation.md` is made from it (`python -m tests.policy`), and test_rows.py tries every line on the real site.
"""

from tests.policy.terms import ANY, LISTED, YES, Outcome, Role, Rule, Scope, Thing, only

NOBODY, STRANGER, BLOCKED, NEIGHBOUR = Role.NOBODY, Role.STRANGER, Role.BLOCKED, Role.NEIGHBOUR
RIDER, CO_RIDER, DRIVER, OTHER_DRIVER = Role.RIDER, Role.CO_RIDER, Role.DRIVER, Role.OTHER_DRIVER
COORDINATOR, PARTICIPANT, ORGANISER, OWNER = Role.COORDINATOR, Role.PARTICIPANT, Role.ORGANISER, Role.OWNER
RIDE, DRIVE, ACCOUNT = (Scope.RIDE,), (Scope.DRIVE,), (Scope.ACCOUNT,)
EITHER = (Scope.RIDE, Scope.DRIVE)
NOT_NOW, NOTHING = Outcome.NOT_NOW, Outcome.NOTHING

# --- what belongs to nobody, or is oneself -----------------------------------------------------------------------

SITE = Thing("site", ("open",), {NOBODY: ("open",), STRANGER: ("open",)})
EVERYBODY, SIGNED_IN = {NOBODY: YES, STRANGER: YES}, {STRANGER: YES}

SITE_RULES = (
    Rule("GET", "v1/search/", SITE, EVERYBODY, public=True),
    Rule("GET", "v1/places/", SITE, EVERYBODY, public=True),
    Rule("GET", "v1/events/", SITE, SIGNED_IN),
    Rule("GET", "v1/me/", SITE, SIGNED_IN),
    Rule("PATCH", "v1/me/", SITE, SIGNED_IN, ACCOUNT),
    Rule("POST", "v1/me/vehicles/", SITE, SIGNED_IN, ACCOUNT),
    Rule("POST", "v1/me/tokens/", SITE, SIGNED_IN, ACCOUNT),
    Rule("GET", "v1/me/notices/", SITE, SIGNED_IN),
    Rule("PUT", "v1/me/notices/", SITE, SIGNED_IN, ACCOUNT),
    Rule("POST", "v1/push/", SITE, SIGNED_IN, ACCOUNT),
    Rule("POST", "v1/offers/", SITE, SIGNED_IN, DRIVE),
    Rule("POST", "v1/requests/", SITE, SIGNED_IN, RIDE),
    Rule("POST", "v1/searches/", SITE, SIGNED_IN, RIDE),
    Rule("POST", "v1/series/", SITE, SIGNED_IN, DRIVE),
    Rule("POST", "v1/outings/", SITE, SIGNED_IN, RIDE),
)

TOKEN = Thing("token", ("good",), {NOBODY: (), STRANGER: (), OWNER: ("good",)})

TOKEN_RULES = (
    Rule("GET", "v1/me/tokens/", TOKEN, {OWNER: LISTED}),
    Rule("DELETE", "v1/me/tokens/<int:token_id>/", TOKEN, {OWNER: YES}, ACCOUNT),
)

DEVICE = Thing("device", ("awake",), {NOBODY: (), STRANGER: (), OWNER: ("awake",)})

DEVICE_RULES = (
    Rule("GET", "v1/push/", DEVICE, {OWNER: LISTED}),
    Rule("DELETE", "v1/push/<int:device_id>/", DEVICE, {OWNER: YES}, ACCOUNT),
)

NOTICE = Thing("notice", ("told",), {NOBODY: (), STRANGER: (), OWNER: ("told",)})

NOTICE_RULES = (Rule("GET", "v1/notices/<int:message_id>/", NOTICE, {OWNER: YES}),)

# --- rides -------------------------------------------------------------------------------------------------------

PUBLIC = ("published", "departed", "completed", "cancelled")
OFFER_STATES = ("draft", *PUBLIC, "for a community", "by link")
OFFER = Thing(
    "offer",
    OFFER_STATES,
    {
        NOBODY: PUBLIC,
        STRANGER: PUBLIC,
        BLOCKED: (),
        NEIGHBOUR: (*PUBLIC, "for a community"),
        RIDER: (*PUBLIC, "for a community", "by link"),
        DRIVER: OFFER_STATES,
    },
)
ONE_OFFER = "v1/offers/<int:offer_id>/"
LIVE = {"published": Outcome.SHOWN, ANY: Outcome.LEFT_OUT}
LIVE_HERE = LIVE | {"for a community": Outcome.SHOWN}
LOOK = dict.fromkeys(OFFER.roles, YES)
PUBLISHED = ("published", "for a community", "by link")
TAKE_A_SEAT = {
    STRANGER: only("published"),
    NEIGHBOUR: only("published", "for a community"),
    RIDER: {ANY: NOT_NOW},  # has one
    DRIVER: {ANY: NOT_NOW},  # it is her own car
}

OFFER_RULES = (
    Rule(
        "GET",
        "v1/offers/",
        OFFER,
        {NOBODY: LIVE, STRANGER: LIVE, NEIGHBOUR: LIVE_HERE, RIDER: LIVE_HERE, DRIVER: LIVE_HERE},
        public=True,
    ),
    Rule("GET", ONE_OFFER, OFFER, LOOK, public=True),
    Rule("GET", ONE_OFFER + "line/", OFFER, LOOK, public=True),
    Rule("PATCH", ONE_OFFER, OFFER, {DRIVER: only("draft", *PUBLISHED)}, DRIVE),
    Rule("POST", ONE_OFFER + "publish/", OFFER, {DRIVER: only("draft")}, DRIVE),
    Rule("POST", ONE_OFFER + "depart/", OFFER, {DRIVER: only(*PUBLISHED)}, DRIVE),
    Rule("POST", ONE_OFFER + "complete/", OFFER, {DRIVER: only("departed")}, DRIVE),
    Rule("POST", ONE_OFFER + "cancel/", OFFER, {DRIVER: only("draft", "departed", *PUBLISHED)}, DRIVE),
    Rule("POST", ONE_OFFER + "position/", OFFER, {DRIVER: only("departed")}, DRIVE),
    Rule("DELETE", ONE_OFFER + "position/", OFFER, {DRIVER: YES}, DRIVE),
    Rule("POST", ONE_OFFER + "hold/", OFFER, TAKE_A_SEAT, RIDE),
    Rule("POST", ONE_OFFER + "waiting/", OFFER, TAKE_A_SEAT, RIDE),
    Rule("POST", "v1/bookings/", OFFER, TAKE_A_SEAT, RIDE, about="offer"),
)

BOOKING_STATES = ("held", "asked", "confirmed", "due", "cancelled", "nobody came", "completed", "validated")
BOOKING = Thing(
    "booking",
    BOOKING_STATES,
    {
        NOBODY: (),
        STRANGER: (),
        BLOCKED: (),
        CO_RIDER: (),
        COORDINATOR: (),
        RIDER: BOOKING_STATES,
        DRIVER: BOOKING_STATES[1:],  # an open form is its rider's alone
    },
)
ONE_BOOKING = "v1/bookings/<int:booking_id>/"
BOTH = {RIDER: YES, DRIVER: YES}


def either(*states: str) -> dict:
    """Rider and driver alike."""
    return {RIDER: only(*states), DRIVER: only(*states)}


BOOKING_RULES = (
    Rule("GET", "v1/bookings/", BOOKING, {RIDER: LISTED, DRIVER: LISTED}),
    Rule("GET", ONE_BOOKING, BOOKING, BOTH),
    Rule("GET", ONE_BOOKING + "signals/", BOOKING, BOTH),
    Rule("GET", ONE_BOOKING + "car/", BOOKING, BOTH),
    Rule("POST", ONE_BOOKING + "reduce/", BOOKING, {RIDER: only("held", "asked", "confirmed", "due")}, RIDE),
    Rule("POST", ONE_BOOKING + "accept/", BOOKING, {DRIVER: only("asked")}, DRIVE),
    Rule("POST", ONE_BOOKING + "decline/", BOOKING, {DRIVER: only("asked")}, DRIVE),
    Rule("POST", ONE_BOOKING + "cancel/", BOOKING, either("held", "asked", "confirmed", "due"), EITHER),
    Rule("POST", ONE_BOOKING + "signals/", BOOKING, either("due"), EITHER),
    Rule("POST", ONE_BOOKING + "link/", BOOKING, {RIDER: only("confirmed", "due")}, RIDE),
    Rule("POST", ONE_BOOKING + "code/", BOOKING, {RIDER: only("asked", "confirmed", "due")}, RIDE),
    Rule("POST", ONE_BOOKING + "aboard/", BOOKING, either("due"), EITHER),
    Rule("POST", ONE_BOOKING + "got_off/", BOOKING, either("due"), EITHER),
    # who is left alone may say so after the driver has pressed "arrived"; that driver never said that he was there
    Rule("POST", ONE_BOOKING + "no_show/", BOOKING, {RIDER: only("due", "completed"), DRIVER: only("due")}, EITHER),
    Rule("POST", ONE_BOOKING + "contradict/", BOOKING, either("nobody came"), EITHER),
    Rule("POST", ONE_BOOKING + "took_place/", BOOKING, either("completed", "validated"), EITHER),
    Rule("POST", ONE_BOOKING + "did_not_happen/", BOOKING, either("completed"), EITHER),
)

# --- wishes ------------------------------------------------------------------------------------------------------

REQUEST_STATES = ("chosen", "open", "matched", "cancelled", "expired")
REQUEST = Thing(
    "request", REQUEST_STATES, {NOBODY: (), STRANGER: (), DRIVER: (), COORDINATOR: (), RIDER: REQUEST_STATES}
)
ONE_REQUEST = "v1/requests/<int:request_id>/"

REQUEST_RULES = (
    Rule("GET", "v1/requests/", REQUEST, {RIDER: LISTED}),
    Rule("GET", ONE_REQUEST, REQUEST, {RIDER: YES}),
    Rule("GET", ONE_REQUEST + "rides/", REQUEST, {RIDER: YES}),
    Rule("GET", ONE_REQUEST + "options/", REQUEST, {RIDER: YES}),
    Rule("POST", ONE_REQUEST + "cancel/", REQUEST, {RIDER: only("chosen", "open")}, RIDE),
    Rule("POST", ONE_REQUEST + "look_on/", REQUEST, {RIDER: only("chosen", "open", "cancelled")}, RIDE),
    Rule("POST", ONE_REQUEST + "hurry/", REQUEST, {RIDER: only("open")}, RIDE),
    Rule("POST", ONE_REQUEST + "move/", REQUEST, {RIDER: only("open")}, RIDE),
    Rule("POST", ONE_REQUEST + "one_is_enough/", REQUEST, {RIDER: only("open")}, RIDE),
    Rule("POST", ONE_REQUEST + "home/", REQUEST, {RIDER: YES}, RIDE),
    # the way back of a journey, asked for or booked; a journey that goes on with another driver
    Rule("POST", "v1/requests/", REQUEST, {RIDER: only("chosen", "matched")}, RIDE, about="return_of"),
    Rule("POST", "v1/bookings/", REQUEST, {RIDER: only("chosen", "open")}, RIDE, about="request"),
    Rule("POST", "v1/bookings/", REQUEST, {RIDER: only("chosen", "matched")}, RIDE, about="return_of"),
)

ASKING_STATES = ("asked", "accepted", "declined", "taken", "closed")
ASKING = Thing(
    "asking",
    ASKING_STATES,
    {NOBODY: (), STRANGER: (), RIDER: (), OTHER_DRIVER: (), DRIVER: ASKING_STATES},
)
ONE_ASKING = "v1/askings/<int:asking_id>/"

ASKING_RULES = (
    Rule("GET", "v1/askings/", ASKING, {DRIVER: LISTED}),
    Rule("GET", ONE_ASKING, ASKING, {DRIVER: YES}),
    Rule("POST", ONE_ASKING + "accept/", ASKING, {DRIVER: only("asked")}, DRIVE),
    Rule("POST", ONE_ASKING + "decline/", ASKING, {DRIVER: only("asked")}, DRIVE),
    Rule("POST", ONE_ASKING + "later/", ASKING, {DRIVER: only("asked")}, DRIVE),
)

WAITING_STATES = ("waiting", "promoted", "left", "over")
WAITING = Thing(
    "place in line", WAITING_STATES, {NOBODY: (), STRANGER: (), DRIVER: (), CO_RIDER: (), RIDER: WAITING_STATES}
)
ONE_ENTRY = "v1/waiting/<int:entry_id>/"

WAITING_RULES = (
    Rule("GET", "v1/waiting/", WAITING, {RIDER: LISTED}),
    Rule("GET", ONE_ENTRY, WAITING, {RIDER: YES}),
    Rule("POST", ONE_ENTRY + "leave/", WAITING, {RIDER: YES}, RIDE),
)

SEARCH = Thing("saved search", ("kept",), {NOBODY: (), STRANGER: (), DRIVER: (), RIDER: ("kept",)})
ONE_SEARCH = "v1/searches/<int:search_id>/"

SEARCH_RULES = (
    Rule("GET", "v1/searches/", SEARCH, {RIDER: LISTED}),
    Rule("GET", ONE_SEARCH, SEARCH, {RIDER: YES}),
    Rule("DELETE", ONE_SEARCH, SEARCH, {RIDER: YES}, RIDE),
)

# --- weekly rides ------------------------------------------------------------------------------------------------

SERIES_STATES = ("active", "ended", "by link")
SERIES = Thing(
    "series",
    SERIES_STATES,
    {
        NOBODY: (),
        STRANGER: ("active",),  # as long as there is a ride that she may see
        BLOCKED: (),
        RIDER: SERIES_STATES,  # has a standing booking
        DRIVER: SERIES_STATES,
    },
)
ONE_SERIES = "v1/series/<int:series_id>/"
SEE_SERIES = {STRANGER: YES, RIDER: YES, DRIVER: YES}

SERIES_RULES = (
    Rule("GET", "v1/series/", SERIES, {DRIVER: LISTED}),
    Rule("GET", ONE_SERIES, SERIES, SEE_SERIES),
    Rule("POST", ONE_SERIES + "change/", SERIES, {DRIVER: only("active", "by link")}, DRIVE),
    Rule("POST", ONE_SERIES + "cancel/", SERIES, {DRIVER: YES}, DRIVE),
    Rule("POST", ONE_SERIES + "skip/", SERIES, {DRIVER: YES}, DRIVE),
    Rule("GET", ONE_SERIES + "standing/", SERIES, SEE_SERIES),
    Rule(
        "POST",
        ONE_SERIES + "standing/",
        SERIES,
        {
            STRANGER: YES,
            RIDER: {"ended": NOTHING, ANY: NOT_NOW},  # has one
            DRIVER: {ANY: NOT_NOW},  # it is her own car
        },
        RIDE,
    ),
)

STANDING_STATES = ("asked", "accepted", "ended")
STANDING = Thing(
    "standing booking",
    STANDING_STATES,
    {NOBODY: (), STRANGER: (), CO_RIDER: (), RIDER: STANDING_STATES, DRIVER: STANDING_STATES},
)
ONE_STANDING = "v1/standing/<int:standing_id>/"

STANDING_RULES = (
    Rule("GET", "v1/standing/", STANDING, {RIDER: LISTED, DRIVER: LISTED}),
    Rule("GET", ONE_STANDING, STANDING, BOTH),
    Rule("POST", ONE_STANDING + "accept/", STANDING, {DRIVER: only("asked")}, DRIVE),
    Rule("POST", ONE_STANDING + "end/", STANDING, either("asked", "accepted"), EITHER),
)

# --- outings and cases -------------------------------------------------------------------------------------------

OUTING_STATES = ("gathering", "grouping", "proposed")
OUTING = Thing(  # who has the link may look
    "outing", OUTING_STATES, dict.fromkeys((NOBODY, STRANGER, PARTICIPANT, ORGANISER), OUTING_STATES)
)
ONE_OUTING = "v1/outings/<slug:slug>/"
OPEN = only("gathering", "proposed")

OUTING_RULES = (
    Rule("GET", "v1/outings/", OUTING, {PARTICIPANT: LISTED, ORGANISER: LISTED}),
    Rule("GET", ONE_OUTING, OUTING, dict.fromkeys(OUTING.roles, YES), public=True),
    Rule("POST", ONE_OUTING + "join/", OUTING, {STRANGER: OPEN, PARTICIPANT: OPEN, ORGANISER: OPEN}, RIDE),
    Rule(
        "POST",
        ONE_OUTING + "leave/",
        OUTING,
        {STRANGER: {"grouping": NOT_NOW, ANY: NOTHING}, PARTICIPANT: OPEN, ORGANISER: OPEN},
        RIDE,
    ),
    Rule("POST", ONE_OUTING + "propose/", OUTING, {ORGANISER: OPEN}, RIDE),
    Rule(
        "POST",
        ONE_OUTING + "answer/",
        OUTING,
        {PARTICIPANT: only("proposed", otherwise=NOTHING), ORGANISER: only("proposed", otherwise=NOTHING)},
        RIDE,
    ),
)

CASE_STATES = ("open", "taken", "closed", "said of her", "way home")
CASE = Thing(
    "case",
    CASE_STATES,
    {NOBODY: (), STRANGER: (), NEIGHBOUR: ("way home",), RIDER: CASE_STATES, COORDINATOR: CASE_STATES},
)
ONE_CASE = "v1/cases/<int:case_id>/"
READS = {NEIGHBOUR: YES, RIDER: YES, COORDINATOR: YES}
STILL_OPEN = only("open", "taken", "said of her", "way home")

CASE_RULES = (
    Rule("GET", "v1/cases/", CASE, dict.fromkeys((NEIGHBOUR, RIDER, COORDINATOR), LISTED)),
    Rule("GET", ONE_CASE, CASE, READS),
    Rule("POST", ONE_CASE + "take/", CASE, {COORDINATOR: STILL_OPEN, RIDER: {"closed": NOT_NOW, ANY: NOTHING}}, RIDE),
    Rule(
        "POST",
        ONE_CASE + "close/",
        CASE,
        {RIDER: {**STILL_OPEN, "said of her": Outcome.FORBIDDEN}, COORDINATOR: STILL_OPEN},
        RIDE,
    ),
)

# --- people without a device -------------------------------------------------------------------------------------

CALL_STATES = ("with the helper", "open", "told", "over")
CALL = Thing(  # the rider is whom it is about
    "call",
    CALL_STATES,
    {NOBODY: (), STRANGER: (), BLOCKED: (), RIDER: (), NEIGHBOUR: CALL_STATES, COORDINATOR: CALL_STATES[1:]},
)
ONE_CALL = "v1/calls/<int:call_id>/"
CALLS = {NEIGHBOUR: YES, COORDINATOR: YES}
NOT_TOLD = only("with the helper", "open")
SAID = only("with the helper", "open", "told")

CALL_RULES = (
    Rule("GET", "v1/calls/", CALL, {NEIGHBOUR: LISTED, COORDINATOR: LISTED}),
    Rule("GET", ONE_CALL, CALL, CALLS),
    Rule("POST", ONE_CALL + "knows/", CALL, {NEIGHBOUR: SAID, COORDINATOR: SAID}, RIDE),
    Rule("POST", ONE_CALL + "no_answer/", CALL, {NEIGHBOUR: NOT_TOLD, COORDINATOR: NOT_TOLD}, RIDE),
    Rule("POST", ONE_CALL + "take_back/", CALL, {NEIGHBOUR: SAID, COORDINATOR: NOT_TOLD}, RIDE),
)

POLICY: tuple[Rule, ...] = (
    *SITE_RULES,
    *TOKEN_RULES,
    *DEVICE_RULES,
    *NOTICE_RULES,
    *OFFER_RULES,
    *BOOKING_RULES,
    *REQUEST_RULES,
    *ASKING_RULES,
    *WAITING_RULES,
    *SEARCH_RULES,
    *SERIES_RULES,
    *STANDING_RULES,
    *OUTING_RULES,
    *CASE_RULES,
    *CALL_RULES,
)
