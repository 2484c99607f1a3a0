"""The words of our templates: icons, times, distances, prices, and what the page tells its JavaScript."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rides.models import Asking
from rides.requests import cards
from web import loads, modules, people, place_names, words
from web.fields import WEEKDAYS

register = template.Library()


# --- pieces ------------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picture for the eye only: the words beside it say the same."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("img/icons.svg"), name
    )


@register.simple_tag
def avatar(person: Any) -> SafeString:
    """A person's initial on one of four quiet colours, always the same one."""
    return format_html(
        '<span class="avatar avatar--{}" aria-hidden="true">{}</span>',
        person.pk % 4,
        str(person.display_name)[:1].upper(),
    )


@register.simple_tag(takes_context=True)
def nav_link(context: dict[str, Any], name: str, picture: str, text: str) -> SafeString:
    """A link of the main navigation; the one to the page we are on says so, the inbox shows what waits."""
    match = context["request"].resolver_match
    here = mark_safe(' aria-current="page"') if match and match.url_name in NAV_PAGES.get(name, {name}) else ""
    badge = _badge(context) if name == "inbox" else ""
    return format_html(
        '<a class="top__link" href="{}"{}>{}<span>{}</span>{}</a>', reverse(name), here, icon(picture), text, badge
    )


NAV_PAGES = {
    "home": {"home", "find", "ride", "booking"},
    "drive": {"drive", "drive_day", "weekly"},
    "outings": {"outings", "outing_new", "outing"},
    "me": {"me", "request"},
}
"""Which pages belong to which entry of the main navigation."""


def _badge(context: dict[str, Any]) -> SafeString:
    waiting = people.waiting_count(context["request"].user)
    return format_html(
        '<span class="badge" data-badge{}>{}<span class="visually-hidden"> {}</span></span>',
        "" if waiting else mark_safe(" hidden"),
        waiting,
        _("waiting for you"),
    )


# --- for JavaScript ----------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def import_map(context: dict[str, Any]) -> SafeString:
    """Every module by its name, so that the browser finds the file of this release without a bundler."""
    return format_html(
        '<script type="importmap" nonce="{}">{}</script>',
        str(context["request"].csp_nonce),
        mark_safe(json.dumps({"imports": modules.imports()})),
    )


@register.simple_tag(takes_context=True)
def page_facts(context: dict[str, Any]) -> SafeString:
    """What the modules need to know: addresses, words in the reader's language, and who is here."""
    request = context["request"]
    cursor = getattr(request, "stream_cursor", None)
    facts = {
        "person": request.user.pk,
        "cursor": {"epoch": str(cursor.epoch), "seq": cursor.seq} if cursor else None,
        "urls": modules.urls(),
        "words": words.for_browser(),
        "map": context.get("map"),
    }
    return json_script(facts, "page-facts")


@register.filter
def item(things: dict[str, Any], name: str) -> Any:
    """What a dictionary has under a name that is not known when the template is written."""
    return things.get(name, "")


@register.filter(name="words")
def sheets(text: str) -> list[str]:
    """The style sheets named in `text`."""
    return [f"css/{name}.css" for name in text.split()]


@register.simple_tag
def fictional_note(before: str = "") -> SafeString:
    """Says so where the whole region is made up."""
    return (
        format_html("<span>{}{}</span>", before, _("fictional valley")) if place_names.is_fictional() else mark_safe("")
    )


# --- times, distances, money --------------------------------------------------------------------------------------


@register.filter
def clock(at: datetime) -> str:
    """The time of day: "17:40"."""
    return formats.date_format(timezone.localtime(at), "H:i")


@register.filter
def day(at: datetime) -> str:
    """Today, tomorrow, or "Saturday 28 November"."""
    on = timezone.localdate(at)
    near = {0: _("Today"), 1: _("Tomorrow"), -1: _("Yesterday")}
    return near.get((on - timezone.localdate()).days) or _day_name(on)


def _day_name(on: date) -> str:
    text = formats.date_format(on, "l j F")
    return text[:1].upper() + text[1:]


