"""How news of rides reads for somebody whose page is closed: a sentence or two, no place of a home, and a page behind.

It is told from what the page would be told (event_view), so whoever may not see it there does not hear of it here.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import by_phone
from accounts.models import User
from realtime.models import NoticeChoice
from realtime.notices import callers, readers
from realtime.notices.readers import Notice, Subject
from rides import event_view, streets
from rides.models import Asking, Booking

RECENT = timedelta(minutes=5)
"""An event tells how a thing is now, not what of it is new: what was so long before it was told then."""
TO_GET_READY = timedelta(hours=1)
OWN_DOING = {Booking.Reason.BY_RIDER: "rider", Booking.Reason.WITHDRAWN: "rider"} | dict.fromkeys(
    (Booking.Reason.BY_DRIVER, Booking.Reason.DECLINED, Booking.Reason.OFFER_CANCELLED, Booking.Reason.AFTER_CHANGE),
    "driver",
)
"""Whose own doing it was that a booking ended."""

SUBJECTS = (
    Subject("asking", gettext_lazy("Neighbours who ask for a ride on my way")),
    Subject("booking", gettext_lazy("My seats, and who rides with me")),
    Subject("request", gettext_lazy("What becomes of my requests")),
    Subject("found", gettext_lazy("Rides that suit what I look for")),
    Subject("weekly", gettext_lazy("Weekly rides")),
    Subject("outing", gettext_lazy("Outings")),
    Subject("case", gettext_lazy("Somebody needs help"), mail=NoticeChoice.Mail.ALWAYS),
    Subject("call", gettext_lazy("Neighbours without a device, whom I call")),
)
SUBJECT_OF = {"standing": "weekly", "series": "weekly", "helping": "call"}


def register() -> None:
    """Tell the live room what our events say outside, and in which time we live."""
    for subject in SUBJECTS:
        readers.register_subject(subject)
    for kind, read in READERS.items():
        readers.register_reader(kind, SUBJECT_OF.get(kind, kind), _reader(kind, read))
    callers.register(by_phone)
    readers.register_zone(lambda: ZoneInfo(streets.the_region().manifest.time_zone))


def _reader(kind: str, read: Callable[[dict[str, Any], datetime], Notice | None]) -> readers.Read:
    def of(refs: dict[str, Any], person: User, told_at: datetime) -> Notice | None:
        data = event_view.RENDERERS[kind](refs, person)
        return None if data is None else read(data, told_at)

    return of


def of_asking(data: dict[str, Any], told_at: datetime) -> Notice | None:
    """All that she has to know to say yes; not while she drives, nor when she has put it off herself."""
    if data["state"] != Asking.State.ASKED or data.get("quiet") or data["later_at"]:
        return None
    way = _("{origin} → {destination}, from {hour}").format(
        origin=data["origin"]["label"], destination=data["destination"]["label"], hour=_hour(data["earliest_at"])
    )
    longer = ngettext("%(count)s minute more for you", "%(count)s minutes more for you", data["added_min"])
    parts = [way, *carried(data), longer % {"count": data["added_min"]}]
    body = ". ".join(parts) + "." + (f" “{data['note']}”" if data["note"] else "")
    return Notice(
        title=_("{name} asks for a ride").format(name=data["rider"]),
        body=body,
        path=reverse("inbox"),
        urgent=bool(data.get("urgent")),
        before=_at(data["latest_at"]),
        accept=f"/api/v1/askings/{data['id']}/accept/",
    )


def carried(data: dict[str, Any]) -> list[str]:
    """How many people, and what they need."""
    seats, children, chairs = data["seats"], data["child_seats"], data["wheelchairs"]
    found = [ngettext("%(count)s person", "%(count)s people", seats) % {"count": seats}] if seats else []
    if children:
        found.append(ngettext("%(count)s child seat", "%(count)s child seats", children) % {"count": children})
    if chairs:
        found.append(ngettext("%(count)s wheelchair", "%(count)s wheelchairs", chairs) % {"count": chairs})
    if data["litres"] or data["length_cm"] or data.get("roof_kg"):
        found.append(_("luggage: {litres} l, {length} cm").format(litres=data["litres"], length=data["length_cm"]))
    return found


def of_booking(data: dict[str, Any], told_at: datetime) -> Notice | None:
    """What the other one did; of what she did herself she need not hear."""
    is_rider = data["role"] == "rider"
    name = data["driver"] if is_rider else data["rider"]
    pickup_at = _at(data["pickup_at"])
    if pickup_at < told_at - TO_GET_READY:
        return None
    when = _("The ride of {day}.").format(day=_day(pickup_at))
    page, before = reverse("booking", args=[data["id"]]), pickup_at - TO_GET_READY

    def tell(sentence: str, path: str = page, **more: Any) -> Notice:
        return Notice(sentence.format(name=name), more.pop("body", when), path, before=before, **more)

    said = data["signals"][-1] if data["signals"] else None
    if said and said["by"] != data["role"] and _is_new(said["at"], told_at):
        return tell("{name} " + said["kind_label"], urgent=True)
    if data["state"] == Booking.State.CANCELLED:
        if OWN_DOING.get(data["reason"]) == data["role"]:
            return None
        body = " ".join(filter(None, (when, f"{data['reason_label']}.".capitalize(), data["reason_note"])))
        return tell(_("No seat with {name}") if is_rider else _("{name} does not come"), body=body)
    accepted = _is_new(data["accepted_at"], told_at)
    if not is_rider:
        if data["state"] == Booking.State.WAITING and not data["accepted_at"]:
            return tell(_("{name} wants to come along"), reverse("inbox"))
        by_itself = data["state"] == Booking.State.CONFIRMED and accepted and not _was_answered(data)
        return tell(_("{name} rides with you")) if by_itself else None
    if data["state"] == Booking.State.CONFIRMED and data["may_leave_freely"]:
        return tell(_("{name} has changed the ride"), body=when + " " + _("You may leave freely."))
    if not accepted or not _was_answered(data):
        return None
    if data["state"] == Booking.State.CONFIRMED:
        return tell(_("{name} takes you along"))
    return tell(_("{name} would take you")) if data["state"] == Booking.State.WAITING else None


def _was_answered(data: dict[str, Any]) -> bool:
    """Whether the driver said yes by her own hand: the ride may take people along by itself, and then nobody did."""
    booking = Booking.objects.get(pk=data["id"])
    if booking.accepted_at is None or booking.accepted_at - booking.created_at > timedelta(seconds=2):
        return True
    return Asking.objects.filter(
        request=booking.request_id, offer=booking.offer_id, state=Asking.State.ACCEPTED
    ).exists()


def of_request(data: dict[str, Any], told_at: datetime) -> Notice | None:
    """Nobody yet; of a driver's yes the booking tells."""
    if data["state"] != "open" or not _is_new(data["told_nobody_at"], told_at):
        return None
    path = reverse("request", args=[data["id"]])
    return Notice(_("No one yet"), _("Here is what you can do."), path, before=_at(data["latest_at"]))


