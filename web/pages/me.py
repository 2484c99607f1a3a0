"""My rides: what is coming, as rider, driver or guest of an outing; who needs me; and what was."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from rides import search
from rides.models import Booking, OfferSeries, Outing, RideOffer, RideRequest, StandingBooking, WaitingEntry
from rides.serializers.cases import CaseOut
from rides.serializers.waiting import WaitingOut
from rides.underway import cases
from web.pages import searches
from web.pages.cards import RideCard
from web.people import PersonRequest

STILL_SHOWN = timedelta(hours=3)
MOST_PAST = 20
LIVE = (RideOffer.State.DRAFT, RideOffer.State.PUBLISHED, RideOffer.State.DEPARTED)
ASKED = (Booking.State.WAITING, Booking.State.CONFIRMED)
Thing = TypeVar("Thing")


@login_required
def me(request: PersonRequest) -> HttpResponse:
    """Everything I am part of, next first."""
    person, shown_since = request.user, timezone.now() - STILL_SHOWN
    mine = person.bookings.exclude(state=Booking.State.HELD).order_by("pickup_at")
    bookings = mine.select_related("offer__driver", "pickup_place", "dropoff_place")
    current = bookings.filter(state__in=ASKED, dropoff_at__gte=shown_since)
    offers = search.with_riders(RideOffer.objects.filter(driver=person)).select_related("return_of")
    coming = offers.filter(state__in=LIVE, departs_at__gte=shown_since).order_by("departs_at")
    weekly = OfferSeries.objects.filter(driver=person, state=OfferSeries.State.ACTIVE)
    standing = person.standing_bookings.filter(state=StandingBooking.State.ACTIVE)
    outings = Outing.objects.filter(participants__person=person, return_at__gte=timezone.now())
    context = {
        "cases": _cases(request),
        "held": person.bookings.filter(state=Booking.State.HELD, held_until__gt=timezone.now()).first(),
        "bookings": _first_of_each(current, lambda booking: booking.standing_id),
        "drives": [RideCard.of_offer(offer) for offer in _first_of_each(coming, _line)],
        "weekly": weekly.select_related("origin", "destination").order_by("pk"),
        "standing": standing.select_related("series__driver", "origin", "destination").order_by("pk"),
        "waiting": _waiting(request),
        "requests": person.requests.filter(state=RideRequest.State.OPEN).select_related("origin", "destination"),
        "looked_for": searches.looked_for(request),
        "outings": outings.select_related("destination").prefetch_related("participants__person"),
        "past": bookings.exclude(pk__in=current).order_by("-pickup_at")[:MOST_PAST],
    }
    return render(request, "me.html", context)


def _first_of_each(things: Iterable[Thing], kind: Callable[[Thing], Any]) -> list[Thing]:
    """Of what comes again every week the next one; everything else as it is."""
    seen, first = set(), []
    for thing in things:
        key = kind(thing)
        if not key or key not in seen:
            first.append(thing)
        seen.add(key)
    return first


def _line(offer: RideOffer) -> tuple[int, bool] | None:
    """The weekly ride that an offer belongs to, and whether it is its way back."""
    series_id = (offer.return_of or offer).series_id
    return (series_id, offer.return_of_id is not None) if series_id else None


def _cases(request: PersonRequest) -> list[dict[str, Any]]:
    """Open cases: mine, those of whom I coordinate, neighbours who have no way home; the urgent ones first."""
    found = cases.shown_to(request.user).filter(closed_at=None)
    shown = [dict(CaseOut(case, context={"person": request.user}).data) for case in found]
    return sorted(shown, key=lambda case: not case["urgent"])


def _waiting(request: PersonRequest) -> list[dict[str, Any]]:
    """My places in line, each with its ride."""
    mine = WaitingEntry.objects.with_place().filter(request__rider=request.user)
    rows = list(mine.filter(state=WaitingEntry.State.WAITING))
    offers = search.with_riders(RideOffer.objects.filter(pk__in=[entry.offer_id for entry in rows])).in_bulk()
    return [{**WaitingOut(entry).data, "card": RideCard.of_offer(offers[entry.offer_id])} for entry in rows]
