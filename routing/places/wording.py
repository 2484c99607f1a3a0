"""Makes names comparable: without accents, case and punctuation, in the words people type."""

import re
import unicodedata

_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+[a-z]?|\d+(bis|ter|quater)")

_SAME = {
    "bd": "boulevard", "bld": "boulevard", "blvd": "boulevard", "av": "avenue", "ave": "avenue", "ste": "sainte",
    "str": "strasse", "pl": "place", "rte": "route", "chem": "chemin", "imp": "impasse", "all": "allee",
}  # fmt: skip
_MEANING = {
    "ecole": "school", "lycee": "school", "college": "school", "creche": "kindergarten", "maternelle": "kindergarten",
    "pharmacie": "pharmacy", "gare": "station", "supermarche": "supermarket", "hopital": "hospital",
    "medecin": "doctors", "docteur": "doctors", "doctor": "doctors", "dentiste": "dentist", "boulangerie": "bakery",
    "meubles": "furniture", "marche": "marketplace", "mairie": "townhall", "poste": "post", "piscine": "swimming",
    "bibliotheque": "library", "parking": "parking", "cinema": "cinema", "eglise": "worship", "church": "worship",
    "jardinerie": "garden", "bricolage": "doityourself", "diy": "doityourself", "veterinaire": "veterinary",
}  # fmt: skip


def fold(text: str) -> str:
    """Lower case, no accents: "Rue de l'Église" → "rue de l'eglise"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """The words of a name or a query, each once, in order, with common abbreviations written out."""
    return list(dict.fromkeys(_SAME.get(word, word) for word in _WORD.findall(fold(text))))


def meaning(word: str) -> str | None:
    """The word OpenStreetMap's tags use for what a French or English word means ("pharmacie" → "pharmacy")."""
    return _MEANING.get(word)


def is_house_number(word: str) -> bool:
    """Whether a word may be the number of a house: "12", "12b", "3bis"."""
    return _NUMBER.fullmatch(word) is not None


def same_number(mapped: str, asked: str) -> bool:
    """Whether a mapped number ("12 B", "10-14") is or contains the one asked for ("12b", "12")."""
    folded = re.sub(r"\s+", "", fold(mapped))
    if folded == asked:
        return True
    ends = re.fullmatch(r"(\d+)[-–](\d+)", folded)
    return bool(ends and asked.isdigit() and int(ends[1]) <= int(asked) <= int(ends[2]))
