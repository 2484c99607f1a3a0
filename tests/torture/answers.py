"""I3: one key and body have one answer, byte for byte; another body under that key is 422."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from tests.torture.history import REUSED, Deed

UNKEPT = ("invalid",)
"""A form that was not understood never reached a command, so nothing is kept of it."""


def violations(deeds: Iterable[Deed]) -> Iterator[str]:
    """A sentence for each."""
    by_key: dict[tuple[int, str], list[Deed]] = defaultdict(list)
    for deed in deeds:
        by_key[deed.call.person, deed.call.key].append(deed)
    for (_person, key), bodies in by_key.items():
        for deed in bodies:
            told = sorted({(one.status, one.digest[:8]) for one in deed.answers})
            if len(told) > 1:
                yield f"I3: {deed.call.kind} {key} was answered in {len(told)} ways: {told}."
        if sum(deed.acknowledged for deed in bodies) > 1:
            yield f"I3: {key} was acknowledged with more than one body."
        for first in bodies:
            for other in bodies:
                if other is not first:
                    yield from _taken_for_another(first, other)


def _taken_for_another(first: Deed, other: Deed) -> Iterator[str]:
    """What `first` was told for good holds the key from then on."""
    known_at = min((one.at for one in first.answers if one.code not in UNKEPT), default=float("inf"))
    for attempt in other.attempts:
        told = attempt.told
        if told and attempt.sent_at > known_at and told.status < 500 and told.code not in (REUSED, *UNKEPT):
            yield f"I3: {other.call.key} had another body and was told {told.status} {told.code}, not {REUSED}."
