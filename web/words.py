"""What the modules say to a person, in her language; the server owns every sentence."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def seats_left(count: int, held: int = 0) -> str:
    """ "3 seats left", "full"; and "1 may come free" of those that somebody asks for, or fills in a form for."""
    free = ngettext("%(count)s seat left", "%(count)s seats left", count) % {"count": count} if count else _("full")
    if not held:
        return free
    return f"{free} · " + ngettext("%(count)s may come free", "%(count)s may come free", held) % {"count": held}


def for_browser() -> dict[str, str]:
    """Sentences by key; `{name}` is filled in by the browser (web/static/js/format.js)."""
    return {
        "full": _("full"),
        "oneSeat": ngettext("%(count)s seat left", "%(count)s seats left", 1) % {"count": 1},
        "seats": ngettext("%(count)s seat left", "%(count)s seats left", 2) % {"count": "{count}"},
        "oneHeld": ngettext("%(count)s may come free", "%(count)s may come free", 1) % {"count": 1},
        "held": ngettext("%(count)s may come free", "%(count)s may come free", 2) % {"count": "{count}"},
        "euros": _("€%(amount)s") % {"amount": "{amount}"},
        "free": _("free"),
        "minuteLeft": ngettext("%(count)s minute left", "%(count)s minutes left", 1) % {"count": 1},
        "minutesLeft": ngettext("%(count)s minute left", "%(count)s minutes left", 2) % {"count": "{count}"},
        "seatKept": _("We keep your seat for {count} minutes."),
        "seatNotKept": _("The seat is no longer kept for you. Book it if it is still free."),
        "seatTaken": _("Someone just took a seat: {seats}"),
        "seatFree": _("A seat came free: {seats}"),
        "confirmed": _("{name} said yes. Your seat is booked."),
        "notConfirmed": _("No seat with {name}: {reason}."),
        "wantsAlong": _("{name} wants to come along."),
        "cancelled": _("{name} does not come: {reason}."),
        "wouldTake": _("{name} would take you. Now for the other way."),
        "changed": _("{name} has changed the ride. You may leave freely."),
        "saidAtKerb": _("{name} {what}."),
        "nobodyYet": _("No one yet. Here is what you can do."),
        "wantsEveryWeek": _("{name} wants to ride along every week."),
        "takesEveryWeek": _("{name} takes you along every week."),
        "oneWeekMissed": _("One of the weekly rides with {name} has no seat for you."),
        "notThatDay": _("Your weekly ride cannot be made on one of its days."),
        "needsHelp": _("{name} {what}. Can you help?"),
        "requestHere": _("A neighbour asks for a ride on your way."),
        "rideFound": _("Somebody drives your way: {from} to {to}."),
        "requestMatched": _("Somebody takes you along."),
        "outingProposed": _("Cars are proposed for {title}."),
        "offline": _("No connection. What you see may be old."),
        "failed": _("That did not work. Please try again."),
        "noPlace": _("No place of this name. Try a street or a shop."),
        "placesFound": _("{count} places. Use the arrow keys."),
        "here": _("Where I am"),
        "noPosition": _("Your position is not known to this device."),
        "outside": _("You are outside of this map. Please type a place."),
        "noMap": _("The map cannot be drawn on this device. The list has everything."),
        "showMap": _("Show the map"),
        "showList": _("Show the list"),
        "mapLabel": _("Map of rides"),
        "marker": _("{from} to {to}, {time}, {seats}"),
        "cluster": _("{count} rides here, look closer"),
        "more": _("One more"),
        "fewer": _("One fewer"),
    }
