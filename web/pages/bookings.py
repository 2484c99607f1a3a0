"""A booking as its rider or its driver sees it, live."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rides import commands
from rides.models import Booking
from rides.serializers.bookings import BookingOut
from web import loads
from web.pages import maps
from web.pages.telling import key_of, told
from web.people import PersonRequest


@login_required
def booking(request: PersonRequest, booking_id: int) -> HttpResponse:
    """Asked, confirmed, on the way; whom I meet, where and when."""
    mine = Booking.objects.filter(Q(rider=request.user) | Q(offer__driver=request.user))
    found = get_object_or_404(
        mine.select_related("offer__driver", "offer__vehicle", "rider", "pickup_place", "dropoff_place"), pk=booking_id
    )
    shown = BookingOut(found, context={"person": request.user}).data
    other = found.offer.driver if found.rider_id == request.user.pk else found.rider
    context = {
        "booking": found,
        "shown": shown,
        "other": other,
        "luggage": loads.in_words(found.litres, found.length_cm),
        "map": maps.map_facts(ends=_ends(shown)),
    }
    return render(request, "booking.html", context)


@login_required
@require_POST
def cancel(request: PersonRequest, booking_id: int) -> HttpResponse:
    """Call it off; the seat is free again."""
    told(request, commands.cancel_booking(request.user, booking_id, key_of(request)), _("The booking is cancelled."))
    return redirect("booking", booking_id)


def _ends(shown: dict[str, Any]) -> list[dict[str, Any]]:
    pairs = (("start", shown["pickup"]), ("end", shown["dropoff"]))
    return [{"kind": kind, "at": f"{at['lat']},{at['lon']},", "label": at["label"]} for kind, at in pairs]
