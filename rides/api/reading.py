"""What may be sent: JSON of a sane size and depth, text that a database can keep, the fields that are asked for.

What is not known is refused and named, rather than passed over: a program that writes `seat` for `seats` would
otherwise book one seat for two people and read that all is well.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer, ListSerializer, Serializer
from rest_framework.utils.mediatypes import media_type_matches

from rides.errors import Invalid, RideError

MAX_BYTES = 64 * 1024
MAX_DEPTH = 12
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2199, 12, 31)
"""No ride is earlier or later, and a window around any hour between them is a date still."""
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""NUL, which PostgreSQL cannot keep, and halves of characters, which UTF-8 cannot."""


class TooLarge(RideError):
    """More than any of our forms holds."""

    code = "too_large"
    status = 413
    sentence = _("This is more than can be sent at once.")


class Json(JSONParser):
    """The only media type of ours."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise TooLarge
        try:
            data = super().parse(BytesIO(raw), media_type, parser_context)
        except RecursionError:
            raise ParseError from None
        for value, depth in _walk(data):
            if depth > MAX_DEPTH or (isinstance(value, str) and _NO_TEXT.search(value)):
                raise ParseError
        return data


def sent(serializer: type[BaseSerializer[Any]], request: Request) -> dict[str, Any]:
    """The validated body; raises ValidationError with what is wrong, by field."""
    return _valid(serializer, request.data)


def sent_nothing(request: Request) -> tuple[()]:
    """For a step that asks for nothing, and reads nothing but JSON; raises ValidationError when something came."""
    if is_json(request):
        _valid(Serializer, request.data)
    return ()


def is_json(request: Request) -> bool:
    return media_type_matches("application/json", request.content_type or "")


def queried(serializer: type[BaseSerializer[Any]], request: Request) -> dict[str, Any]:
    """The validated query string; what it says beside is for somebody else."""
    return _valid(serializer, request.query_params, known_only=False)


def require_text(request: Request) -> None:
    """Raises Invalid for a query string that holds what no text holds."""
    if any(_NO_TEXT.search(part) for pair in request.query_params.lists() for part in (pair[0], *pair[1])):
        raise Invalid


def _valid(serializer: type[BaseSerializer[Any]], data: Any, *, known_only: bool = True) -> dict[str, Any]:
    form = serializer(data=data)
    unknown = _unknown(form, data) if known_only else {}
    form.is_valid(raise_exception=not unknown)
    if unknown:
        raise ValidationError(dict(form.errors) | unknown)
    _require_in_time(form.validated_data)
    return dict(form.validated_data)


def _unknown(form: Any, data: Any) -> dict[str, Any]:
    """What is sent and not asked for, by field, as deep as the form goes."""
    if isinstance(form, ListSerializer) and isinstance(data, list):
        each = {str(i): _unknown(form.child, one) for i, one in enumerate(data)}
        return {i: wrong for i, wrong in each.items() if wrong}
    if not isinstance(form, Serializer) or not isinstance(data, dict):
        return {}
    wrong: dict[str, Any] = {}
    for name, value in data.items():
        field = form.fields.get(name)
        if field is None or field.read_only:
            wrong[name] = [_("There is no such field.")]
        elif deeper := _unknown(field, value):
            wrong[name] = deeper
    return wrong


def _require_in_time(data: Any) -> None:
    for value, _depth in _walk(data):
        if isinstance(value, datetime):
            value = value.astimezone(UTC).date()
        if isinstance(value, date) and not FIRST_DAY <= value <= LAST_DAY:
            raise Invalid(_("That is too long ago, or too far ahead."))


def _walk(data: Any) -> Iterator[tuple[Any, int]]:
    """Every value, and every name, with its depth."""
    rest = [(data, 1)]
    while rest:
        value, depth = rest.pop()
        yield value, depth
        if isinstance(value, dict):
            rest += [(inside, depth + 1) for pair in value.items() for inside in pair]
        elif isinstance(value, list):
            rest += [(inside, depth + 1) for inside in value]
