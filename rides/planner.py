"""The one door to routing/: rows → plain data → rows. The region is loaded once a process.

Everything a stranger could see or measure is computed from public points (decision 0004): a private end of an offer
goes to the engine as its public point, and so does who is fetched at home. Her door is in her booking alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Place, User, Vehicle
from rides.errors import Invalid, RideError
from rides.models import Booking, Leg, RideOffer, RideRequest
from routing import capacity, matching, plan, region
from routing.errors import NoRoute
from routing.laying import lay
from routing.meeting import metres_between

PUBLIC_FROM_M = 300
"""A place from the map counts as the one named only this near to it."""
OTHER_HOURS = timedelta(hours=2)
"""So much earlier or later a request looks, within its own days, once nobody came by at the wished hours."""


class OutsideRegion(RideError):
    """No road of ours leads there."""

    code = "outside_region"
    status = 400
    sentence = _("We know no road there. Please choose a place inside the region.")


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
    """What a booking writes down, worked out for the offer's plan `plan_version`.

    The places are rows not saved yet: naming a corner is a search, and no search is done under a lock. `pickup` and
    `dropoff` are where the rider is met, a door perhaps; the stops of the plan know its public point only.
    `exact_s` is what the way to the doors adds to the detour.
    """

    offer_id: int
    driver: User
    vehicle: Vehicle
    plan_version: int
    pickup: Place
    dropoff: Place
    pickup_stop: Place
    dropoff_stop: Place
    exact_s: int


def the_region() -> region.Region:
    """The region this site serves."""
    return _load(settings.REGION_DIR)


@lru_cache(maxsize=2)
def _load(directory: Path) -> region.Region:
    return region.load(directory)


# --- places ------------------------------------------------------------------------------------------------------


def keep_place(place: plan.Place) -> Place:
    """A row for a place somebody named or tapped; private unless the map knows it as a public one."""
    row = place_row(place)
    row.save()
    return row


def place_row(place: plan.Place) -> Place:
    """As `keep_place`, but not saved yet; raises OutsideRegion."""
    streets = the_region()
    west, south, east, north = streets.manifest.bounds
    if not (south <= place.lat <= north and west <= place.lon <= east):
        raise OutsideRegion
    if known := public_place(place):
        label = known.label
        return Place(
            lat=known.lat,
            lon=known.lon,
            label=label[:200],
            osm_key=known.osm_key,
            site_key=known.site_key,
            public_lat=known.lat,
            public_lon=known.lon,
            public_label=label[:200],
        )
    public = streets.public_point(place.lat, place.lon)
    label = place.label or streets.places.nearest(place.lat, place.lon).label
    return Place(
        lat=place.lat,
        lon=place.lon,
        label=label[:200],
        osm_key=place.osm_key[:40],
        private=True,
        public_lat=public.lat,
        public_lon=public.lon,
        public_label=public.label[:200],
    )


def public_place(place: plan.Place) -> plan.Place | None:
    """The shop, school, station, street or public point that the map knows there; None for a home."""
    streets = the_region()
    known = streets.places.get(place.osm_key) if place.osm_key else None
    if known and metres_between(known, place) <= PUBLIC_FROM_M:
        return known
    return replace(place, osm_key="") if streets.is_public_point(place) else None


def kerb(place: plan.Place) -> plan.Place:
    """Where a car meets somebody who is at `place`, for the engine: there, when it is public; else its public point.

    It is the same for every home around, so what others measure of a plan says nothing about a door.
    """
    return public_place(place) or the_region().public_point(place.lat, place.lon)


def at_the_kerb(trip: plan.TripRequest) -> plan.TripRequest:
    """The trip as the engine sees it: between public places."""
    return replace(trip, origin=kerb(trip.origin), destination=kerb(trip.destination))


def at_the_door(place: plan.Place, point: plan.Place) -> bool:
    """Whether the car comes for who is at `place`, a home: she is met at the very point that stands for it."""
    met = kerb(place)
    return (met.lat, met.lon) == (point.lat, point.lon) and public_place(place) is None


def walk_m(place: plan.Place, point: plan.Place) -> int:
    """Metres on foot between a place and a meeting point; none for whom the car comes to the door."""
    return 0 if at_the_door(place, point) else round(region.WALK_FACTOR * metres_between(place, point))


def meeting_row(point: plan.Place) -> Place:
    """A row, not saved yet, for where rider and car meet, which is public: a corner, a store, a stop's public point."""
    label = (point.label or the_region().places.nearest(point.lat, point.lon).label)[:200]
    return Place(
        lat=point.lat,
        lon=point.lon,
        label=label,
        osm_key=point.osm_key,
        public_lat=point.lat,
        public_lon=point.lon,
        public_label=label,
    )


