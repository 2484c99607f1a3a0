"""I9: what ends a thing, or moves it on, happens once; and nothing more happens to what has ended."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from tests.torture.history import Deed

ONCE = {
    "accept": "booking",
    "cancel": "booking",
    "decline": "booking",
    "take": "card",
    "depart": "offer",
    "complete": "offer",
    "call off": "offer",
}
ENDS = ("cancel", "decline", "complete", "call off")
GOES_ON = {"booking": ("accept", "cancel", "decline", "reduce"), "offer": ("depart", "complete", "call off", "change")}


def violations(deeds: Iterable[Deed]) -> Iterator[str]:
    """A sentence for each."""
    done: dict[tuple[str, int | None], list[Deed]] = defaultdict(list)
    for deed in deeds:
        kind = deed.call.kind
        thing = ONCE.get(kind) or next((name for name, kinds in GOES_ON.items() if kind in kinds), None)
        if deed.acknowledged and thing:
            done[thing, deed.call.about].append(deed)
    for (thing, about), acknowledged in done.items():
        for kind in ONCE:
            keys = [deed.call.key for deed in acknowledged if deed.call.kind == kind]
            if len(keys) > 1:
                yield f"I9: {kind} of {thing} {about} was acknowledged {len(keys)} times: {', '.join(keys)}."
        if sum(deed.call.kind in ("cancel", "decline") for deed in acknowledged) > 1:
            yield f"I9: {thing} {about} was given back more than once."
        ended_at = min((deed.known_at for deed in acknowledged if deed.call.kind in ENDS), default=float("inf"))
        for deed in acknowledged:
            if deed.began_at > ended_at and deed.call.kind in GOES_ON.get(thing, ()):
                yield f"I9: {deed.call.kind} of {thing} {about} was acknowledged after its end."
