"""Keep what somebody looks for, and tell her of a new ride that suits it; a few times an hour, the rest in her list.

A new ride is compared from public points and for who may see it, as every search is (decision 0004).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import blocks, communities
from accounts.models import Place, User
from rides import news, planner, search, streets
from rides.driving.offers import InThePast
from rides.errors import NotFound, RideError
from rides.locks import lock_people
from rides.models import FoundRide, RideOffer, SavedSearch
from rides.requests.journeys import Wanted
from rides.weekly.recurrence import instant, local_date

AT_MOST = 10
"""So many searches a person keeps."""
HOUR = timedelta(hours=1)
A_FEW = 3
"""So often in an hour she hears of one search."""
Span = tuple[datetime, datetime]


class TooManySearches(RideError):
    """More than anybody reads."""

    code = "too_many_searches"
    sentence = _("You look for ten things already. Please delete one that you no longer need.")


@dataclass(frozen=True, slots=True)
class Hours:
    """On which days of the week (0 is Monday; none: every day), and between which hours of the wall clock."""

    weekdays: tuple[int, ...] = ()
    first: time | None = None
    last: time | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A search that a ride suits: when it picks her up, and lets her off."""

    search_id: int
    person_id: int
    pickup_at: datetime
    dropoff_at: datetime


def keep(*, person: User, wanted: Wanted, hours: Hours, now: datetime) -> SavedSearch:
    """She hears of new rides until `wanted.latest_at`. Raises InThePast, TooManySearches, OutsideRegion."""
    lock_people(person.pk)
    if wanted.latest_at <= now:
        raise InThePast
    if SavedSearch.objects.filter(person=person, latest_at__gt=now).count() >= AT_MOST:
        raise TooManySearches
    ends = Place.objects.bulk_create([streets.place_row(wanted.origin), streets.place_row(wanted.destination)])
    load = wanted.load
    return SavedSearch.objects.create(
        person=person,
        origin=ends[0],
        destination=ends[1],
        earliest_at=max(wanted.earliest_at, now),
        latest_at=wanted.latest_at,
        weekdays=sorted(set(hours.weekdays)),
        first=hours.first,
        last=hours.last,
        seats=wanted.seats,
        child_seats=load.child_seats,
        wheelchairs=load.wheelchairs,
        litres=load.litres,
        roof_kg=load.roof_kg,
        length_cm=load.length_cm,
        max_walk_m=wanted.max_walk_m,
        created_at=now,
    )


def drop(*, search_id: int, person: User) -> None:
    """She looks for it no more. Raises NotFound."""
    lock_people(person.pk)
    if not SavedSearch.objects.filter(pk=search_id, person=person).delete()[0]:
        raise NotFound


def forget(now: datetime) -> None:
    """Drop those that are over."""
    SavedSearch.objects.filter(latest_at__lt=now).delete()


def suited_by(offer_id: int, now: datetime) -> list[Hit]:
    """Outside of any lock: the searches that a new ride suits and that have not found it yet; a search of roads."""
    offer = planner.with_plan(RideOffer.objects.filter(state=RideOffer.State.PUBLISHED)).filter(pk=offer_id).first()
    if offer is None:
        return []
    looking = [(one, span) for one in _looking_for(offer, now) if (span := span_on(one, offer, now))]
    trips = [planner.trip_between(one, span, as_stranger=True) for one, span in looking]
    found = planner.rank_trips(offer, trips, len(trips))
    return [
        Hit(one.pk, one.person_id, planner.instant(way.pickup_s), planner.instant(way.dropoff_s))
        for (one, _span), way in ((looking[number], way) for number, way in found)
    ]


def tell(*, offer_id: int, hits: Iterable[Hit], now: datetime) -> list[FoundRide]:
    """Write down what was found, once; whoever has heard of a few in this hour finds it in her list only."""
    by_id = {hit.search_id: hit for hit in hits}
    lock_people(*{hit.person_id for hit in by_id.values()})
    if not RideOffer.objects.filter(pk=offer_id, state=RideOffer.State.PUBLISHED).exists():
        return []
    lately = Count("found", filter=Q(found__told=True, found__found_at__gt=now - HOUR))
    searches = SavedSearch.objects.filter(pk__in=by_id).exclude(found__offer=offer_id).annotate(lately=lately)
    made = [
        FoundRide(
            search=one,
            offer_id=offer_id,
            pickup_at=by_id[one.pk].pickup_at,
            dropoff_at=by_id[one.pk].dropoff_at,
            told=one.lately < A_FEW,
            found_at=now,
        )
        for one in searches.order_by("pk")
    ]
    FoundRide.objects.bulk_create(made)
    for found in made:
        if found.told:
            news.tell({found.search.person_id}, "found", {"found": found.pk})
    return made


def span_on(one: SavedSearch, offer: RideOffer, now: datetime) -> Span | None:
    """Between which hours she would take this ride, on its day; None when it is not one of her days, or over."""
    earliest_at, latest_at = max(one.earliest_at, now), one.latest_at
    if one.weekdays or one.first is not None:
        day = local_date(offer.departs_at, offer.time_zone)
        if one.weekdays and day.weekday() not in one.weekdays:
            return None
        first, last = (
            instant(date=day, wall_time=hour, zone=offer.time_zone)
            for hour in (one.first or time.min, one.last or time.max)
        )
        earliest_at, latest_at = max(earliest_at, first), min(latest_at, last)
    return (earliest_at, latest_at) if earliest_at <= latest_at else None


def with_found(person: User, now: datetime) -> QuerySet[SavedSearch]:
    """What this person looks for, each search with the rides that she can still take (`still_there`)."""
    found = Prefetch("found", still_there(person, now), to_attr="still_there")
    return SavedSearch.objects.filter(person=person).select_related("origin", "destination").prefetch_related(found)


def still_there(person: User, now: datetime) -> QuerySet[FoundRide]:
    """The rides found for her that she can still take, the earliest first."""
    live = search.visible_offers(person).filter(state=RideOffer.State.PUBLISHED, departs_at__gt=now)
    return FoundRide.objects.filter(search__person=person, offer__in=live).order_by("pickup_at", "pk")


def _looking_for(offer: RideOffer, now: datetime) -> list[SavedSearch]:
    """Searches of people who may see the ride, at a time at which it goes; its driver looks for other people's."""
    unseen = blocks.unseen_by(offer.driver) | {offer.driver_id}
    looking = SavedSearch.objects.filter(latest_at__gt=max(now, offer.departs_at), person__is_active=True)
    looking = looking.exclude(person__in=unseen).exclude(found__offer=offer)
    if offer.audience == RideOffer.Audience.COMMUNITY:
        looking = looking.filter(person__in=communities.neighbours_of(offer.driver))
    elif offer.audience != RideOffer.Audience.PUBLIC:
        return []
    return list(looking.select_related("origin", "destination").order_by("pk"))
