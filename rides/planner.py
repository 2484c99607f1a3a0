"""The one door to routing/: rows → plain data → rows.

Everything a stranger could see or measure is computed from public points (decision 0004): a private end of an offer
goes to the engine as its public point, and so does who is fetched at home. Her door is in her booking alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Place, Vehicle
from rides import streets
from rides.errors import RideError
from rides.models import Booking, Leg, RideOffer, RideRequest, SavedSearch, Stop
from routing import capacity, plan
from routing.errors import NoRoute

if TYPE_CHECKING:
    from routing.region import Region

OTHER_HOURS = timedelta(hours=2)
"""So much earlier or later a request looks, within its own days, once nobody came by at the wished hours."""


class NoWay(RideError):
    """The ride cannot take this trip, whoever is aboard."""

    code = "does_not_fit"
    sentence = _("This ride cannot take you along: it passes too far away, or at another time.")


@dataclass(frozen=True, slots=True)
class Laid:
    """A trip (between its own doors), its insertion into an offer's plan, and the plan with it."""

    trip: plan.TripRequest
    insertion: plan.Insertion
    plan: plan.VehiclePlan
    direct_m: int


@dataclass(frozen=True, slots=True)
class Prepared(Laid):
    """What a booking writes down, worked out for `offer` as it was read, with its plan (`with_plan`).

    The places are rows not saved yet: naming a corner is a search, and no search is done under a lock. `pickup` and
    `dropoff` are where the rider is met, a door perhaps; the stops of the plan know its public point only.
    `exact_s` is what the way to the doors adds to the detour.
    """

    offer: RideOffer
    pickup: Place
    dropoff: Place
    pickup_stop: Place
    dropoff_stop: Place
    exact_s: int


def epoch_s(at: datetime) -> int:
    """An instant as routing counts it."""
    return int(at.timestamp())


def instant(at_s: int) -> datetime:
    """Routing's seconds as an instant."""
    return datetime.fromtimestamp(at_s, UTC)


def configurations_of(vehicle: Vehicle) -> list[dict[str, Any]]:
    """The snapshot an offer keeps of its vehicle's load configurations."""
    return [dict(way) for way in vehicle.configurations.values("name", *capacity.KINDS)]


def configurations(offer: RideOffer) -> tuple[plan.Configuration, ...]:
    """The offer's snapshot as plain data."""
    return tuple(plan.Configuration(**way) for way in offer.configurations)


def with_plan(offers: QuerySet[RideOffer]) -> QuerySet[RideOffer]:
    """Offers with stops, places, legs, driver and vehicle, in two queries: what the engine wants to know."""
    return offers.select_related("driver", "vehicle").prefetch_related(
        Prefetch("stops", Stop.objects.select_related("place", "leg").order_by("sequence"))
    )


def legs_of(offer: RideOffer) -> list[Leg]:
    """Its legs, in order; the offer comes with its stops (`with_plan`)."""
    return [stop.leg for stop in sorted(offer.stops.all(), key=lambda stop: stop.sequence)[:-1]]


def plan_of(offer: RideOffer, *, without: Booking | None = None) -> plan.VehiclePlan:
    """The offer's stops and legs, in order, at their public points; without what one booking takes and was promised."""
    stops = sorted(offer.stops.all(), key=lambda stop: stop.sequence)
    legs = legs_of(offer)
    promised = {stop.pk: epoch_s(stop.promised_at) for stop in stops if stop.promised_at}
    taken = [{kind: getattr(leg, f"taken_{kind}") for kind in capacity.KINDS} for leg in legs]
    if without is not None:
        others = list(offer.bookings.filter(state__in=Booking.HOLDS).exclude(pk=without.pk))
        promised, taken = _promises(others), _taken_on_legs(others, stops)
    return plan.VehiclePlan(
        offer_id=offer.pk,
        stops=tuple(
            plan.PlannedStop(
                streets.public(stop.place), epoch_s(stop.planned_at), stop.dwell_s, promised.get(stop.pk, plan.NEVER_S)
            )
            for stop in stops
        ),
        legs=tuple(
            plan.PlannedLeg(leg.duration_s, leg.distance_m, **{f"taken_{kind}": on_it[kind] for kind in capacity.KINDS})
            for leg, on_it in zip(legs, taken, strict=True)
        ),
        configurations=configurations(offer),
        empty_s=offer.empty_s,
        empty_m=offer.empty_m,
        max_detour_s=offer.max_detour_s,
        max_detour_m=offer.max_detour_m,
        flexibility_s=offer.flexibility_s,
    )


