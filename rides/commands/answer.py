"""What a command answers, whoever sent it: a page, a program, a job."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from rides.errors import RideError


@dataclass(frozen=True, slots=True)
class Answer:
    """HTTP status and JSON; a refusal has `code` and `detail`. `replayed`: it is the stored one of an earlier try."""

    status: int
    data: dict[str, Any] = field(default_factory=dict)
    replayed: bool = field(default=False, compare=False)
    retry_after_s: int | None = None

    @property
    def ok(self) -> bool:
        return self.status < 400


def refusal(error: RideError) -> Answer:
    """A RideError as an answer."""
    data = {"code": error.code, "detail": str(error.sentence), **error.data}
    return Answer(error.status, plain(data), retry_after_s=error.retry_after_s)


def plain(data: Any) -> Any:
    """JSON as somebody reads it who was sent it, so that the first answer and a stored one are the same bytes."""
    return json.loads(as_text(data))


def as_text(data: Any) -> str:
    """The JSON that is stored; the order of names is kept."""
    return json.dumps(data, cls=DjangoJSONEncoder)