def town_centre() -> plan.Place:
    """Where a search starts for who has not said where she is: the town nearest to the middle of the region."""
    streets = the_region()
    middle = streets.manifest.center
    towns = streets.places.of_kind("town", 500)
    nearest = min(towns, key=lambda town: metres_between(town, middle), default=None)
    return nearest or streets.places.nearest(middle.lat, middle.lon)


def exact(place: Place) -> plan.Place:
    """The place itself: only for the person whose place it is."""
    return plan.Place(place.lat, place.lon, place.label, place.osm_key, place.site_key)


def public(place: Place) -> plan.Place:
    """What strangers may know of the place."""
    return plan.Place(place.public_lat, place.public_lon, place.public_label, "", place.site_key)


# --- plans -------------------------------------------------------------------------------------------------------


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


def legs_of(offer: RideOffer) -> list[Leg]:
    """Its legs, in order; the offer comes with its stops (`rides.search.with_plan`)."""
    return [stop.leg for stop in sorted(offer.stops.all(), key=lambda stop: stop.sequence)[:-1]]


def plan_of(offer: RideOffer, *, without: Booking | None = None) -> plan.VehiclePlan:
    """The offer's stops and legs, in order, at their public points; without what one booking takes and was promised."""
    stops = sorted(offer.stops.all(), key=lambda stop: stop.sequence)
    legs = legs_of(offer)
    holding = [booking for booking in offer.bookings.all() if booking.holds and booking != without]
    if without is not None:
        sequence_of = {stop.pk: stop.sequence for stop in stops}
        for at, leg in enumerate(legs):
            aboard = [
                one
                for one in holding
                if one.pickup_id and one.dropoff_id and sequence_of[one.pickup_id] <= at < sequence_of[one.dropoff_id]
            ]
            for kind, amount in taken_by(aboard).items():
                setattr(leg, f"taken_{kind}", amount)
    promised = _promises(holding)
    return plan.VehiclePlan(
        offer_id=offer.pk,
        stops=tuple(
            plan.PlannedStop(
                public(stop.place), epoch_s(stop.planned_at), stop.dwell_s, promised.get(stop.pk, plan.NEVER_S)
            )
            for stop in stops
        ),
        legs=tuple(
            plan.PlannedLeg(
                leg.duration_s,
                leg.distance_m,
                **{f"taken_{kind}": getattr(leg, f"taken_{kind}") for kind in capacity.KINDS},
            )
            for leg in legs
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

    def place(row: Place) -> plan.Place:
        return public(row) if as_stranger and row.private else exact(row)  # a shop keeps its name, and so its place

    earliest_at, latest_at = window_of(request)
    return plan.TripRequest(
        origin=place(request.origin),
        destination=place(request.destination),
        earliest_s=epoch_s(earliest_at),
        latest_s=epoch_s(latest_at),
        seats=request.seats,
        load=request.load,
        max_walk_m=request.max_walk_m,
    )


def window_of(request: RideRequest) -> tuple[datetime, datetime]:
    """Between which hours the request looks now: the wished ones, or earlier and later ones of the same days too."""
    if request.stage not in (RideRequest.Stage.LATER, RideRequest.Stage.COORDINATOR):
        return request.earliest_at, request.latest_at
    zone = ZoneInfo(the_region().manifest.time_zone)
    first_day, last_day = (at.astimezone(zone).date() for at in (request.earliest_at, request.latest_at))
    return (
        max(request.earliest_at - OTHER_HOURS, datetime.combine(first_day, time.min, zone)),
        min(request.latest_at + OTHER_HOURS, datetime.combine(last_day, time.max, zone)),
    )


def rank(offers: Iterable[RideOffer], trip: plan.TripRequest, k: int) -> list[plan.Insertion]:
    """The best `k` ways to take `trip` along, over all of `offers`."""
    return matching.rank([plan_of(offer) for offer in offers], at_the_kerb(trip), the_region(), k)


def rank_requests(
    offer: RideOffer, requests: Sequence[RideRequest], k: int
) -> list[tuple[RideRequest, plan.Insertion]]:
    """The open requests that `offer` serves best, as strangers see them."""
    trips = [at_the_kerb(trip_of(request, as_stranger=True)) for request in requests]
    found = matching.rank_requests(plan_of(offer), trips, the_region(), k)
    return [(requests[number], insertion) for number, insertion in found]


def prepare(offer: RideOffer, trip: plan.TripRequest, *, instead_of: Booking | None = None) -> Prepared:
    """The best insertion of `trip` into the offer as it stands, or as if `instead_of` were not there; raises NoWay."""
    before, met = plan_of(offer, without=instead_of), at_the_kerb(trip)
    found = matching.rank([before], met, the_region(), 1)
    if not found:
        raise NoWay
    insertion = found[0]
    after = lay(before, insertion, met, the_region().travel)
    pickup_stop, dropoff_stop = meeting_row(insertion.pickup), meeting_row(insertion.dropoff)
    doors = {
        sequence: place
        for sequence, place, point in (
            (insertion.pickup_sequence, trip.origin, insertion.pickup),
            (insertion.dropoff_sequence, trip.destination, insertion.dropoff),
        )
        if at_the_door(place, point)
    }
    return Prepared(
        offer_id=offer.pk,
        driver=offer.driver,
        vehicle=offer.vehicle,
        plan_version=offer.plan_version,
        trip=trip,
        insertion=insertion,
        plan=after,
        direct_m=direct_m(trip),
        pickup=place_row(trip.origin) if insertion.pickup_sequence in doors else pickup_stop,
        dropoff=place_row(trip.destination) if insertion.dropoff_sequence in doors else dropoff_stop,
        pickup_stop=pickup_stop,
        dropoff_stop=dropoff_stop,
        exact_s=_to_the_doors_s(after, doors),
    )


def _to_the_doors_s(laid_out: plan.VehiclePlan, doors: dict[int, plan.Place]) -> int:
    """How many seconds longer the plan takes by way of the `doors` (by sequence) than by their public points."""
    if not doors:
        return 0
    line = [doors.get(i, stop.place) for i, stop in enumerate(laid_out.stops)]
    by_the_doors_s = sum(duration_s for duration_s, _m in legs_through(line))
    return by_the_doors_s - sum(leg.duration_s for leg in laid_out.legs)


def laid(offer: RideOffer, trip: plan.TripRequest, insertion: plan.Insertion, metres: int) -> Laid:
    """An insertion that `rank` found, with the plan it makes; `metres` are those of the trip alone."""
    return Laid(trip, insertion, lay(plan_of(offer), insertion, at_the_kerb(trip), the_region().travel), metres)


def fits_when_empty(offer: RideOffer, trip: plan.TripRequest) -> bool:
    """Whether the car would come by if nobody had taken anything: then what is missing is a seat."""
    before = plan_of(offer)
    empty = tuple(plan.PlannedLeg(leg.duration_s, leg.distance_m) for leg in before.legs)
    return bool(matching.rank([replace(before, legs=empty)], at_the_kerb(trip), the_region(), 1))


def direct_m(trip: plan.TripRequest) -> int:
    """Metres of the trip alone, without anybody's detour: what a price share is counted on."""
    met = at_the_kerb(trip)
    [(_duration_s, distance_m)] = legs_through([met.origin, met.destination])
    return distance_m


def drive(places: Sequence[plan.Place]) -> plan.Route:
    """The fastest road through `places`; raises OutsideRegion where there is none."""
    try:
        return the_region().travel.route(places)
    except NoRoute as error:
        raise OutsideRegion from error


def legs_through(places: Sequence[plan.Place]) -> list[tuple[int, int]]:
    """Seconds and metres from each place to the next."""
    seconds, metres = the_region().travel.matrix(places[:-1], places[1:])
    legs = [(int(seconds[i, i]), int(metres[i, i])) for i in range(len(places) - 1)]
    if any(duration_s >= plan.UNREACHABLE for duration_s, _m in legs):
        raise OutsideRegion
    return legs


def place_from(data: dict[str, Any]) -> plan.Place:
    """A place as JSON or a form sends it; raises Invalid."""
    try:
        place = plan.Place(
            float(data["lat"]), float(data["lon"]), str(data.get("label", ""))[:200], str(data.get("osm_key", ""))[:40]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid(_("Please choose a place from the list or on the map.")) from error
    if not (-90 <= place.lat <= 90 and -180 <= place.lon <= 180):
        raise OutsideRegion
    return place
