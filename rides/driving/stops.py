"""Writing a plan down: stops renumbered, legs split and joined. The offer is locked; bookings keep their stops."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from accounts.models import Place
from rides import planner, rows, streets
from rides.models import Booking, Leg, RideOffer, Stop
from routing import capacity
from routing.plan import PlannedLeg, VehiclePlan

PROMISE_ANEW = """
    WITH promised AS (
        SELECT pickup_id AS id, latest_pickup_at AS at FROM rides_booking WHERE offer_id = %s AND state = ANY (%s)
        UNION ALL
        SELECT dropoff_id, latest_dropoff_at FROM rides_booking WHERE offer_id = %s AND state = ANY (%s)
    )
    UPDATE rides_stop SET promised_at = (SELECT min(at) FROM promised WHERE promised.id = rides_stop.id)
    WHERE offer_id = %s
"""


@dataclass(frozen=True, slots=True)
class Line:
    """An offer's stops in order, with their places, and the legs between them: true as long as the offer is locked."""

    stops: Sequence[Stop]
    legs: Sequence[Leg]

    def between(self, pickup: Stop, dropoff: Stop) -> Sequence[Leg]:
        """The legs on which somebody who gets on and off there is aboard."""
        return self.legs[pickup.sequence : dropoff.sequence]

    def times(self) -> dict[int, datetime]:
        """When the car is at each stop, by the stop's id."""
        return {stop.pk: stop.planned_at for stop in self.stops}


def read(offer: RideOffer) -> Line:
    """The line as it is, in one query."""
    stops = list(offer.stops.select_related("place", "leg").order_by("sequence"))
    return Line(stops, [stop.leg for stop in stops[:-1]])


def still(offer: RideOffer, seen: RideOffer) -> Line:
    """The line of a locked offer, as it was `seen` with its plan a moment ago if nothing has changed since; else read.

    Whoever changes stops, legs or bookings of an offer gives it another version (`rides.bookings.endings.touched`).
    """
    if offer.version != seen.version:
        return read(offer)
    stops = sorted(seen.stops.all(), key=lambda stop: stop.sequence)
    return Line(stops, [stop.leg for stop in stops[:-1]])


def begin(offer: RideOffer, plan: VehiclePlan, places: Sequence[Place]) -> None:
    """Lay the first stops and legs of a new offer."""
    stops = Stop.objects.bulk_create(
        Stop(offer=offer, sequence=i, place=place, planned_at=planner.instant(stop.at_s), dwell_s=stop.dwell_s)
        for i, (stop, place) in enumerate(zip(plan.stops, places, strict=True))
    )
    Leg.objects.bulk_create(_new_leg(offer, stop, leg) for stop, leg in zip(stops, plan.legs, strict=False))


def lay(offer: RideOffer, line: Line, prepared: planner.Prepared) -> Line:
    """Write the prepared plan over the offer's rows, as far as it differs from them; return the line as it is then.

    A new stop splits a leg, and the second half starts with what the whole had taken. Who takes what on the legs
    between is not written here but by `rides.bookings.booking`.
    """
    insertion = prepared.insertion
    new = {}
    if not insertion.pickup_is_stop:
        new[insertion.pickup_sequence] = prepared.pickup_stop
    if not insertion.dropoff_is_stop:
        new[insertion.dropoff_sequence] = prepared.dropoff_stop
    there = iter(line.stops)
    stops: list[Stop] = []
    moved = []
    for sequence, planned in enumerate(prepared.plan.stops):
        at = planner.instant(planned.at_s)
        if place := new.get(sequence):
            stop = Stop(offer=offer, sequence=sequence, place=place, planned_at=at, dwell_s=planned.dwell_s)
        else:
            stop = next(there)
            if (stop.sequence, planner.epoch_s(stop.planned_at)) != (sequence, planned.at_s):
                stop.sequence, stop.planned_at = sequence, at
                moved.append(stop)
        stops.append(stop)
    rows.write(moved, "sequence", "planned_at")
    Stop.objects.bulk_create([stop for stop in stops if stop.pk is None])
    offer.departs_at = stops[0].planned_at
    offer.flexibility_s = prepared.plan.flexibility_s
    return Line(stops, _join(line, stops, prepared.plan.legs))


