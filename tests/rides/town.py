"""A town with as many rides, requests, outings and all else as a test wants, written straight into the tables.

Everything in it has to do with one person, who drives and rides: what is listed for her grows, and so does each single
thing of hers that has others hanging on it.
"""

from datetime import timedelta
from itertools import count
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import tokens
from accounts.models import ByPhone, Community, LoadConfiguration, Membership, Place, User, Vehicle
from realtime.models import Call, Message, PushSubscription
from rides import streets
from rides.driving import offers
from rides.models import (
    Asking,
    Booking,
    Case,
    FoundRide,
    KerbSignal,
    OfferSeries,
    Outing,
    Participant,
    Proposal,
    ProposalAnswer,
    ProposedCar,
    ProposedSeat,
    RideLink,
    RideOffer,
    RideRequest,
    SavedSearch,
    SeriesException,
    StandingBooking,
    WaitingEntry,
)
from tests.rides import world

WAYS = [{"name": "usual", "seats": 200, "litres": 300, "length_cm": 100}]


class Town:
    """`ids` has, by the names that addresses use, the things that have others hanging on them."""

    def __init__(self, me: User) -> None:
        self.me, self._number, self._now = me, count(1), timezone.now()
        self.home, self.store = streets.keep_place(_place(world.homes(3)[1])), streets.keep_place(_place(world.store()))
        self.street = Community.objects.create(name="Our street", slug="our-street")
        Membership.objects.create(community=self.street, person=me, role=Membership.Role.COORDINATOR)
        self.car = self._car(me)
        somebody, their_car = self._neighbour()
        with transaction.atomic():
            self.ride = self._ride(me, self.car)
            self.their_ride = self._ride(somebody, their_car)
            self.wish = self._wish(me)
            self.booking = self._book(self.their_ride, me, Booking.State.CONFIRMED, self.wish)
            self.outing = self._outing(me)
            self.proposal = Proposal.objects.create(
                outing=self.outing, version=1, certificate={}, saved={}, answer_by=self._now + timedelta(hours=5)
            )
            self.series = self._series(me, self.car)
            self.standing = self._standing(self._series(somebody, their_car), me)
        self.ids = {
            "vehicle_id": self.car.pk,
            "offer_id": self.ride.pk,
            "booking_id": self.booking.pk,
            "request_id": self.wish.pk,
            "series_id": self.series.pk,
            "standing_id": self.standing.pk,
            "slug": self.outing.slug,
            "token": RideLink.objects.create(booking=self.booking, token="a-link-to-a-ride").token,
        }

    @transaction.atomic
    def grow(self, more: int) -> None:
        """So many more of everything."""
        for _ in range(more):
            self._grow()

    def _grow(self) -> None:
        me, (other, car) = self.me, self._neighbour()
        mine, theirs = self._ride(me, self.car), self._ride(other, car)
        RideOffer.objects.filter(pk=self._ride(other, car).pk).update(return_of=theirs)
        RideOffer.objects.filter(pk=self._ride(me, self.car).pk).update(return_of=mine)
        self._book(mine, other, Booking.State.WAITING, self._wish(other))
        for state in (Booking.State.WAITING, Booking.State.CONFIRMED, Booking.State.COMPLETED, Booking.State.CANCELLED):
            self._say(self._book(theirs, me, state, self._wish(me)))
        self._say(self._book(self.ride, other, Booking.State.CONFIRMED, self._wish(other)))
        self._book(self.ride, other, Booking.State.WAITING, self._wish(other))
        self._say(self.booking)
        wish, their_wish = self._wish(me), self._wish(other)
        self._ask(wish, theirs)
        self._ask(self.wish, theirs)
        self._ask(their_wish, mine)
        self._ask(self._wish(other), self.ride)
        RideRequest.objects.filter(pk=self._wish(me).pk).update(return_of=wish)
        self._wait(theirs, wish)
        self._wait(self.ride, their_wish)
        self.ids["entry_id"] = self._wait(self.their_ride, wish).pk
        self.ids["search_id"] = self._look_for(me, theirs).pk
        self.ids["asking_id"] = self._ask(self._wish(other), mine).pk
        self._goes(self._outing(other), me)
        self._goes(self._outing(me), other)
        self._propose(other)
        self._weekly(other, car)
        Membership.objects.create(community=self.street, person=other)
        for person in (me, other):
            case = Case.objects.create(
                kind=Case.Kind.UNANSWERED, person=person, request=self._wish(person), community=self.street
            )
            self.ids["case_id"] = case.pk
        device = PushSubscription.objects.create(person=me, endpoint=f"https://push.example/{next(self._number)}")
        self.ids["device_id"] = device.pk
        self.ids["message_id"] = self._message(me, device).pk
        self.ids["token_id"] = tokens._create(me, "a program", ["read"], None)[0].pk
        self.ids["call_id"] = self._call(me).pk
        self._car(me)

    def _call(self, me: User) -> Call:
        """Two more whom I call, one of whom I have not said yes to; the other has something to hear, and heard some."""
        (asks, _), (other, _) = self._neighbour(), self._neighbour()
        for person, agreed_at in ((asks, None), (other, self._now)):
            Membership.objects.create(community=self.street, person=person)
            ByPhone.objects.create(person=person, phone="+33 1 22 33 44 55", helper=me, helper_agreed_at=agreed_at)
        self.ids["person_id"] = other.pk
        for state, by in (("told", me), ("open", None)):
            found = Call.objects.create(
                person=other,
                kind="booking",
                refs={"booking": next(self._number)},
                seq=next(self._number),
                title="Dora takes you along",
                told_at=self._now,
                opened_at=self._now,
                helper_until=self._now,
                state=state,
                closed_by=by,
                closed_at=by and self._now,
            )
        return found

    def _message(self, person: User, device: PushSubscription) -> Message:
        """What waits to be told of my booking."""
        about = {"kind": "booking", "refs": {"booking": self.booking.pk}, "told_at": self._now, "due_at": self._now}
        return Message.objects.create(
            person=person, seq=next(self._number), said="", way=Message.Way.PUSH, subscription=device, **about
        )

    def _neighbour(self) -> tuple[User, Vehicle]:
        other = world.person(f"N{next(self._number)}")
        return other, self._car(other)

    def _car(self, owner: User) -> Vehicle:
        car = Vehicle.objects.create(owner=owner, name="Zoé")
        LoadConfiguration.objects.bulk_create(LoadConfiguration(vehicle=car, **way) for way in (*WAYS, *WAYS))
        return car

    def _ride(self, driver: User, car: Vehicle, **fields: Any) -> RideOffer:
        hours = 2 + next(self._number) % 20
        return offers.begin(
            driver=driver,
            vehicle=car,
            configurations=WAYS,
            places=[self.home, self.store],
            roads=[(900, 12_000)],
            departs_at=self._now + timedelta(hours=hours),
            empty=(900, 12_000),
            max_detour_s=900,
            max_detour_m=10_000,
            **fields,
        )

    def _wish(self, rider: User) -> RideRequest:
        return RideRequest.objects.create(
            rider=rider,
            origin=self.home,
            destination=self.store,
            earliest_at=self._now + timedelta(hours=1),
            latest_at=self._now + timedelta(hours=24),
        )

    def _book(self, offer: RideOffer, rider: User, state: str, wish: RideRequest, **fields: Any) -> Booking:
        first, last = offer.stops.order_by("sequence")
        over = state not in Booking.HOLDS
        return Booking.objects.create(
            offer=offer,
            rider=rider,
            request=wish,
            state=state,
            pickup=None if over else first,
            dropoff=None if over else last,
            pickup_place=self.home,
            dropoff_place=self.store,
            pickup_at=first.planned_at,
            dropoff_at=last.planned_at,
            latest_pickup_at=first.planned_at,
            latest_dropoff_at=last.planned_at,
            deadline_at=self._now + timedelta(hours=1),
            **fields,
        )

    def _say(self, booking: Booking) -> None:
        KerbSignal.objects.create(booking=booking, by=KerbSignal.By.RIDER, kind=KerbSignal.Kind.HERE)

    def _ask(self, wish: RideRequest, offer: RideOffer) -> Asking:
        deadline_at = self._now + timedelta(hours=1)
        return Asking.objects.create(request=wish, offer=offer, added_s=60, detour_s=60, deadline_at=deadline_at)

    def _look_for(self, person: User, offer: RideOffer) -> SavedSearch:
        """A search with one more ride that it found."""
        until = self._now + timedelta(hours=24)
        search = SavedSearch.objects.create(
            person=person, origin=self.home, destination=self.store, earliest_at=self._now, latest_at=until
        )
        for one in SavedSearch.objects.filter(person=person):
            FoundRide.objects.create(search=one, offer=offer, pickup_at=until, dropoff_at=until, told=True)
        return search

    def _wait(self, offer: RideOffer, wish: RideRequest) -> WaitingEntry:
        return WaitingEntry.objects.create(offer=offer, request=wish)

    def _outing(self, organiser: User) -> Outing:
        at = self._now + timedelta(hours=24)
        return Outing.objects.create(
            organiser=organiser,
            title="IKEA on Saturday",
            destination=self.store,
            earliest_at=at,
            latest_at=at,
            return_at=at + timedelta(hours=4),
            time_zone="Europe/Paris",
            state=Outing.State.PROPOSED,
        )

    def _goes(self, outing: Outing, person: User) -> Participant:
        car = person.vehicles.first()
        return Participant.objects.create(outing=outing, person=person, role="drive", vehicle=car, origin=self.home)

    def _propose(self, other: User) -> None:
        """One more who goes, drives a car and sits in it."""
        goes = self._goes(self.outing, other)
        car = ProposedCar.objects.create(
            proposal=self.proposal,
            direction="out",
            driver=goes,
            departs_at=self._now,
            arrives_at=self._now,
            detour_s=0,
            distance_m=0,
        )
        ProposedSeat.objects.create(car=car, participant=goes, sequence=0, at=self._now)
        ProposalAnswer.objects.create(proposal=self.proposal, participant=goes, yes=True)

    def _series(self, driver: User, car: Vehicle) -> OfferSeries:
        return OfferSeries.objects.create(
            driver=driver,
            vehicle=car,
            origin=self.home,
            destination=self.store,
            weekdays=[0, 1, 2, 3, 4, 5, 6],
            starts_on=self._now.date(),
            leaves_at=self._now.time(),
            time_zone="Europe/Paris",
            terms={"cents_per_km": 8},
            made_until=self._now.date() + timedelta(days=1),
        )

    def _standing(self, series: OfferSeries, rider: User) -> StandingBooking:
        return StandingBooking.objects.create(
            series=series,
            rider=rider,
            origin=self.home,
            destination=self.store,
            weekdays=[0, 1, 2, 3, 4, 5, 6],
            starts_on=self._now.date(),
        )

    def _weekly(self, other: User, car: Vehicle) -> None:
        """Weekly rides of both, each with a ride, a day without one, and somebody who comes along."""
        day = self._now.date() + timedelta(days=next(self._number))
        for series in (self.series, self._series(self.me, self.car)):
            self._ride(self.me, self.car, series=series, local_date=day)
            SeriesException.objects.create(series=series, date=day)
            self._standing(series, other)
        theirs = self._series(other, car)
        self._standing(theirs, self.me)
        ride = self._ride(other, car, series=self.standing.series, local_date=day)
        self._book(ride, self.me, Booking.State.WAITING, self._wish(self.me), standing=self.standing)


def _place(sent: dict[str, Any]) -> Any:
    return streets.place_from(sent)


__all__ = ["Place", "Town"]
