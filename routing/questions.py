"""Questions put to the engine as JSON files: which plans fit a request, which people share a car."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from routing.grouping import GroupingProblem, Person, group
from routing.grouping.problem import Direction, Window
from routing.matching.ranking import rank
from routing.plain import BadQuestion, from_plain
from routing.plan import Configuration, Load, Place, TripRequest, VehiclePlan
from routing.region import Region


@dataclass(frozen=True, slots=True)
class MatchQuestion:
    """{"plans": [VehiclePlan, …], "request": TripRequest, "k": 10}"""

    plans: tuple[VehiclePlan, ...]
    request: TripRequest
    k: int = 10


@dataclass(frozen=True, slots=True)
class Participant:
    """A grouping.Person who starts at a place instead of at a row of a matrix."""

    origin: Place
    role: str
    at_destination: Window
    party: int = 1
    load: Load = field(default=Load())
    configurations: tuple[Configuration, ...] = ()
    max_detour_s: int = 900


@dataclass(frozen=True, slots=True)
class GroupQuestion:
    """{"destination": Place, "direction": "out", "people": [Participant, …], "seed": 0, "budget_s": 10}"""

    destination: Place
    people: tuple[Participant, ...]
    direction: str = "out"
    seed: int = 0
    budget_s: float = 10.0


def match(region: Region, question: Path) -> list[dict[str, Any]]:
    """The best insertions, the smallest score first."""
    asked: MatchQuestion = from_plain(MatchQuestion, _read(question))
    return [asdict(insertion) for insertion in rank(asked.plans, asked.request, region, asked.k)]


def share_cars(region: Region, question: Path) -> dict[str, Any]:
    """The cars, and how far from the best they are at most; people are positions in the question."""
    asked: GroupQuestion = from_plain(GroupQuestion, _read(question))
    places = [asked.destination, *(person.origin for person in asked.people)]
    seconds, metres = region.travel.matrix(places, places)
    direction: Direction = "back" if asked.direction == "back" else "out"
    people = tuple(_person(row, participant) for row, participant in enumerate(asked.people, start=1))
    try:
        problem = GroupingProblem(people, 0, seconds, metres, direction)
    except ValueError as error:
        raise BadQuestion(str(error)) from error
    return asdict(group(problem, seed=asked.seed, budget_s=asked.budget_s))


def _person(row: int, participant: Participant) -> Person:
    if participant.role not in ("drive", "ride", "either"):
        raise BadQuestion(f'A role is "drive", "ride" or "either", not "{participant.role}".')
    return Person(
        origin=row,
        role=participant.role,  # type: ignore[arg-type]
        at_destination=participant.at_destination,
        party=participant.party,
        load=participant.load,
        configurations=participant.configurations,
        max_detour_s=participant.max_detour_s,
    )


def _read(question: Path) -> Any:
    try:
        return json.loads(question.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadQuestion(f"There is no file {question}.") from None
    except ValueError as error:
        raise BadQuestion(f"{question} is no JSON: {error}.") from error
