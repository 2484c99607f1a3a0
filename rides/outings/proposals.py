"""Who rides with whom: people → a grouping problem → proposed cars → each one's own yes → offers with bookings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import blocks
from accounts.models import Place, User
from rides import news, planner, streets
from rides.bookings import diary
from rides.bookings.diary import MAY_BE_LATER
from rides.bookings.endings import touched
from rides.bookings.seats import take
from rides.driving import offers, stops
from rides.errors import NotFound, PlanChanged, RideError
from rides.locks import lock_outing, lock_people, require_transaction
from rides.models import (
    Booking,
    Outing,
    Participant,
    Proposal,
    ProposalAnswer,
    ProposedCar,
    ProposedSeat,
    RideOffer,
)
from rides.outings.outings import CarStands, changed, people_in_standing_cars
from routing import grouping, plan
from routing.grouping.problem import Role

ANSWER_WITHIN = timedelta(hours=24)
BEFORE_THE_OUTING = timedelta(hours=3)
BUDGET_S = 10
DWELL_S = 60
ROLES: dict[str, Role] = {"drive": "drive", "ride": "ride", "either": "either"}
OUT, BACK = ProposedCar.Direction.OUT, ProposedCar.Direction.BACK


class ProposalStale(RideError):
    """The answer is to a proposal that is not the latest, or no longer asks."""

    code = "proposal_stale"
    sentence = _("The proposal has changed meanwhile. Please look at the new one.")


@dataclass(frozen=True, slots=True)
class Worked:
    """What the engine found for the people of one version of an outing."""

    outing_version: int
    people: Sequence[Participant]
    out: grouping.Grouping
    back_people: Sequence[Participant]
    back: grouping.Grouping


# --- working it out ----------------------------------------------------------------------------------------------


def work_out(outing: Outing, progress: Callable[[float, str], None] | None = None) -> Worked:
    """Group everybody whose seats are not booked yet, there and then home; no lock, and never in a web process."""
    settled = people_in_standing_cars(outing)
    people = list(
        outing.participants.exclude(pk__in=settled).select_related("origin", "vehicle", "person").order_by("pk")
    )
    out = grouping.group(_problem(outing, people, OUT), budget_s=BUDGET_S, progress=progress)
    stranded = {item.person for item in out.left_out}
    back_people = [person for i, person in enumerate(people) if i not in stranded]
    position = {person.pk: i for i, person in enumerate(back_people)}
    drove = {people[car.driver].pk for car in out.cars} | {people[i].pk for i in out.alone}
    shared = [
        (position[people[a].pk], position[people[b].pk])
        for car in out.cars
        for a, b in _pairs([car.driver, *car.riders])
    ]
    home = _problem(outing, back_people, BACK, drove=drove, prefer=tuple(shared))
    back = grouping.group(home, budget_s=BUDGET_S, progress=progress)
    return Worked(outing.version, people, out, back_people, back)


def _problem(
    outing: Outing,
    people: Sequence[Participant],
    direction: str,
    *,
    drove: set[int] | None = None,
    prefer: tuple[tuple[int, int], ...] = (),
) -> grouping.GroupingProblem:
    """The people as plain data; the way home has other loads, and exactly those who drove there have a car."""
    places = [streets.public(person.origin) for person in people] + [streets.public(outing.destination)]
    seconds, metres = streets.the_region().travel.matrix(places, places)
    if direction == OUT:
        window = grouping.Window(planner.epoch_s(outing.earliest_at), planner.epoch_s(outing.latest_at))
    else:
        window = grouping.Window(planner.epoch_s(outing.return_at), planner.epoch_s(outing.return_at) + 900)
    plain = []
    for i, person in enumerate(people):
        back_load = plan.Load(person.back_litres, person.back_length_cm)
        one = grouping.Person(
            origin=i,
            role=ROLES[person.role],
            at_destination=window,
            party=person.party,
            load=plan.Load(person.out_litres, person.out_length_cm) if direction == OUT else back_load,
            configurations=_configurations(person),
            max_detour_s=person.max_detour_s,
        )
        if drove is not None:
            one = replace(one, role="drive" if person.pk in drove else "ride")
        plain.append(one)
    number = {person.person_id: i for i, person in enumerate(people)}
    apart = tuple((number[one], number[other]) for one, other in sorted(blocks.pairs_among(set(number))))
    return grouping.GroupingProblem(
        people=tuple(plain),
        destination=len(people),
        seconds=seconds,
        metres=metres,
        direction="out" if direction == OUT else "back",
        apart=apart,
        prefer=prefer,
        dwell_s=DWELL_S,
    )


def _configurations(person: Participant) -> tuple[plan.Configuration, ...]:
    if person.vehicle is None:
        return ()
    return tuple(plan.Configuration(**way) for way in planner.configurations_of(person.vehicle))


def _pairs(people: Sequence[int]) -> list[tuple[int, int]]:
    return [(one, other) for i, one in enumerate(people) for other in people[i + 1 :]]


# --- proposing ---------------------------------------------------------------------------------------------------


def propose(*, outing_id: int, worked: Worked, now: datetime) -> Proposal:
    """Write the cars down and ask everybody; raises PlanChanged when people joined or left meanwhile."""
    require_transaction()
    outing = lock_outing(outing_id)
    if outing.version != worked.outing_version or outing.state != Outing.State.GROUPING:
        raise PlanChanged
    last = outing.proposals.order_by("-version").values_list("version", flat=True).first() or 0
    both = ((OUT, worked.out, worked.people), (BACK, worked.back, worked.back_people))
    proposal = Proposal.objects.create(
        outing=outing,
        version=last + 1,
        certificate={direction: _certificate(found) for direction, found, _people in both},
        saved={
            "km": round(worked.out.saved.km + worked.back.saved.km, 1),
            "cars": worked.out.saved.cars,
            "co2_kg": round(worked.out.saved.co2_kg + worked.back.saved.co2_kg, 1),
        },
        left_out=[
            {"participant": people[item.person].pk, "direction": direction, "reason": item.reason}
            for direction, found, people in both
            for item in found.left_out
        ],
        answer_by=max(min(now + ANSWER_WITHIN, outing.earliest_at - BEFORE_THE_OUTING), now + timedelta(minutes=15)),
    )
    for direction, found, people in both:
        for car in found.cars:
            _write_car(proposal, direction, car, people)
    changed(outing, Outing.State.PROPOSED)
    return proposal


def _certificate(found: grouping.Grouping) -> dict[str, float | bool]:
    one = found.certificate
    return {"value_m": one.value_m, "lower_bound_m": one.lower_bound_m, "gap": one.gap, "proven": one.proven}


def _write_car(proposal: Proposal, direction: str, car: grouping.GroupedCar, people: Sequence[Participant]) -> None:
    row = ProposedCar.objects.create(
        proposal=proposal,
        direction=direction,
        driver=people[car.driver],
        departs_at=planner.instant(car.at_s[0]),
        arrives_at=planner.instant(car.at_s[-1]),
        detour_s=max(0, car.detour_s),
        distance_m=car.distance_m,
    )
    ProposedSeat.objects.bulk_create(
        ProposedSeat(car=row, participant=people[rider], sequence=i, at=planner.instant(at_s))
        for i, (rider, at_s) in enumerate(zip(car.riders, car.at_s[1:-1], strict=True))
    )


# --- answering ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Roads:
    """The cars a person sits in, each with the seconds and metres between its stops and of its driver's empty trip."""

    proposal_id: int
    people: frozenset[int]
    legs: dict[int, tuple[list[tuple[int, int]], tuple[int, int]]]


