"""Writing a plan down: stops renumbered, legs split and joined. The offer is locked; bookings keep their stops."""

from collections.abc import Sequence

from accounts.models import Place
from rides import planner
from rides.models import Leg, RideOffer, Stop
from routing import capacity
from routing.plan import PlannedLeg, VehiclePlan


def begin(offer: RideOffer, plan: VehiclePlan, places: Sequence[Place]) -> None:
    """Lay the first stops and legs of a new offer."""
    stops = Stop.objects.bulk_create(
        Stop(offer=offer, sequence=i, place=place, planned_at=planner.instant(stop.at_s), dwell_s=stop.dwell_s)
        for i, (stop, place) in enumerate(zip(plan.stops, places, strict=True))
    )
    Leg.objects.bulk_create(_new_leg(offer, stop, leg) for stop, leg in zip(stops, plan.legs, strict=False))


def lay(offer: RideOffer, prepared: planner.Prepared, pickup: Place, dropoff: Place) -> tuple[Stop, Stop]:
    """Write the prepared plan over the offer's rows; return the stops where the rider gets on and off.

    A new stop splits a leg, and the second half starts with what the whole had taken. Who takes what on the legs
    between is not written here but by `rides.booking`.
    """
    insertion = prepared.insertion
    new = {}
    if not insertion.pickup_is_stop:
        new[insertion.pickup_sequence] = pickup
    if not insertion.dropoff_is_stop:
        new[insertion.dropoff_sequence] = dropoff
    rows = iter(offer.stops.order_by("sequence"))
    legs = {leg.start_id: leg for leg in offer.legs.all()}
    line: list[Stop] = []
    for sequence, planned in enumerate(prepared.plan.stops):
        at = planner.instant(planned.at_s)
        if sequence in new:
            stop = Stop.objects.create(
                offer=offer, sequence=sequence, place=new[sequence], planned_at=at, dwell_s=planned.dwell_s
            )
            leg = legs[line[-1].pk]
            legs[stop.pk] = Leg(
                offer=offer,
                start=stop,
                **{f"taken_{kind}": getattr(leg, f"taken_{kind}") for kind in capacity.KINDS},
                **{f"capacity_{kind}": getattr(leg, f"capacity_{kind}") for kind in capacity.KINDS},
            )
        else:
            stop = next(rows)
            stop.sequence, stop.planned_at = sequence, at
            stop.save(update_fields=["sequence", "planned_at"])
        line.append(stop)
    for stop, planned_leg in zip(line, prepared.plan.legs, strict=False):
        leg = legs[stop.pk]
        leg.duration_s, leg.distance_m = planned_leg.duration_s, planned_leg.distance_m
        # What a leg has taken is not ours to write: a stale number here would hide a seat sold meanwhile.
        leg.save(update_fields=None if leg.pk is None else ["duration_s", "distance_m"])
    offer.departs_at = line[0].planned_at
    offer.flexibility_s = prepared.plan.flexibility_s
    return line[insertion.pickup_sequence], line[insertion.dropoff_sequence]


def without(offer: RideOffer, stop_ids: set[int]) -> list[tuple[Stop, tuple[int, int]]]:
    """The offer's stops but for `stop_ids`, each with the seconds and metres to the next. A graph search."""
    line = [stop for stop in offer.stops.select_related("place").order_by("sequence") if stop.pk not in stop_ids]
    return list(zip(line, planner.legs_through([planner.public(stop.place) for stop in line]), strict=False))


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
