"""What a driver is told, in plain words. A language is one entry of each table; English stands in for any other."""

import re

from routing.plan import Step

LANGUAGES = ("en", "fr")

_NUMBERED = re.compile(r"[A-Z]{1,4}[ -]?\d")
"""A3, N 13, CH-34: one drives on a numbered road and into a street."""

_HEADINGS = {
    "fr": {
        "north": "nord", "north-east": "nord-est", "east": "est", "south-east": "sud-est", "south": "sud",
        "south-west": "sud-ouest", "west": "ouest", "north-west": "nord-ouest",
    }
}  # fmt: skip
_WHERE = {
    "en": {
        "sharp left": "sharp left", "left": "left", "slight left": "slightly left", "straight": "straight on",
        "slight right": "slightly right", "right": "right", "sharp right": "sharp right",
    },
    "fr": {
        "sharp left": "franchement à gauche", "left": "à gauche", "slight left": "légèrement à gauche",
        "straight": "tout droit", "slight right": "légèrement à droite", "right": "à droite",
        "sharp right": "franchement à droite",
    },
}  # fmt: skip
_PHRASES = {
    "en": {
        "depart": "Head {where}{on}",
        "turn": "Turn {where}{into}",
        "straight": "Go straight on{into}",
        "continue": "Continue{on}",
        "keep": "Keep {where}{on}",
        "merge": "Merge{on}",
        "exit": "Take the exit{on}",
        "roundabout": "At the roundabout take the {exit} exit{into}",
        "ring": "Enter the roundabout",
        "ferry": "Take the ferry{street}",
        "uturn": "Make a U-turn{into}",
        "arrive": "You are there",
    },
    "fr": {
        "depart": "Partez vers le {where}{on}",
        "turn": "Tournez {where}{into}",
        "straight": "Continuez tout droit{into}",
        "continue": "Continuez{on}",
        "keep": "Restez {where}{on}",
        "merge": "Insérez-vous{on}",
        "exit": "Prenez la sortie{on}",
        "roundabout": "Au rond-point, prenez la {exit} sortie{into}",
        "ring": "Entrez dans le rond-point",
        "ferry": "Prenez le bac{street}",
        "uturn": "Faites demi-tour{into}",
        "arrive": "Vous y êtes",
    },
}
_INTO, _ON = {"en": "into", "fr": "dans"}, {"en": "on", "fr": "sur"}
_ONTO = {"en": "onto", "fr": "sur"}


def sentence(step: Step, language: str = "en") -> str:
    """ "Turn left into Rua de Cedofeita"; an unknown language is answered in English."""
    language = language if language in LANGUAGES else "en"
    kind = "ring" if step.kind == "roundabout" and not step.exit else step.kind
    if step.direction == "straight":
        kind = {"turn": "straight", "keep": "continue"}.get(kind, kind)
    where = _WHERE[language].get(step.direction, "")
    if kind == "depart":
        where = _HEADINGS.get(language, {}).get(step.direction, step.direction)
        where = where if language != "fr" else _elided(where)
    street = f" {step.street}" if step.street else ""
    numbered = bool(_NUMBERED.match(step.street))
    text = _PHRASES[language][kind].format(
        where=where,
        exit=_ordinal(step.exit, language),
        street=street,
        into=f" {_ONTO[language] if numbered else _INTO[language]}{street}" if street else "",
        on=f" {_ONTO[language] if kind in ('merge', 'exit') else _ON[language]}{street}" if street else "",
    )
    return text.replace("le l'", "l'")


def _elided(heading: str) -> str:
    return f"l'{heading}" if heading.startswith(("e", "o")) else heading


def _ordinal(number: int, language: str) -> str:
    if language == "fr":
        return "1re" if number == 1 else f"{number}e"
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
