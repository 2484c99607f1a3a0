"""A seat on every ride of a series: ask, say yes, end; and what a worker does when a ride appears."""

from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from rides import streets
from rides.bookings import answers, booking
from rides.commands.execute import NEW_PLANS, Answer, by_itself, execute
from rides.errors import Invalid, PlanChanged, RideError
from rides.models import RideOffer, StandingBooking
from rides.serializers.standing import StandingOut
from rides.weekly import standing, standing_rides
from routing import capacity


def take_standing(person: User, sent: dict[str, Any], key: str = "") -> Answer:
    """Ask for a seat on every ride of a `series` (`StandingIn`); each one is booked, and told of, right after."""
    now = timezone.now()

    def prepare() -> standing.Wanted:
        if len(sent["companions"]) >= max(sent["seats"] + sent["wheelchairs"], 1):
            raise Invalid(_("There are more companions than seats."))
        return standing.Wanted(
            ends=(streets.place_row(sent["origin"]), streets.place_row(sent["destination"])),
            carried={kind: sent[kind] for kind in capacity.KINDS},
            weekdays=tuple(sent["weekdays"]),
            starts_on=sent.get("starts_on"),
            ends_on=sent.get("ends_on"),
            way_back=sent["way_back"],
            companions=tuple(sent["companions"]),
            max_walk_m=sent["max_walk_m"],
        )

    return execute(
        person=person,
        name="take_standing",
        body=sent,
        key=key,
        prepare=prepare,
        change=lambda wanted: standing.take(series_id=sent["series"], rider=person, wanted=wanted, now=now),
        render=partial(as_seen_by, person),
        status=201,
    )


def accept_standing(person: User, standing_id: int, key: str = "") -> Answer:
    """The driver's yes: to what is asked now, and to every ride to come."""
    return execute(
        person=person,
        name="accept_standing",
        body=standing_id,
        key=key,
        change=lambda: standing.accept(standing_id=standing_id, driver=person, now=timezone.now()),
        render=partial(as_seen_by, person),
    )


def end_standing(person: User, standing_id: int, key: str = "", *, note: str = "") -> Answer:
    """The rider needs it no more, or the driver says no; bookings on rides to come end with it."""
    return execute(
        person=person,
        name="end_standing",
        body=[standing_id, note] if note else standing_id,
        key=key,
        change=lambda: standing.end(standing_id=standing_id, person=person, now=timezone.now(), note=note),
        render=partial(as_seen_by, person),
    )


def attend(offer_id: int) -> None:
    """Seat everybody who has a standing booking for this ride; whom it does not take along is told."""
    ride = RideOffer.objects.select_related("return_of").filter(pk=offer_id).first()
    if ride is None or ride.state != RideOffer.State.PUBLISHED:
        return
    for one in standing_rides.on_ride(ride):
        try:
            _attend(one, ride)
        except (answers.AlreadySettled, booking.NotLive):
            continue
        except PlanChanged:
            raise
        except RideError as why:
            ready = standing_rides.prepare(one, offer_id)
            by_itself(
                partial(
                    standing_rides.missed,
                    standing_id=one.pk,
                    offer_id=offer_id,
                    ready=ready,
                    why=why,
                    now=timezone.now(),
                )
            )


def as_seen_by(person: User, one: StandingBooking) -> dict[str, Any]:
    """A standing booking as JSON for its rider or its driver."""
    return dict(StandingOut(one, context={"person": person}).data)


def _attend(one: StandingBooking, ride: RideOffer) -> None:
    """Book the ride, or pass the driver's yes on to its booking; again when its plan changes meanwhile."""
    if booking_id := standing_rides.unanswered(one, ride.pk):
        driver = one.series.driver
        by_itself(partial(answers.accept, booking_id=booking_id, driver=driver, now=timezone.now()))
        return
    for last in (*[False] * NEW_PLANS, True):
        ready = standing_rides.prepare(one, ride.pk)
        try:
            by_itself(
                partial(standing_rides.book, standing_id=one.pk, offer_id=ride.pk, ready=ready, now=timezone.now())
            )
            return
        except PlanChanged:
            if last:
                raise
