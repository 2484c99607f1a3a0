"""Plan an outing, join it, leave it, ask for cars."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User, Vehicle
from rides import jobs, news, streets
from rides.driving.offers import InThePast
from rides.errors import Invalid, NotFound, RideError
from rides.locks import lock_outing, lock_people
from rides.models import Outing, Participant, ProposedCar
from routing import plan

OPEN = (Outing.State.GATHERING, Outing.State.PROPOSED)


class OutingClosed(RideError):
    """Cars are being worked out at this moment, or it is called off."""

    code = "outing_closed"
    sentence = _("This outing cannot be changed right now.")


class TooFew(RideError):
    """One person is no group."""

    code = "too_few"
    sentence = _("Two people at least have to join before cars can be proposed.")


class CarStands(RideError):
    """Seats are booked already: they are cancelled like any booking."""

    code = "car_stands"
    sentence = _("Your car is booked already. Cancel that booking first.")


@dataclass(frozen=True, slots=True)
class Plan:
    """An outing as its organiser describes it."""

    title: str
    destination: plan.Place
    earliest_at: datetime
    latest_at: datetime
    return_at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """How somebody takes part; loads in litres and centimetres, there and back."""

    role: str
    origin: plan.Place
    vehicle: int | None
    party: int
    max_detour_s: int
    out_litres: int
    out_length_cm: int
    back_litres: int
    back_length_cm: int


def begin(*, organiser: User, outing: Plan, now: datetime) -> Outing:
    """A new outing, open for everybody who has its link."""
    lock_people(organiser.pk)
    if outing.earliest_at <= now:
        raise InThePast
    if not outing.earliest_at <= outing.latest_at <= outing.return_at:
        raise Invalid(_("Arrive first, then leave for home: please check the times."))
    return Outing.objects.create(
        organiser=organiser,
        title=outing.title,
        destination=streets.keep_place(outing.destination),
        earliest_at=outing.earliest_at,
        latest_at=outing.latest_at,
        return_at=outing.return_at,
        time_zone=streets.the_region().manifest.time_zone,
    )


def join(*, outing_id: int, person: User, part: Part, now: datetime) -> Outing:
    """Take part, or change how; a proposal made for other wishes no longer asks anybody."""
    lock_people(person.pk)
    outing = lock_outing(outing_id)
    _require_open(outing, now)
    _require_no_standing_car(outing, person)
    vehicle = _own_vehicle(person, part)
    fields: dict[str, Any] = {
        "role": part.role,
        "origin": streets.keep_place(part.origin),
        "vehicle": vehicle,
        "party": part.party,
        "max_detour_s": part.max_detour_s,
        "out_litres": part.out_litres,
        "out_length_cm": part.out_length_cm,
        "back_litres": part.back_litres,
        "back_length_cm": part.back_length_cm,
    }
    Participant.objects.update_or_create(outing=outing, person=person, defaults=fields)
    return changed(outing, Outing.State.GATHERING)


def leave(*, outing_id: int, person: User, now: datetime) -> Outing:
    """Not coming after all."""
    lock_people(person.pk)
    outing = lock_outing(outing_id)
    _require_open(outing, now)
    _require_no_standing_car(outing, person)
    deleted, _rows = outing.participants.filter(person=person).delete()
    if not deleted:
        raise NotFound
    return changed(outing, Outing.State.GATHERING)


def ask_for_cars(*, outing_id: int, organiser: User, now: datetime) -> Outing:
    """The organiser has the cars worked out, by a job of this transaction; everybody is asked afterwards."""
    lock_people(organiser.pk)
    outing = lock_outing(outing_id)
    if outing.organiser_id != organiser.pk:
        raise NotFound
    _require_open(outing, now)
    if outing.participants.count() < 2:
        raise TooFew
    changed(outing, Outing.State.GROUPING)
    jobs.group_outing(outing.pk, outing.version)
    return outing


def changed(outing: Outing, state: str) -> Outing:
    """A new version in `state`, and everybody who goes hears of it."""
    outing.state = state
    outing.version += 1
    outing.save(update_fields=["state", "version"])
    news.of_outing(outing)
    return outing


def standing_cars(outing: Outing) -> Any:
    """The cars whose people all said yes: they have an offer and bookings."""
    return ProposedCar.objects.filter(proposal__outing=outing, offer__isnull=False)


def people_in_standing_cars(outing: Outing) -> set[int]:
    """Ids of the participants whose seats are booked."""
    cars = standing_cars(outing)
    return set(cars.values_list("driver_id", flat=True)) | {
        participant_id for participant_id in cars.values_list("seats__participant_id", flat=True) if participant_id
    }


def _require_open(outing: Outing, now: datetime) -> None:
    if outing.state not in OPEN or outing.earliest_at <= now:
        raise OutingClosed


def _require_no_standing_car(outing: Outing, person: User) -> None:
    if outing.participants.filter(person=person, pk__in=people_in_standing_cars(outing)).exists():
        raise CarStands


def _own_vehicle(person: User, part: Part) -> Vehicle | None:
    if part.role == Participant.Role.RIDE:
        return None
    mine = Vehicle.objects.filter(owner=person, configurations__isnull=False).order_by("pk")
    vehicle = mine.filter(pk=part.vehicle).first() if part.vehicle else mine.first()
    if vehicle is None:
        raise Invalid(_("Please tell us first which car you drive."))
    return vehicle
