"""At the kerb and after the ride: what one of the two may say now, in big buttons, and what both have said."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, resolve_url

from accounts.models import User
from rides import access, commands, streets
from rides.errors import RideError
from rides.models import Booking, KerbSignal
from rides.underway import kerb, no_shows
from web.fields import PlaceField
from web.pages.telling import key_of, told, way_back
from web.people import PersonRequest
from web.posted import posted

LATE_MIN = (5, 10, 15, 20)
Kind, State = KerbSignal.Kind, Booking.State


@dataclass(frozen=True, slots=True)
class Kerb:
    """What the page of one of the two shows of a booking; `changes_s` is when more may be said, without any news."""

    booking: Booking
    by: str
    other: User
    said: list[dict[str, Any]]
    is_open: bool
    i_am_here: bool
    wait_until: datetime | None
    nobody_came: bool
    is_over: bool
    driver_said_so: bool
    may_contradict: bool
    changes_s: int | None

    @property
    def is_rider(self) -> bool:
        return self.by == KerbSignal.By.RIDER

    @property
    def shows(self) -> bool:
        """Whether there is anything to say or to read."""
        is_off = self.booking.state == State.CANCELLED
        return bool(self.is_open or self.is_over or self.may_contradict or (is_off and self.said))


def seen_by(person: User, booking: Booking, now: datetime) -> Kerb:
    """The kerb of a booking with its signals, offer, driver and rider."""
    by = kerb.side_of(person, booking)
    signals = list(booking.signals.all())
    is_open = _is_open(booking, now)
    over_at = booking.dropoff_at
    is_over = booking.state == State.COMPLETED or (booking.state == State.CONFIRMED and now >= over_at)
    until = next((signal.wait_until for signal in signals if signal.kind == Kind.HERE), None)
    missed_at = until or booking.pickup_at + timedelta(minutes=kerb.WAIT_MIN)
    i_am_here = any(signal.by == by and signal.kind == Kind.HERE for signal in signals)
    waits = is_open and booking.boarded_at is None
    opens_at = booking.pickup_at - kerb.OPENS_BEFORE
    coming = [at for at in (opens_at, missed_at, over_at) if at > now and booking.state == State.CONFIRMED]
    return Kerb(
        booking=booking,
        by=by,
        other=booking.offer.driver if by == KerbSignal.By.RIDER else booking.rider,
        said=[_said(signal, person, booking, now) for signal in signals],
        is_open=is_open and not is_over,
        i_am_here=i_am_here,
        wait_until=until if waits else None,
        nobody_came=waits and now >= missed_at and (i_am_here or by == KerbSignal.By.RIDER),
        is_over=is_over,
        driver_said_so=any(signal.kind == Kind.TOOK_PLACE for signal in signals),
        may_contradict=booking.reason in no_shows.NO_SHOWS
        and not any(signal.kind == Kind.CONTRADICTS for signal in signals),
        changes_s=int((min(coming) - now).total_seconds()) + 1 if coming else None,
    )


@posted
def step(request: PersonRequest, booking_id: int, step: str) -> HttpResponse:
    """Say something at the kerb, or after the ride."""
    person, key, note = request.user, key_of(request), request.POST.get("note", "")[:200]
    if step in (Kind.HERE, Kind.LATE, Kind.MOVED):
        signal = _signal(request, step)
        if signal is not None:
            told(request, commands.say_at_kerb(person, booking_id, signal, key))
    elif step in WITH_NOTE:
        told(request, WITH_NOTE[step](person, booking_id, key, note=note))
    elif step == "aboard":
        told(request, commands.aboard(person, booking_id, key, code=request.POST.get("code", "")[:4]))
    elif step == "code":
        told(request, commands.want_code(person, booking_id, key, wanted=request.POST.get("wanted") != "no"))
    elif step == "link":
        told(request, commands.want_link(person, booking_id, key, wanted=request.POST.get("wanted") != "no"))
    elif step in WITHOUT_NOTE:
        told(request, WITHOUT_NOTE[step](person, booking_id, key))
    else:
        raise Http404
    return redirect(way_back(request, resolve_url("booking", booking_id)))


WITH_NOTE = {
    "nobody_came": commands.no_show,
    "contradict": commands.contradict,
    "did_not_happen": commands.did_not_happen,
}
WITHOUT_NOTE = {"got_off": commands.got_off, "took_place": commands.took_place}


def _signal(request: PersonRequest, kind: str) -> dict[str, Any] | None:
    """What was said, as the command wants it; None, with a message, for a place that nobody knows."""
    said: dict[str, Any] = {"kind": kind}
    if kind == Kind.LATE and request.POST.get("minutes", "").isdecimal():
        said["minutes"] = int(request.POST["minutes"])
    if kind == Kind.MOVED:
        try:
            said["at"] = PlaceField().clean({"at": request.POST.get("at", ""), "at_at": request.POST.get("at_at", "")})
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return None
    return said


def _is_open(booking: Booking, now: datetime) -> bool:
    try:
        kerb.require_open(booking, now)
    except RideError:
        return False
    return True


def _said(signal: KerbSignal, person: User, booking: Booking, now: datetime) -> dict[str, Any]:
    """A signal with who said it, and the name of where the other one stands."""
    signal.booking = booking
    who = booking.rider if signal.by == KerbSignal.By.RIDER else booking.offer.driver
    near = ""
    if access.sees_point(person, signal, now):
        near = streets.the_region().places.nearest(signal.lat or 0, signal.lon or 0).label
    return {"signal": signal, "who": who, "near": near}
