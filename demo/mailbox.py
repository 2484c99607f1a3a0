"""The demo's own mailbox: letters lie in files (Django's filebased backend) and are read on a page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

BETWEEN = b"\n" + b"-" * 79 + b"\n"
"""What the backend writes after each letter."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it arrived."""

    to: str
    subject: str
    text: str
    at: datetime


def newest(count: int = 50) -> list[Letter]:
    """The letters of the demo, the last first."""
    files = sorted(_folder().glob("*.log"), key=lambda file: file.stat().st_mtime_ns, reverse=True)[:count]
    return [letter for file in files for letter in _letters(file)][:count]


def empty() -> None:
    """Throw them all away."""
    for file in _folder().glob("*.log"):
        file.unlink(missing_ok=True)


def _letters(file: Path) -> Iterator[Letter]:
    at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    for part in reversed(file.read_bytes().split(BETWEEN)):
        message = message_from_bytes(part, _class=EmailMessage, policy=policy.default)
        if message["To"]:
            body = message.get_body(("plain",))
            yield Letter(message["To"], message["Subject"] or "", body.get_content().strip() if body else "", at)


def _folder() -> Path:
    return Path(settings.EMAIL_FILE_PATH)
