"""Dataclasses out of plain JSON, for the command line."""

import types
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from routing.errors import RoutingError


class BadQuestion(RoutingError):
    """The JSON does not say what was expected."""

    code = "bad_question"


def from_plain(kind: Any, plain: Any) -> Any:
    """`plain` as an instance of `kind`: a dataclass, a named tuple, a tuple of such, or a simple value.

    Raises BadQuestion, naming the field.
    """
    if is_dataclass(kind) or hasattr(kind, "_fields"):
        names = [field.name for field in fields(kind)] if is_dataclass(kind) else list(kind._fields)
        if isinstance(plain, list) and not is_dataclass(kind):
            plain = dict(zip(names, plain, strict=False))
        if not isinstance(plain, dict):
            raise BadQuestion(f"{kind.__name__} should be an object with {', '.join(names)}.")
        unknown = sorted(set(plain) - set(names))
        if unknown:
            raise BadQuestion(f"{kind.__name__} has no {', '.join(unknown)}; it has {', '.join(names)}.")
        hints = get_type_hints(kind)
        try:
            return kind(**{name: from_plain(hints[name], value) for name, value in plain.items()})
        except (TypeError, ValueError) as error:
            raise BadQuestion(f"{kind.__name__}: {error}.") from error
    if get_origin(kind) is tuple and isinstance(plain, list):
        return tuple(from_plain(get_args(kind)[0], item) for item in plain)
    if isinstance(kind, type) and not isinstance(kind, types.GenericAlias) and not isinstance(plain, kind):
        if kind is float and isinstance(plain, int):
            return float(plain)
        raise BadQuestion(f"{plain!r} should be of the kind {kind.__name__}.")
    return plain
