"""The peer: the fifty offers nearest as the crow flies, by SQL, and roads for those alone. It may miss the best."""

from datetime import timedelta
from math import cos, radians

from django.db import connection

from rides import planner, streets
from rides.models import RideOffer
from routing.matching import ranking as matching
from routing.plan import Insertion, TripRequest

NEAREST = 50
FUNNEL = """
    WITH passing AS (
        SELECT stop.offer_id, stop.sequence,
               point(place.public_lat, place.public_lon * %(narrow)s) <-> point(%(on_lat)s, %(on_lon)s) AS to_here,
               point(place.public_lat, place.public_lon * %(narrow)s) <-> point(%(off_lat)s, %(off_lon)s) AS from_there
        FROM rides_rideoffer offer
        JOIN rides_stop stop ON stop.offer_id = offer.id
        JOIN accounts_place place ON place.id = stop.place_id
        WHERE offer.state = 'published' AND offer.audience = 'public'
          AND offer.departs_at BETWEEN %(first)s AND %(last)s
    )
    SELECT here.offer_id FROM passing here JOIN passing there USING (offer_id)
    WHERE here.sequence < there.sequence
    GROUP BY here.offer_id ORDER BY min(here.to_here + there.from_there) LIMIT %(nearest)s
"""


def best(trip: TripRequest, k: int) -> list[Insertion]:
    """The best `k` among the nearest."""
    narrow = cos(radians(trip.origin.lat))
    asked = {
        "on_lat": trip.origin.lat,
        "on_lon": trip.origin.lon * narrow,
        "off_lat": trip.destination.lat,
        "off_lon": trip.destination.lon * narrow,
        "first": planner.instant(trip.earliest_s) - timedelta(hours=1),
        "last": planner.instant(trip.latest_s),
        "narrow": narrow,
        "nearest": NEAREST,
    }
    with connection.cursor() as cursor:
        cursor.execute(FUNNEL, asked)
        near = [pk for (pk,) in cursor.fetchall()]
    plans = [planner.plan_of(offer) for offer in planner.with_plan(RideOffer.objects.filter(pk__in=near))]
    return matching.rank(plans, streets.at_the_kerb(trip), streets.the_region(), k)