@register.filter
def other_than(chosen: Any, offered: list[tuple[date, str]]) -> str:
    """The ISO date that was chosen, when it is none of the days offered."""
    return "" if not chosen or chosen in [day.isoformat() for day, _name in offered] else str(chosen)


@register.filter
def moment(at: datetime) -> str:
    """Day and time: "Today 17:40"."""
    return f"{day(at)} {clock(at)}"


@register.simple_tag
def instant(at: datetime, style: str = "clock") -> SafeString:
    """A <time> element; `style` is clock, day or moment."""
    text = {"clock": clock, "day": day, "moment": moment}[style](at)
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), text)


@register.filter
def minutes(duration_s: int) -> str:
    """Seconds in words: "12 min", "1 h 05"."""
    whole = max(1, round(duration_s / 60))
    return f"{whole} min" if whole < 60 else f"{whole // 60} h {whole % 60:02d}"


@register.filter
def left_until(at: datetime) -> str:
    """How long is left, in minutes or hours, never in seconds."""
    left = max(at - timezone.now(), timedelta())
    if left < timedelta(minutes=90):
        count = max(1, round(left.total_seconds() / 60))
        return ngettext("%(count)s minute left", "%(count)s minutes left", count) % {"count": count}
    count = round(left.total_seconds() / 3600)
    return ngettext("%(count)s hour left", "%(count)s hours left", count) % {"count": count}


@register.filter
def metres(distance_m: int) -> str:
    """Metres in words, rounded as one says them: "350 m", "12 km"."""
    if distance_m < 1000:
        return f"{round(distance_m / 50) * 50 or 50} m"
    return f"{formats.number_format(distance_m / 1000, 1 if distance_m < 10_000 else 0)} km"


@register.filter
def euros(cents: int) -> str:
    """A price share; nothing to pay is a word."""
    if not cents:
        return _("free")
    amount = formats.number_format(cents / 100, 0 if cents % 100 == 0 else 2)
    return _("€%(amount)s") % {"amount": amount}


@register.simple_tag
def seat_bar(card: Any) -> SafeString:
    """The seats of a RideCard as small people and words: free, asked for, taken; <seat-bar> keeps them true."""
    left, held = card.seats_left, card.seats_held
    shown = range(max(min(card.seats_total, 8), left + held))
    kinds = ("is-free" if i < left else "is-held" if i < left + held else "" for i in shown)
    figures = format_html_join("", '<i class="{}"></i>', ((kind,) for kind in kinds))
    return format_html(
        '<seat-bar data-offer="{}" data-left="{}" data-held="{}" data-version="{}">'
        '<span class="seats" aria-hidden="true">{}</span><span class="seat-bar__text">{}</span></seat-bar>',
        card.offer.pk,
        left,
        held,
        card.offer.version,
        figures,
        words.seats_left(left, held),
    )


@register.filter
def day_names(weekdays: list[int]) -> str:
    """ "Mo Tu We": days of the week, 0 is Monday."""
    names = dict(WEEKDAYS)
    return _("every day") if len(weekdays) == len(names) else " ".join(str(names[day]) for day in sorted(weekdays))


@register.filter
def as_input(value: Any) -> str:
    """A day, an hour or a text as an input wants it."""
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


@register.filter
def date_name(on: date) -> str:
    """ "Saturday 28 November"."""
    return _day_name(on)


@register.simple_tag
def form_key() -> SafeString:
    """The idempotency key of a form that changes something: sent twice, it counts once."""
    return format_html('<input type="hidden" name="key" value="{}">', uuid4())


@register.filter
def load_words(thing: Any) -> Any:
    """What a booking, request or participant carries, in one of our four words; None for nothing big."""
    luggage = loads.in_words(thing.litres, thing.length_cm)
    return luggage if luggage.name != "nothing" else None


@register.filter
def may_put_off(asking: Asking) -> bool:
    """Whether "later" is an answer to this card."""
    return cards.may_put_off(asking, timezone.now())


@register.filter
def load_home(participant: Any) -> Any:
    """What a participant of an outing brings home; None for nothing big."""
    luggage = loads.in_words(participant.back_litres, participant.back_length_cm)
    return luggage if luggage.name != "nothing" else None
