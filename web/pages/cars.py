"""The proposed cars of an outing, ready to be read."""

from dataclasses import dataclass
from typing import Any

from rides.models import Outing, Participant, Proposal, ProposedCar
from web import place_names


@dataclass(frozen=True, slots=True)
class Seen:
    """The latest proposal: cars with their people, each one's answer (participant id → yes), who is left out."""

    proposal: Proposal
    cars: list[dict[str, Any]]
    answers: dict[int, bool]
    left_out: list[dict[str, Any]]


def latest(outing: Outing) -> Seen | None:
    """What is proposed now; None before the first proposal."""
    proposal = outing.proposals.order_by("-version").first()
    if proposal is None:
        return None
    answers = dict(proposal.answers.values_list("participant_id", "yes"))
    rows = proposal.cars.select_related("driver__person", "driver__vehicle", "driver__origin").prefetch_related(
        "seats__participant__person", "seats__participant__origin"
    )
    people = {one.pk: one for one in outing.participants.all()}
    left_out = [{**item, "who": people.get(item["participant"])} for item in proposal.left_out]
    return Seen(proposal, [_car(car, answers) for car in rows], answers, left_out)


def _car(car: ProposedCar, answers: dict[int, bool]) -> dict[str, Any]:
    aboard = [_person(car.driver, answers)] + [
        _person(seat.participant, answers) | {"at": seat.at} for seat in car.seats.all()
    ]
    said = sum(one["yes"] is True for one in aboard)
    return {"car": car, "out": car.direction == ProposedCar.Direction.OUT, "aboard": aboard, "said_yes": said}


def _person(participant: Participant, answers: dict[int, bool]) -> dict[str, Any]:
    return {"participant": participant, "yes": answers.get(participant.pk)}


def map_ends(outing: Outing, *, takes_part: bool) -> list[dict[str, Any]]:
    """Where people go; for those who take part also where the others come from, by public points."""
    people = outing.participants.all() if takes_part else ()
    starts = {(one.origin.public_lat, one.origin.public_lon): one.origin.public_label for one in people}
    ends = [{"kind": "stop", "at": f"{lat},{lon},", "label": label} for (lat, lon), label in starts.items()]
    return [*ends, {"kind": "end", "at": place_names.as_field(outing.destination), "label": outing.destination.label}]
