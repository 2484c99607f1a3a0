"""The one way out: public events and hints leave after commit, and nobody waits for them."""

import hashlib
import json
from functools import partial
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from realtime import outbox
from realtime.topics import person_topic

MAX_EVENT_BYTES = 6000  # a NOTIFY carries less than 8000 bytes, and the envelope is in them


def encode(message: dict[str, Any]) -> str:
    """One line of JSON; instants and days as the API writes them."""
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False, cls=DjangoJSONEncoder)


def publish(topic: str, event: dict[str, Any], *, about: int | None = None) -> None:
    """Tell everyone on `topic` once the change is really in the database.

    An event is the whole new truth with its version, never a difference; it names its thing by `<kind>_id`:
    `{"kind": "offer", "offer_id": 12, "version": 7, "seats_left": 2, "state": "published"}`.
    `about` is the person it comes from: it is not shown, and who has blocked them does not get the event.
    """
    message = public_message(topic, event, about)
    size = len(message["text"].encode())
    if size > MAX_EVENT_BYTES:
        raise ValueError(f"An event of {size} bytes; {MAX_EVENT_BYTES} are allowed: send ids, not text.")
    _after_commit(topic, message)


def public_message(topic: str, event: dict[str, Any], about: int | None) -> dict[str, Any]:
    """A public event as it travels between processes: `key` is the thing it tells of, `text` what a socket is sent."""
    kind = event["kind"]
    return {
        "kind": "public",
        "topic": topic,
        "key": f"{kind}.{event.get(f'{kind}_id', topic)}",
        "version": event.get("version", 0),
        "about": about,
        "text": encode({"type": "public", "topic": topic, "data": event}),
    }


def hint(person_id: int, seq: int) -> None:
    """The person's stream is at `seq`: their sockets go and read."""
    _tell_sockets(person_id, {"kind": "hint", "seq": seq})


def recheck(person_id: int) -> None:
    """What this person may see has changed (a block, a community left): their sockets ask again for every topic."""
    _tell_sockets(person_id, {"kind": "recheck"})


def signed_out(person_id: int, session_key: str) -> None:
    """The sockets of this session close; the key itself does not travel."""
    _tell_sockets(person_id, {"kind": "signed_out", "session": digest(session_key)})


def digest(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()


def _tell_sockets(person_id: int, message: dict[str, Any]) -> None:
    topic = person_topic(person_id)
    _after_commit(topic, {**message, "topic": topic})


def _after_commit(topic: str, message: dict[str, Any]) -> None:
    transaction.on_commit(partial(outbox.put, topic, message), robust=True)
