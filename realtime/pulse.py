"""What a heartbeat says: where the streams and topics are, and which sessions have ended."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from realtime import registry, sessions
from realtime.models import Stream
from realtime.sessions import SignedIn
from realtime.streams import Cursor


@dataclass(frozen=True, slots=True)
class Pulse:
    heads: dict[int, Cursor]
    versions: dict[str, int]
    ended: set[SignedIn]
    marks: list[str]
    changes: list[registry.PublicNews]

    def message(self, person_id: int | None, topics: Collection[str]) -> dict[str, Any]:
        """The heartbeat for one socket."""
        head = self.heads.get(person_id) if person_id is not None else None
        return {
            "type": "heartbeat",
            "epoch": str(head.epoch) if head else None,
            "head": head.seq if head else 0,
            "versions": {topic: self.versions[topic] for topic in sorted(topics) if topic in self.versions},
        }


def take_pulse(signed_in: Collection[SignedIn], topics: Collection[str], marks: Sequence[str] = ()) -> Pulse:
    """For all sockets of a process at once, so that a heartbeat costs a few queries however many there are.

    `marks` are those of the pulse before: what has changed on the topics since then is told again.
    """
    people = {each.person_id for each in signed_in}
    rows = Stream.objects.filter(pk__in=people).values_list("pk", "epoch", "head") if people else ()
    heads = {person_id: Cursor(epoch, head) for person_id, epoch, head in rows}
    following, changes = registry.changes(marks, topics)
    return Pulse(heads, registry.versions(topics), sessions.ended(signed_in), following, changes)