def prepare_answer(outing_id: int, person: User, proposal_version: int) -> Roads:
    """Outside of any lock: the roads of the person's cars, and everybody in them; raises NotFound, ProposalStale."""
    proposal = Proposal.objects.filter(outing_id=outing_id).order_by("-version").first()
    if proposal is None or not Participant.objects.filter(outing_id=outing_id, person=person).exists():
        raise NotFound
    if proposal.version != proposal_version:
        raise ProposalStale
    people, legs = {person.pk}, {}
    for car in _cars_of(proposal, person):
        people |= {participant.person_id for participant in _aboard(car)}
        line = [streets.public(place) for place in _line(car)]
        legs[car.pk] = planner.legs_through(line), planner.legs_through([line[0], line[-1]])[0]
    return Roads(proposal.pk, frozenset(people), legs)


def answer(*, outing_id: int, person: User, yes: bool, roads: Roads, now: datetime) -> Outing:
    """A person's own yes or no. A car whose people have all said yes becomes an offer with bookings, at once."""
    lock_people(*roads.people)
    outing = lock_outing(outing_id)
    proposal = outing.proposals.order_by("-version").first()
    if proposal is None or proposal.pk != roads.proposal_id:
        raise ProposalStale
    if outing.state != Outing.State.PROPOSED or now > proposal.answer_by:
        raise ProposalStale
    cars = list(_cars_of(proposal, person))
    if not yes and any(car.offer_id for car in cars):
        raise CarStands
    me = outing.participants.get(person=person)
    ProposalAnswer.objects.update_or_create(proposal=proposal, participant=me, defaults={"yes": yes, "at": now})
    said_yes = set(proposal.answers.filter(yes=True).values_list("participant_id", flat=True))
    for car in cars:
        if car.offer_id is None and {participant.pk for participant in _aboard(car)} <= said_yes:
            _let_stand(outing, car, *roads.legs[car.pk])
    news.of_outing(outing)
    return outing


