"""What a neighbour might do: where to, when, with what in hand."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from demo.town import Town
from routing.distance import metres_between
from routing.plan import Place

WORTH_A_CAR_M = 1500
LIKED = {"store": 3, "station": 4, "school": 3, "hospital": 2, "pool": 2, "centre": 4}
"""How often people go there, against each other."""
HOMEWARD = 0.3
SOON = 0.45
DAYS_AHEAD = 2
NOTES = {
    "store": (("Fetching shelves, room for yours.", "Quick trip for a lamp."), ("Je vais chercher une étagère.",)),
    "station": (("To the train, no rush.",), ("Pour le train, j'ai de la marge.", "Je dépose quelqu'un à la gare.")),
    "school": (("Every day the same way.",), ("Je passe par la place.", "Tous les jours le même trajet.")),
    "hospital": (("On shift at the hospital.",), ("Visite à ma mère, je reste une heure.",)),
    "pool": (("Swimming, towels in the boot.",), ("On va nager !",)),
    "centre": (("Market, back before noon.",), ("Je vais au marché, il y a de la place pour les paniers.",)),
    "home": (("On my way home.",), ("Je rentre.",)),
}
WISHES = {
    "store": (("One parcel comes along.",), ("J'aurai un carton.",)),
    "station": (("I have a train to catch.",), ("J'ai un train à prendre.",)),
    "hospital": (("I walk slowly, thank you for waiting.",), ("Je marche lentement, merci.",)),
}


@dataclass(frozen=True, slots=True)
class Trip:
    """From a door to a place that everybody knows, or back; `what` names that place, "home" on the way back."""

    origin: Place
    destination: Place
    what: str


def draw(town: Town, home: Place, rng: random.Random) -> Trip:
    """Somewhere to go for who lives at `home`."""
    away_m = {what: metres_between(home, place) for what, place in town.haunts.items()}
    far = [what for what in away_m if away_m[what] > WORTH_A_CAR_M]
    whats = far or sorted(away_m, key=lambda what: -away_m[what])[:2]
    what = rng.choices(whats, [LIKED[one] for one in whats])[0]
    haunt = town.haunts[what]
    return Trip(haunt, home, "home") if rng.random() < HOMEWARD else Trip(home, haunt, what)


def departure(now: datetime, time_zone: str, rng: random.Random) -> datetime:
    """Within the next hour or so, at any hour; else by day, within two days."""
    if rng.random() < SOON:
        return now + timedelta(minutes=rng.randrange(8, 75))
    return by_day(now, time_zone, rng)


def by_day(now: datetime, time_zone: str, rng: random.Random) -> datetime:
    """Some five minutes of the next two days between six and ten, local time."""
    while True:
        at = now + timedelta(minutes=rng.randrange(60, DAYS_AHEAD * 24 * 60 - 60))
        if 6 <= at.astimezone(ZoneInfo(time_zone)).hour < 22:
            return at.replace(minute=at.minute // 5 * 5, second=0, microsecond=0)


def note(trip: Trip, language: str, rng: random.Random) -> str:
    """A driver's few words, or none."""
    return _words(NOTES, trip, language, rng) if rng.random() < 0.6 else ""


def wish(trip: Trip, language: str, rng: random.Random) -> dict[str, Any]:
    """What a rider asks for beside the way: a kind, people, a load, words (fields of `RequestIn`)."""
    shopping = trip.what == "store" and rng.random() < 0.6
    return {
        "kind": "shopping" if shopping else "ride",
        "seats": 2 if rng.random() < 0.15 else 1,
        "litres": rng.choice((40, 80, 120)) if shopping else 0,
        "note": _words(WISHES, trip, language, rng),
    }


def _words(
    of: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]], trip: Trip, language: str, rng: random.Random
) -> str:
    english, french = of.get(trip.what, ((), ()))
    return rng.choice((french if language == "fr" else english) or ("",))
