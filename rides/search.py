"""Find offers for a journey; reads only."""

from collections.abc import Collection, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q, QuerySet

from accounts import blocks, communities, sight
from accounts.models import User
from rides import found_rows, live_index, planner, streets
from rides.bookings import prices
from rides.errors import NotFound
from rides.models import Booking, RideOffer
from routing import capacity, plan

if TYPE_CHECKING:
    from routing.matching.index import Who

NEARBY_TIMES = timedelta(hours=6)
RIDERS = Prefetch("bookings", Booking.objects.filter(state__in=Booking.HOLDS))


@dataclass(frozen=True, slots=True)
class Found:
    """An offer that takes the trip along: where, when, at what share, and who could still get on."""

    offer: RideOffer
    insertion: plan.Insertion
    walk_to_m: int
    walk_from_m: int
    price_cents: int
    seats_left: int

    @property
    def pickup_at(self) -> datetime:
        return planner.instant(self.insertion.pickup_s)

    @property
    def dropoff_at(self) -> datetime:
        return planner.instant(self.insertion.dropoff_s)


def find_offers(*, trip: plan.TripRequest, person: User | None, now: datetime, k: int = 10) -> list[Found]:
    """The best `k` live offers for the trip, as this person may see them."""
    ways = ways_for(trip, person=person, now=now, k=k)
    if not ways:
        return []
    direct_m = planner.direct_m(trip)
    found_rows.add_riders([offer for offer, _insertion in ways])
    return [found_on(offer, planner.laid(offer, trip, insertion, direct_m)) for offer, insertion in ways]


def found_on(offer: RideOffer, laid: planner.Laid) -> Found:
    """How the offer takes a trip along, for the person who makes it."""
    return Found(
        offer=offer,
        insertion=_shown(laid.insertion),
        walk_to_m=streets.walk_m(laid.trip.origin, laid.insertion.pickup),
        walk_from_m=streets.walk_m(laid.trip.destination, laid.insertion.dropoff),
        price_cents=prices.quote(offer, laid),
        seats_left=seats_left(offer),
    )


def _shown(insertion: plan.Insertion) -> plan.Insertion:
    """With the names of the corners where they meet, which nobody looks up who only ranks them."""
    named = streets.the_region().named
    return replace(insertion, pickup=named(insertion.pickup), dropoff=named(insertion.dropoff))


def nearby_times(*, trip: plan.TripRequest, person: User | None, now: datetime, k: int = 5) -> list[Found]:
    """When nothing fits: the same trip up to six hours earlier or later."""
    span_s = int(NEARBY_TIMES.total_seconds())
    wider = replace(
        trip,
        earliest_s=max(planner.epoch_s(now), trip.earliest_s - span_s),
        latest_s=trip.latest_s + span_s,
        arrive_earliest_s=max(0, trip.arrive_earliest_s - span_s),
        arrive_latest_s=min(trip.arrive_latest_s + span_s, plan.NEVER_S),
    )
    if wider.earliest_s > min(wider.latest_s, wider.arrive_latest_s):  # all of that is over
        return []
    return find_offers(trip=wider, person=person, now=now, k=k)


def ways_for(
    trip: plan.TripRequest,
    *,
    person: User | None,
    now: datetime,
    k: int,
    only_drivers: Set[int] | None = None,
    without_drivers: Set[int] = frozenset(),
) -> list[live_index.Way]:
    """The best `k` ways to take the trip along, over all live offers of others that the person may see.

    Those are what `visible_offers` says, published and not yet left; of these drivers only, where they are given.
    """
    return live_index.best(
        trip,
        _who(person),
        k,
        departs_from_s=planner.epoch_s(now),
        only_drivers=only_drivers,
        without_drivers=without_drivers,
    )


def _who(person: User | None) -> "Who":
    """Who asks, as the index wants to know it: the same as `visible_offers`."""
    if person is None:
        return live_index.who(None)
    seen = sight.of(person.pk)
    return live_index.who(person.pk, hidden=seen.unseen, neighbours=seen.neighbours)


def visible_offers(person: User | None) -> QuerySet[RideOffer]:
    """Public offers and those of the person's communities, less those of people who blocked, or are blocked by, her."""
    public = Q(audience=RideOffer.Audience.PUBLIC)
    offers = RideOffer.objects.exclude(state=RideOffer.State.DRAFT)
    if person is None:
        return offers.filter(public)
    neighbours = Q(audience=RideOffer.Audience.COMMUNITY, driver__in=communities.neighbours_of(person))
    return offers.filter(public | neighbours).exclude(driver__in=blocks.unseen_by(person))


def visible_among(person: User | None, offer_ids: Collection[int]) -> set[int]:
    """Those for which `offer_for` would not raise, in three queries however many there are."""
    there = RideOffer.objects.filter(pk__in=offer_ids)
    seen = set(visible_offers(person).filter(pk__in=offer_ids).values_list("pk", flat=True))
    if person is not None and len(seen) < len(offer_ids):
        riding = Q(bookings__rider=person, bookings__state__in=Booking.HOLDS)
        seen |= set(there.filter(Q(driver=person) | riding).values_list("pk", flat=True))
    return seen


def offer_for(person: User | None, offer_id: int) -> RideOffer:
    """One offer with its plan and riders; raises NotFound when it is none of this person's business (I14).

    Offers by link are for the driver and those who have a place in the car; drafts for the driver alone.
    """
    return _for(person, with_riders(RideOffer.objects.filter(pk=offer_id)))


def offer_to_book(person: User, offer_id: int) -> RideOffer:
    """As `offer_for`, with the plan alone: who is aboard is asked when it matters."""
    return _for(person, planner.with_plan(RideOffer.objects.filter(pk=offer_id)))


def _for(person: User | None, offers: QuerySet[RideOffer]) -> RideOffer:
    [offer] = offers or [None]
    if offer is None or not _sees(person, offer):
        raise NotFound
    return offer


def _sees(person: User | None, offer: RideOffer) -> bool:
    """As `visible_offers`, of one offer that was read already, for its driver and those who have a place in it too."""
    if person is None:
        return _is_for(None, offer)
    if offer.driver_id == person.pk or (not blocks.between(person.pk, offer.driver_id) and _is_for(person, offer)):
        return True
    return offer.bookings.filter(rider=person, state__in=Booking.HOLDS).exists()


def _is_for(person: User | None, offer: RideOffer) -> bool:
    if offer.state == RideOffer.State.DRAFT:
        return False
    if offer.audience == RideOffer.Audience.COMMUNITY and person is not None:
        return communities.neighbours_of(person).filter(pk=offer.driver_id).exists()
    return offer.audience == RideOffer.Audience.PUBLIC


def with_riders(offers: QuerySet[RideOffer]) -> QuerySet[RideOffer]:
    """As `with_plan`, and with the bookings that hold: what a page or a price wants to know."""
    return planner.with_plan(offers).prefetch_related(RIDERS)


def seats_left(offer: RideOffer) -> int:
    """How many people without load could still ride the whole way."""
    return min(capacity.seats_left(planner.configurations(offer), planner.legs_of(offer)), default=0)