def taken_by(bookings: Iterable[Booking]) -> dict[str, int]:
    """What `bookings` take together, by kind: sums, and the maximum of lengths."""
    carried = [booking.carried for booking in bookings]
    return {kind: sum(one[kind] for one in carried) for kind in capacity.SUMMED} | {
        kind: max((one[kind] for one in carried), default=0) for kind in capacity.LARGEST
    }


def _taken_on_legs(holding: Sequence[Booking], stops: Sequence[Stop]) -> list[dict[str, int]]:
    """What `holding` take on each leg between `stops`."""
    sequence_of = {stop.pk: stop.sequence for stop in stops}
    rides = [
        (sequence_of[one.pickup_id], sequence_of[one.dropoff_id], one)
        for one in holding
        if one.pickup_id and one.dropoff_id
    ]
    return [taken_by(one for on, off, one in rides if on <= at < off) for at in range(len(stops) - 1)]


def _promises(holding: Iterable[Booking]) -> dict[int, int]:
    """By stop, the latest hour (epoch seconds) that somebody who gets on or off there was promised."""
    promised: dict[int, int] = {}
    for booking in holding:
        for stop_id, latest_at in (
            (booking.pickup_id, booking.latest_pickup_at),
            (booking.dropoff_id, booking.latest_dropoff_at),
        ):
            if stop_id is not None:
                promised[stop_id] = min(promised.get(stop_id, plan.NEVER_S), epoch_s(latest_at))
    return promised


def trip_of(request: RideRequest, *, as_stranger: bool) -> plan.TripRequest:
    """A request as the engine reads it; at public points for what strangers see of it."""
    return trip_between(request, window_of(request), as_stranger=as_stranger)


def trip_between(
    wish: RideRequest | SavedSearch, window: tuple[datetime, datetime], *, as_stranger: bool
) -> plan.TripRequest:
    """As `trip_of`, with a departure between these two instants."""

    def place(row: Place) -> plan.Place:
        # A shop keeps its name, and so its place.
        return streets.public(row) if as_stranger and row.private else streets.exact(row)

    return plan.TripRequest(
        origin=place(wish.origin),
        destination=place(wish.destination),
        earliest_s=epoch_s(window[0]),
        latest_s=epoch_s(window[1]),
        seats=wish.seats,
        load=wish.load,
        max_walk_m=wish.max_walk_m,
    )


def window_of(request: RideRequest) -> tuple[datetime, datetime]:
    """Between which hours the request looks now: the wished ones, or earlier and later ones of the same days too."""
    if request.stage not in (RideRequest.Stage.LATER, RideRequest.Stage.COORDINATOR):
        return request.earliest_at, request.latest_at
    zone = ZoneInfo(streets.the_region().manifest.time_zone)
    first_day, last_day = (at.astimezone(zone).date() for at in (request.earliest_at, request.latest_at))
    return (
        max(request.earliest_at - OTHER_HOURS, datetime.combine(first_day, time.min, zone)),
        min(request.latest_at + OTHER_HOURS, datetime.combine(last_day, time.max, zone)),
    )


def rank_requests(
    offer: RideOffer, requests: Sequence[RideRequest], k: int
) -> list[tuple[RideRequest, plan.Insertion]]:
    """The open requests that `offer` serves best, as strangers see them."""
    found = rank_trips(offer, [trip_of(request, as_stranger=True) for request in requests], k)
    return [(requests[number], insertion) for number, insertion in found]


def rank_trips(offer: RideOffer, trips: Sequence[plan.TripRequest], k: int) -> list[tuple[int, plan.Insertion]]:
    """The `k` trips that `offer` serves best, each with its number in `trips`."""
    from routing.matching import ranking as matching

    met = [streets.at_the_kerb(trip) for trip in trips]
    mine = plan_of(offer)
    return matching.rank_requests(mine, met, _at_its_hour(mine), k)