def _join(line: Line, stops: Sequence[Stop], planned: Sequence[PlannedLeg]) -> list[Leg]:
    """The legs between `stops`, written where they are new or lead elsewhere than before."""
    there = {leg.start_id: leg for leg in line.legs}
    legs: list[Leg] = []
    changed = []
    for stop, road in zip(stops, planned, strict=False):
        leg = there.get(stop.pk) or _second_half(stop, legs[-1])
        if (leg.duration_s, leg.distance_m) != (road.duration_s, road.distance_m):
            leg.duration_s, leg.distance_m = road.duration_s, road.distance_m
            changed.append(leg)
        legs.append(leg)
    # What a leg has taken is not ours to write: a stale number here would hide a seat sold meanwhile.
    rows.write([leg for leg in changed if leg.pk is not None], "duration_s", "distance_m")
    Leg.objects.bulk_create([leg for leg in legs if leg.pk is None])
    return legs


def _second_half(start: Stop, whole: Leg) -> Leg:
    return Leg(
        offer_id=start.offer_id,
        start=start,
        **{f"taken_{kind}": getattr(whole, f"taken_{kind}") for kind in capacity.KINDS},
        **{f"capacity_{kind}": getattr(whole, f"capacity_{kind}") for kind in capacity.KINDS},
    )


def promise(*given: tuple[Stop, datetime]) -> None:
    """Somebody who gets on or off at each of these stops was promised to do so no later than then."""
    earlier = [(stop, at) for stop, at in given if stop.promised_at is None or at < stop.promised_at]
    for stop, at in earlier:
        stop.promised_at = at
    rows.write([stop for stop, _at in earlier], "promised_at")


def promise_anew(offer: RideOffer) -> None:
    """Of what was promised at each stop, leave what those were promised who still come along."""
    with connection.cursor() as cursor:
        cursor.execute(PROMISE_ANEW, [offer.pk, Booking.HOLDS, offer.pk, Booking.HOLDS, offer.pk])


def without(offer: RideOffer, stop_ids: set[int]) -> list[tuple[Stop, tuple[int, int]]]:
    """The offer's stops but for `stop_ids`, each with the seconds and metres to the next. A graph search."""
    line = [stop for stop in offer.stops.select_related("place").order_by("sequence") if stop.pk not in stop_ids]
    roads = planner.legs_through([streets.public(stop.place) for stop in line], offer.departs_at)
    return list(zip(line, roads, strict=False))


def drop(offer: RideOffer, stop_ids: set[int], left: list[tuple[Stop, tuple[int, int]]]) -> None:
    """Take stops out that nobody uses; what is left keeps its times. `left` comes from `without` for this plan."""
    if not stop_ids:
        return
    Leg.objects.filter(start_id__in=stop_ids).delete()
    Stop.objects.filter(pk__in=stop_ids).delete()
    for sequence, (stop, (duration_s, distance_m)) in enumerate(left):
        Stop.objects.filter(pk=stop.pk).update(sequence=sequence)
        Leg.objects.filter(start=stop).update(duration_s=duration_s, distance_m=distance_m)
    offer.stops.filter(leg=None).update(sequence=len(left))
    offer.plan_version += 1


def _new_leg(offer: RideOffer, start: Stop, leg: PlannedLeg) -> Leg:
    """A leg with the envelope of all configurations as its capacity."""
    return Leg(
        offer=offer,
        start=start,
        duration_s=leg.duration_s,
        distance_m=leg.distance_m,
        **{f"capacity_{kind}": amount for kind, amount in envelope(offer).items()},
    )


def envelope(offer: RideOffer) -> dict[str, int]:
    """The most of each kind that any configuration has room for: what the CHECK of a leg guards."""
    ways = planner.configurations(offer)
    return {kind: max(getattr(way, kind) for way in ways) for kind in capacity.KINDS}
