"""The few offers that a search has found, with all that is shown of them: what `search.with_riders` reads, faster."""

from collections.abc import Collection

from accounts.models import Place, User, Vehicle
from rides import rows
from rides.models import Booking, Leg, RideOffer, Stop

OFFERS = """
    rides_rideoffer a JOIN accounts_user b ON b.id = a.driver_id JOIN accounts_vehicle c ON c.id = a.vehicle_id
    LEFT JOIN rides_rideoffer d ON d.return_of_id = a.id
    WHERE a.id = ANY (%s)
"""
STOPS = """
    rides_stop a JOIN accounts_place b ON b.id = a.place_id LEFT JOIN rides_leg c ON c.start_id = a.id
    WHERE a.offer_id = ANY (%s) ORDER BY a.offer_id, a.sequence
"""
RIDERS = "rides_booking a WHERE a.offer_id = ANY (%s) AND a.state = ANY (%s)"


def read(offer_ids: Collection[int]) -> dict[int, RideOffer]:
    """The offers by id, each with driver, vehicle, way back, and its stops with their places and legs."""
    if not offer_ids:
        return {}
    ids = list(offer_ids)
    stops: dict[int, list[Stop]] = {}
    for stop, place, leg in rows.read((Stop, Place, Leg), STOPS, ids):
        cached = stop._state.fields_cache
        cached["place"], cached["leg"] = place, leg
        stops.setdefault(stop.offer_id, []).append(stop)
    offers = {}
    for offer, driver, vehicle, way_back in rows.read((RideOffer, User, Vehicle, RideOffer), OFFERS, ids):
        cached = offer._state.fields_cache
        cached["driver"], cached["vehicle"], cached["way_back"] = driver, vehicle, way_back
        rows.hang(offer, "stops", stops.get(offer.pk, []))
        offers[offer.pk] = offer
    return offers


def add_riders(offers: Collection[RideOffer]) -> None:
    """The bookings that hold room in them."""
    bookings: dict[int, list[Booking]] = {}
    for (booking,) in rows.read((Booking,), RIDERS, [offer.pk for offer in offers], list(Booking.HOLDS)):
        bookings.setdefault(booking.offer_id, []).append(booking)
    for offer in offers:
        rows.hang(offer, "bookings", bookings.get(offer.pk, []))
