"""Errors as problem+json (RFC 9457) with a stable `code`."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from rides.commands import Answer
from rides.commands.answer import refusal
from rides.errors import RideError

Method = TypeVar("Method", bound=Callable[..., Any])
CONTENT_TYPE = "application/problem+json"


def as_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: a RideError or a DRF error as a problem; anything else is a bug and stays loud."""
    if isinstance(error, RideError):
        return answered(refusal(error))
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, Http404 | exceptions.NotFound):
        code, detail = "not_found", "There is nothing here (any more)."
    elif isinstance(error, exceptions.ValidationError):
        code, detail = "invalid", "Please check what you entered."
    elif isinstance(error, exceptions.APIException):
        code, detail = str(error.get_codes()), str(error.detail)
    else:
        code, detail = "forbidden", str(error) or "This is not allowed."
    extra = {"errors": response.data} if isinstance(error, exceptions.ValidationError) else {}
    headers = {
        name: value for name, value in response.headers.items() if name in ("WWW-Authenticate", "Allow", "Retry-After")
    }
    return _problem(response.status_code, {"code": code, "detail": detail, **extra}, headers)


def answered(answer: Answer) -> Response:
    """A command's answer as a response."""
    headers = {}
    if answer.replayed:
        headers["Idempotency-Replayed"] = "true"
    if answer.retry_after_s is not None:
        headers["Retry-After"] = str(answer.retry_after_s)
    if answer.ok:
        return Response(answer.data, status=answer.status, headers=headers)
    return _problem(answer.status, answer.data, headers)


def _problem(status: int, data: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    body = {"type": "about:blank", "title": data["detail"], "status": status, **data}
    return Response(body, status=status, content_type=CONTENT_TYPE, headers=headers)


def problems(*refusals: type[Exception]) -> Callable[[Method], Method]:
    """For a view's method that runs no command: what it may refuse beside what all may, for the schema."""

    def say(method: Method) -> Method:
        method.refusals = refusals  # type: ignore[attr-defined]
        return method

    return say