def prepare(offer: RideOffer, trip: plan.TripRequest, *, instead_of: Booking | None = None) -> Prepared:
    """The best insertion of `trip` into the offer as it stands, or as if `instead_of` were not there; raises NoWay."""
    before, met = plan_of(offer, without=instead_of), streets.at_the_kerb(trip)
    found = _ranked([before], met, 1)
    if not found:
        raise NoWay
    insertion = found[0]
    after = _lay(before, insertion, met)
    pickup_stop, dropoff_stop = streets.meeting_row(insertion.pickup), streets.meeting_row(insertion.dropoff)
    doors = {
        sequence: place
        for sequence, place, point in (
            (insertion.pickup_sequence, trip.origin, insertion.pickup),
            (insertion.dropoff_sequence, trip.destination, insertion.dropoff),
        )
        if streets.at_the_door(place, point)
    }
    return Prepared(
        offer=offer,
        trip=trip,
        insertion=insertion,
        plan=after,
        direct_m=direct_m(trip),
        pickup=streets.place_row(trip.origin) if insertion.pickup_sequence in doors else pickup_stop,
        dropoff=streets.place_row(trip.destination) if insertion.dropoff_sequence in doors else dropoff_stop,
        pickup_stop=pickup_stop,
        dropoff_stop=dropoff_stop,
        exact_s=_to_the_doors_s(offer, after, doors),
    )


def _to_the_doors_s(offer: RideOffer, laid_out: plan.VehiclePlan, doors: dict[int, plan.Place]) -> int:
    """How many seconds longer the plan takes by way of the `doors` (by sequence) than by their public points."""
    if not doors:
        return 0
    line = [doors.get(i, stop.place) for i, stop in enumerate(laid_out.stops)]
    by_the_doors_s = sum(duration_s for duration_s, _m in legs_through(line, offer.departs_at))
    return by_the_doors_s - sum(leg.duration_s for leg in laid_out.legs)


def laid(offer: RideOffer, trip: plan.TripRequest, insertion: plan.Insertion, metres: int) -> Laid:
    """An insertion that `rank` found, with the plan it makes; `metres` are those of the trip alone."""
    return Laid(trip, insertion, _lay(plan_of(offer), insertion, streets.at_the_kerb(trip)), metres)


def fits_when_empty(offer: RideOffer, trip: plan.TripRequest) -> bool:
    """Whether the car would come by if nobody had taken anything: then what is missing is a seat."""
    before = plan_of(offer)
    empty = tuple(plan.PlannedLeg(leg.duration_s, leg.distance_m) for leg in before.legs)
    return bool(_ranked([replace(before, legs=empty)], streets.at_the_kerb(trip), 1))


def direct_m(trip: plan.TripRequest) -> int:
    """Metres of the trip alone, without anybody's detour, at a calm hour: what a price share is counted on."""
    met = streets.at_the_kerb(trip)
    [(_duration_s, distance_m)] = legs_through([met.origin, met.destination])
    return distance_m


def drive(places: Sequence[plan.Place]) -> plan.Route:
    """The fastest road through `places`; raises streets.OutsideRegion where there is none."""
    try:
        return streets.the_region().travel.route(places)
    except NoRoute as error:
        raise streets.OutsideRegion from error


def legs_through(places: Sequence[plan.Place], departs_at: datetime | None = None) -> list[tuple[int, int]]:
    """Seconds and metres from each place to the next, for a car that leaves then; at a calm hour if none is said."""
    seconds, metres = streets.the_region(departs_at).travel.matrix(places[:-1], places[1:])
    legs = [(int(seconds[i, i]), int(metres[i, i])) for i in range(len(places) - 1)]
    if any(duration_s >= plan.UNREACHABLE for duration_s, _m in legs):
        raise streets.OutsideRegion
    return legs


# The engine's machine code is loaded where somebody is matched: a process that only keeps sockets never is.


def _ranked(plans: Sequence[plan.VehiclePlan], met: plan.TripRequest, k: int) -> list[plan.Insertion]:
    from routing.matching import ranking as matching

    return matching.rank(plans, met, _at_its_hour(plans[0]), k)


def _lay(before: plan.VehiclePlan, insertion: plan.Insertion, met: plan.TripRequest) -> plan.VehiclePlan:
    from routing.matching.laying import lay

    return lay(before, insertion, met)


def _at_its_hour(mine: plan.VehiclePlan) -> "Region":
    """The region at the hour in which a car departs: all that concerns its trip is judged by that."""
    return streets.the_region().at(mine.stops[0].at_s)
