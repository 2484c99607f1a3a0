"""My rides: what is coming, as rider, driver or guest of an outing; and what was."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from rides import search
from rides.models import Booking, Outing, RideOffer, RideRequest
from web.pages.cards import RideCard
from web.people import PersonRequest

STILL_SHOWN = timedelta(hours=3)
MOST_PAST = 20


@login_required
def me(request: PersonRequest) -> HttpResponse:
    """Everything I am part of, next first."""
    person, now = request.user, timezone.now()
    bookings = person.bookings.select_related("offer__driver", "pickup_place", "dropoff_place").order_by("pickup_at")
    offers = search.with_plan(RideOffer.objects.filter(driver=person)).order_by("departs_at")
    live = (RideOffer.State.PUBLISHED, RideOffer.State.DEPARTED)
    coming = offers.filter(state__in=live, departs_at__gte=now - STILL_SHOWN)
    context = {
        "bookings": bookings.filter(state__in=Booking.HOLDS, dropoff_at__gte=now - STILL_SHOWN),
        "drives": [RideCard.of_offer(offer) for offer in coming],
        "requests": person.requests.filter(state=RideRequest.State.OPEN).select_related("origin", "destination"),
        "outings": Outing.objects.filter(participants__person=person, return_at__gte=now)
        .select_related("destination")
        .prefetch_related("participants__person"),
        "past": bookings.exclude(state__in=Booking.HOLDS, dropoff_at__gte=now - STILL_SHOWN).order_by("-pickup_at")[
            :MOST_PAST
        ],
    }
    return render(request, "me.html", context)
