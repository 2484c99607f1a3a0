"""What the map of a page starts with, and what it asks for later: rides in view, and the line of one ride."""

from typing import Any

import h3
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from realtime.topics import RESOLUTION, cell_topic
from rides import planner, search
from rides.models import RideOffer
from routing.plan import Place
from web import place_names
from web.pages.cards import RideCard

MOST_OFFERS = 400
MOST_CELLS = 150
TRIMMED_M = 250
"""So much of a line is not drawn at a private end (design §8)."""


def map_facts(**more: Any) -> dict[str, Any] | None:
    """Bounds of the region, and `ends`, `line`, `fixed` as the page wants; None before there is a region."""
    manifest = place_names.manifest()
    return {"bounds": list(manifest.bounds), **more} if manifest else None


def end(kind: str, place: Place | None) -> list[dict[str, Any]]:
    """A start, stop or end for the map; nothing for no place."""
    return [{"kind": kind, "at": place_names.as_field(place), "label": place.label}] if place else []


def view(request: HttpRequest) -> HttpResponse:
    """The live offers that start in a box of the map, and the topics on which their news comes."""
    try:
        west, south, east, north = (float(degrees) for degrees in request.GET["bbox"].split(","))
    except (KeyError, ValueError):
        return JsonResponse({"code": "invalid", "detail": "bbox is west,south,east,north in degrees"}, status=400)
    person = request.user if request.user.is_authenticated else None
    now = timezone.now()
    offers = search.with_plan(
        search.visible_offers(person).filter(
            state=RideOffer.State.PUBLISHED,
            departs_at__gte=now,
            stops__sequence=0,
            stops__place__public_lat__range=(south, north),
            stops__place__public_lon__range=(west, east),
        )
    ).order_by("departs_at")[:MOST_OFFERS]
    rides = [RideCard.of_offer(offer).for_map() for offer in offers]
    return JsonResponse({"offers": rides, "topics": _topics(west, south, east, north, rides)})


def _topics(west: float, south: float, east: float, north: float, rides: list[dict[str, Any]]) -> list[str]:
    """The cells in view; from far away, where they would be too many, only those with rides in them."""
    box = h3.LatLngPoly([(south, west), (south, east), (north, east), (north, west)])
    cells = set(h3.h3shape_to_cells_experimental(box, RESOLUTION, contain="overlap"))
    if len(cells) > MOST_CELLS:
        cells = {h3.latlng_to_cell(ride["lat"], ride["lon"], RESOLUTION) for ride in rides[:MOST_CELLS]}
    return sorted(cell_topic(RideOffer.Audience.PUBLIC, cell) for cell in cells)


def ride_line(request: HttpRequest, offer_id: int) -> HttpResponse:
    """The road of one ride as strangers may see it, with the walks of a journey that was searched for."""
    person = request.user if request.user.is_authenticated else None
    offer = get_object_or_404(search.with_plan(search.visible_offers(person)), pk=offer_id)
    return JsonResponse(line_of(offer))


def line_of(offer: RideOffer, walks: tuple[tuple[Place, Place], ...] = ()) -> dict[str, Any]:
    """Coordinates (lon, lat) through the offer's stops, trimmed at private ends; walks as straight pairs."""
    stops = sorted(offer.stops.all(), key=lambda stop: stop.sequence)
    route = planner.drive([planner.public(stop.place) for stop in stops])
    line = [(round(lon, 5), round(lat, 5)) for lon, lat in route.geometry]
    first, last = stops[0].place.private, stops[-1].place.private
    line = _trimmed(line, first)
    line = _trimmed(line[::-1], last)[::-1]
    pairs = [[(a.lon, a.lat), (b.lon, b.lat)] for a, b in walks if (a.lat, a.lon) != (b.lat, b.lon)]
    return {"coordinates": line, "walks": pairs}


def _trimmed(line: list[tuple[float, float]], private: bool) -> list[tuple[float, float]]:
    if not private or not line:
        return line
    start = Place(line[0][1], line[0][0])
    far = (
        index for index, (lon, lat) in enumerate(line) if planner.plan_metres(start, Place(lat, lon)) >= TRIMMED_M
    )
    return line[next(far, len(line)) :]