def of_found(data: dict[str, Any], told_at: datetime) -> Notice | None:
    path = reverse("ride", args=[data["offer"]])
    return Notice(_("Somebody drives your way"), _("This ride suits what you have been looking for."), path)


def of_outing(data: dict[str, Any], told_at: datetime) -> Notice | None:
    if data["state"] != "proposed":
        return None
    title = _("Cars are proposed for {title}").format(title=data["title"])
    return Notice(title, _("Please look whether yours suits you."), reverse("outing", args=[data["slug"]]))


def of_standing(data: dict[str, Any], told_at: datetime) -> Notice | None:
    if data.get("what"):
        return Notice(_("One weekly ride without you"), _("One of the rides has no seat for you."), reverse("me"))
    if data["state"] != "active":
        return None
    if data["role"] == "driver" and not data["accepted_at"]:
        title = _("{name} wants to ride along every week").format(name=data["rider"])
        return Notice(title, _("You can answer in your inbox."), reverse("inbox"))
    if data["role"] == "rider" and _is_new(data["accepted_at"], told_at):
        title = _("{name} takes you along every week").format(name=data["driver"])
        return Notice(title, _("Your rides are in your list."), reverse("me"))
    return None


def of_series(data: dict[str, Any], told_at: datetime) -> Notice | None:
    if not data.get("what") or data["what"] == "changed":
        return None
    path = reverse("weekly", args=[data["id"]])
    return Notice(_("A weekly ride is missing"), _("It cannot be made on one of its days."), path)


def of_case(data: dict[str, Any], told_at: datetime) -> Notice | None:
    """For those who can help; the person herself knows."""
    if data["closed_at"] or data["role"] == "person":
        return None
    title = "{name} {what}".format(name=data["person"], what=data["kind_label"])
    return Notice(title, _("Can you help?"), reverse("me"), urgent=bool(data["urgent"]))


def of_call(data: dict[str, Any], told_at: datetime) -> Notice | None:
    """That there is something to tell her; what it is stands on the page alone, with her number."""
    if data["state"] != "open":
        return None
    title = _("Please call {name}").format(name=data["person"])
    body = _("There is news for somebody who has no device.")
    return Notice(title, body, reverse("calls"), urgent=data["urgent"])


def of_helping(data: dict[str, Any], told_at: datetime) -> Notice | None:
    """Her own yes is asked for."""
    if data["agreed_at"]:
        return None
    title = _("Would you call {name}?").format(name=data["person"])
    return Notice(title, _("Somebody without a device would hear of her rides from you."), reverse("calls"))


READERS: dict[str, Callable[[dict[str, Any], datetime], Notice | None]] = {
    "asking": of_asking,
    "booking": of_booking,
    "request": of_request,
    "found": of_found,
    "outing": of_outing,
    "standing": of_standing,
    "series": of_series,
    "case": of_case,
    "call": of_call,
    "helping": of_helping,
}


def _at(value: str | datetime) -> datetime:
    found = parse_datetime(value) if isinstance(value, str) else value
    assert found is not None
    return found


def _is_new(value: str | datetime | None, told_at: datetime) -> bool:
    return value is not None and told_at - _at(value) < RECENT


def _hour(value: str | datetime) -> str:
    return formats.date_format(timezone.localtime(_at(value)), "D H:i")


def _day(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "l j F, H:i")
