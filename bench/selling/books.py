"""What is true afterwards: the tables against each other, and against what the clients were told."""

from collections.abc import Collection

WRONG_LEGS = """
    SELECT count(*) FROM (
        SELECT leg.id
        FROM rides_leg leg
        JOIN rides_stop start ON start.id = leg.start_id
        LEFT JOIN (
            SELECT booking.*, pickup.sequence AS gets_on, dropoff.sequence AS gets_off
            FROM rides_booking booking
            JOIN rides_stop pickup ON pickup.id = booking.pickup_id
            JOIN rides_stop dropoff ON dropoff.id = booking.dropoff_id
            WHERE booking.state IN ('HELD', 'WAITING_CONFIRMATION', 'CONFIRMED')
        ) aboard ON aboard.offer_id = leg.offer_id AND gets_on <= start.sequence AND start.sequence < gets_off
        GROUP BY leg.id
        HAVING leg.taken_seats <> coalesce(sum(aboard.seats), 0) OR leg.taken_seats > leg.capacity_seats
            OR leg.taken_child_seats <> coalesce(sum(aboard.child_seats), 0)
            OR leg.taken_wheelchairs <> coalesce(sum(aboard.wheelchairs), 0)
            OR leg.taken_litres <> coalesce(sum(aboard.litres), 0) OR leg.taken_litres > leg.capacity_litres
            OR leg.taken_roof_kg <> coalesce(sum(aboard.roof_kg), 0)
            OR leg.taken_length_cm <> coalesce(max(aboard.length_cm), 0)
    ) wrong
"""


def oversold(booked: Collection[int], cancelled: Collection[int]) -> int:
    """Legs that do not add up, rides that no configuration covers, bookings that were told and are not as told."""
    from django.db import connection

    from rides import planner
    from rides.models import Booking, RideOffer
    from routing import capacity

    with connection.cursor() as cursor:
        cursor.execute(WRONG_LEGS)
        [wrong] = cursor.fetchone()
    for offer in RideOffer.objects.prefetch_related("legs"):
        wrong += capacity.fits(planner.configurations(offer), list(offer.legs.all())) is None
    holding = set(Booking.objects.filter(state__in=Booking.HOLDS).values_list("pk", flat=True))
    missing = set(booked) - set(cancelled) - holding
    return int(wrong) + len(missing) + len(holding & set(cancelled))
