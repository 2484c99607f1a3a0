"""Routes as GeoJSON (RFC 7946): longitude before latitude, in degrees."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from routing.plan import Route

DIGITS = 7
"""OpenStreetMap's own: one centimetre."""


def line_string(points: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """(lon, lat) points as a geometry."""
    return {"type": "LineString", "coordinates": [[round(lon, DIGITS), round(lat, DIGITS)] for lon, lat in points]}


def features(route: Route) -> dict[str, Any]:
    """A FeatureCollection with one Feature for each leg: its line, seconds, metres and steps."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": line_string(leg.geometry),
                "properties": {
                    "leg": number,
                    "duration_s": leg.duration_s,
                    "distance_m": leg.distance_m,
                    "steps": [asdict(step) for step in leg.steps],
                },
            }
            for number, leg in enumerate(route.legs)
        ],
    }