def _let_stand(outing: Outing, car: ProposedCar, roads: list[tuple[int, int]], empty: tuple[int, int]) -> None:
    """The car's offer, its stops, and a confirmed booking for each rider; in the transaction of the last yes."""
    vehicle = car.driver.vehicle
    if vehicle is None:
        raise NotFound
    offer = offers.begin(
        driver=car.driver.person,
        vehicle=vehicle,
        configurations=planner.configurations_of(vehicle),
        places=_line(car),
        roads=roads,
        dwell_s=DWELL_S,
        departs_at=car.departs_at,
        empty=empty,
        max_detour_s=max(car.driver.max_detour_s, car.detour_s),
        max_detour_m=100_000,
        note=outing.title[:300],
        audience=RideOffer.Audience.LINK,
    )
    line = stops.read(offer)
    first, *_, last = line.stops
    diary.require_free(offer.driver_id, first.planned_at, last.planned_at, but_offers=(offer.pk,))
    for i, seat in enumerate(car.seats.select_related("participant__origin", "participant__person")):
        rider = seat.participant
        out = car.direction == OUT
        pickup, dropoff = (line.stops[i + 1], last) if out else (first, line.stops[i + 1])
        diary.require_free(rider.person_id, pickup.planned_at, dropoff.planned_at)
        load = plan.Load(
            rider.out_litres if out else rider.back_litres, rider.out_length_cm if out else rider.back_length_cm
        )
        booking = Booking(
            offer=offer,
            rider=rider.person,
            state=Booking.State.CONFIRMED,
            seats=rider.party,
            litres=load.litres,
            length_cm=load.length_cm,
            pickup=pickup,
            dropoff=dropoff,
            pickup_place=pickup.place,
            dropoff_place=dropoff.place,
            pickup_at=pickup.planned_at,
            dropoff_at=dropoff.planned_at,
            latest_pickup_at=pickup.planned_at + MAY_BE_LATER,
            latest_dropoff_at=dropoff.planned_at + MAY_BE_LATER,
        )
        take(line.between(pickup, dropoff), booking.carried)
        stops.promise((pickup, booking.latest_pickup_at), (dropoff, booking.latest_dropoff_at))
        booking.save()
        news.of_booking(booking)
    car.offer = offer
    car.save(update_fields=["offer"])
    touched(offer, line)


def _cars_of(proposal: Proposal, person: User) -> list[ProposedCar]:
    mine = proposal.cars.filter(Q(driver__person=person) | Q(seats__participant__person=person)).distinct()
    return list(mine.select_related("driver__person", "driver__origin", "driver__vehicle", "proposal__outing"))


def _aboard(car: ProposedCar) -> list[Participant]:
    return [car.driver, *(seat.participant for seat in car.seats.select_related("participant"))]


def _line(car: ProposedCar) -> list[Place]:
    """The places the car visits, in order."""
    riders = [seat.participant.origin for seat in car.seats.select_related("participant__origin")]
    destination = car.proposal.outing.destination
    if car.direction == OUT:
        return [car.driver.origin, *riders, destination]
    return [destination, *riders, car.driver.origin]
