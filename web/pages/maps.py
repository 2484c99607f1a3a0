"""What the map of a page starts with, and what it asks for later: the rides in view, the road of one."""

from collections.abc import Iterable
from typing import Any

import h3
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone

from realtime.topics import RESOLUTION, cell_topic
from rides import planner, search, streets
from rides.errors import RideError
from rides.models import RideOffer
from routing.plan import Place
from web import place_names

MOST_OFFERS = 400
MOST_CELLS = 150
MOST_POINTS = 12


def map_facts(**more: Any) -> dict[str, Any] | None:
    """Bounds of the region, and `ends`, `line`, `fixed` as the page wants; None before there is a region."""
    manifest = place_names.manifest()
    return {"bounds": list(manifest.bounds), **more} if manifest else None


def around(points: list[tuple[float, float]]) -> list[float] | None:
    """West, south, east, north of some (lat, lon) points; None for none."""
    lats, lons = zip(*points, strict=True) if points else ((), ())
    return [min(lons), min(lats), max(lons), max(lats)] if lats else None


def end(kind: str, place: Place | None) -> list[dict[str, Any]]:
    """A start, stop or end for the map; nothing for no place."""
    return [{"kind": kind, "at": place_names.as_field(place), "label": place.label}] if place else []


def line(places: list[Place], walks: Iterable[tuple[Place, Place]] = ()) -> dict[str, Any]:
    """The road through meeting points as (lon, lat), and straight walks between doors and points."""
    try:
        road = planner.drive(places).geometry
    except RideError:
        road = ()
    return {
        "coordinates": [(round(lon, 5), round(lat, 5)) for lon, lat in road],
        "walks": [[(one.lon, one.lat), (other.lon, other.lat)] for one, other in walks],
    }


def line_url(places: list[Place]) -> str:
    """Where the browser gets `line` of these meeting points."""
    return f"{reverse('map_line')}?via=" + ";".join(f"{place.lat:.5f},{place.lon:.5f}" for place in places)


def line_view(request: HttpRequest) -> HttpResponse:
    """GET via=lat,lon;lat,lon → `line`."""
    try:
        points = [streets.place_from(dict(zip(("lat", "lon"), text.split(","), strict=True)))
                  for text in request.GET["via"].split(";")[:MOST_POINTS]]  # fmt: skip
    except (KeyError, ValueError, RideError):
        return JsonResponse({"code": "invalid", "detail": "via is lat,lon;lat,lon in degrees"}, status=400)
    return JsonResponse(line(points), headers={"Cache-Control": "private, max-age=3600"})


def view(request: HttpRequest) -> HttpResponse:
    """The live offers that start in a box of the map, and the topics on which their news comes."""
    try:
        west, south, east, north = (float(degrees) for degrees in request.GET["bbox"].split(","))
    except (KeyError, ValueError):
        return JsonResponse({"code": "invalid", "detail": "bbox is west,south,east,north in degrees"}, status=400)
    person = request.user if request.user.is_authenticated else None
    now = timezone.now()
    offers = search.with_riders(
        search.visible_offers(person).filter(
            state=RideOffer.State.PUBLISHED,
            departs_at__gte=now,
            stops__sequence=0,
            stops__place__public_lat__range=(south, north),
            stops__place__public_lon__range=(west, east),
        )
    ).order_by("departs_at")[:MOST_OFFERS]
    from web.pages.cards import RideCard

    rides = [RideCard.of_offer(offer).for_map() for offer in offers]
    return JsonResponse({"offers": rides, "topics": _topics(west, south, east, north, rides)})


def _topics(west: float, south: float, east: float, north: float, rides: list[dict[str, Any]]) -> list[str]:
    """The cells in view; from far away, where they would be too many, only those with rides in them."""
    box = h3.LatLngPoly([(south, west), (south, east), (north, east), (north, west)])
    cells = set(h3.h3shape_to_cells_experimental(box, RESOLUTION, contain="overlap"))
    if len(cells) > MOST_CELLS:
        cells = {h3.latlng_to_cell(ride["lat"], ride["lon"], RESOLUTION) for ride in rides[:MOST_CELLS]}
    return sorted(cell_topic(RideOffer.Audience.PUBLIC, cell) for cell in cells)
