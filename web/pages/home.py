"""The first page: one question, three doors, the live map behind."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from rides import search
from rides.models import Outing, RideOffer
from web.pages import maps, trips
from web.pages.cards import RideCard

SOON, FORMING = 6, 3


def home(request: HttpRequest) -> HttpResponse:
    """Where to? And what is going on in the neighbourhood."""
    now = timezone.now()
    person = request.user if request.user.is_authenticated else None
    soon = search.visible_offers(person).filter(state=RideOffer.State.PUBLISHED, departs_at__gte=now)
    forming = Outing.objects.exclude(state=Outing.State.CANCELLED).filter(latest_at__gte=now)
    rides = [RideCard.of_offer(offer) for offer in search.with_riders(soon).order_by("departs_at")[:SOON]]
    context = trips.form_facts(
        request,
        form=trips.TripForm(),
        rides=rides,
        outings=forming.select_related("destination")
        .prefetch_related("participants__person")
        .order_by("earliest_at")[:FORMING],
        map=maps.map_facts(fixed=True, fitted=maps.around([(card.lat, card.lon) for card in rides])),
    )
    return render(request, "home.html", context)
