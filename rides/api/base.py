"""What the API's views are made of.

A view says what it is, and inherits how that is done and documented. `rides/urls.py` gives each an address of its own:

    class RideList(Listing, Creating, PersonView):      # GET pages through rows, POST makes one
        scope = Scope.DRIVE                             # what a token needs for the POST
        out = RideOut
        body = RideIn
        command = staticmethod(commands.publish)        # called as command(person, sent, key)
        refusals = (NoVehicle, InThePast)               # what the command may refuse, beside what all may

        def rows(self, request): ...

    class RideDetail(Detail, PublicView):               # GET one row, with its ETag
        out = RideOut
        guard = RideOffer                               # the lock that keeps the row as it is, see rides.locks

        def row(self, person, ride_id): ...             # raises NotFound

    class RideDepart(Step):                             # POST rides/7/depart/: one thing to do with the row
        scope = Scope.DRIVE
        detail = RideDetail                             # whose ETag If-Match is compared with
        command = staticmethod(commands.depart_offer)   # command(person, 7, key); with a `body`: (person, 7, sent, key)
        refusals = (WrongState,)

`Changing` beside `Detail` adds a PATCH with `scope`, `body` and `command`. All of them take an Idempotency-Key and,
where there is a row, If-Match. What fits none of them is a method of a PersonView or PublicView with `extend_schema`.
"""

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound as NoSuchPage
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import ApiToken, User
from rides import preconditions
from rides.api.authentication import InScope
from rides.api.problems import answered
from rides.api.reading import require_text, sent_nothing
from rides.api.reading import sent as sent
from rides.api.tags import matches, tag_of, tagged
from rides.commands import Answer
from rides.errors import Invalid, NotFound, RideError
from rides.serializers.bookings import WordIn

Scope = ApiToken.Scope
Command = Callable[..., Answer]
MAX_KEY = 80
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "maxLength": MAX_KEY},
    OpenApiParameter.HEADER,
    description="The same key and body have one effect and one answer, however often they are sent within a week.",
)


class Newest(CursorPagination):
    """The newest first."""

    ordering = "-id"
    page_size = 50

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """As of OpenAPI 3.1, where nothing is `nullable`."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def decode_cursor(self, request: Request) -> Any:
        """Raises Invalid for what was never one of our cursors, whose position is an id."""
        try:
            cursor = super().decode_cursor(request)
        except NoSuchPage:
            raise Invalid from None
        if cursor and cursor.position is not None and not re.fullmatch(r"[0-9]{1,18}", str(cursor.position)):
            raise Invalid
        return cursor


class PublicView(APIView):
    """Everybody may look; who is signed in may do more."""

    scope: ClassVar[Scope | tuple[Scope, ...]]
    """What a token needs to change anything here; one of them, where there are several."""
    limit: ClassVar[str] = ""
    """Its own limit of API_LIMITS, where looking here costs more than elsewhere."""
    refusals: ClassVar[tuple[type[RideError], ...]] = ()
    permission_classes: Sequence[Any] = (IsAuthenticatedOrReadOnly, InScope)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        require_text(request)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """With what is left of the limit."""
        done = super().finalize_response(request, response, *args, **kwargs)
        for name, value in getattr(self.request._request, "limit_headers", {}).items():
            done[name] = value
        return done

    def run(self, request: Request, command: Command, *args: Any, **ids: Any) -> Response:
        """One command by who asks, under the key and the If-Match that came with it; `ids` are those of the address."""
        with self.expecting(request, **ids):
            return answered(command(me(request), *args, key_of(request)))

    def expecting(self, request: Request, **ids: Any) -> AbstractContextManager[None]:
        """Where no tag is ever given out, none can match."""
        if "If-Match" in request.headers:
            raise preconditions.PreconditionFailed
        return nullcontext()


class NoSuchAddress(PublicView):
    """Whatever is asked of an address that is none: not found."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound


class PersonView(PublicView):
    """For who is signed in."""

    permission_classes = (IsAuthenticated, InScope)


class Listing(PublicView):
    """GET: pages of rows."""

    out: ClassVar[Any]
    pagination_class = Newest

    def rows(self, request: Request, *args: Any, **ids: Any) -> QuerySet[Any]:
        raise NotImplementedError

    # The methods below have no docstrings, so that the schema describes a view by its own.
    def get(self, request: Request, *args: Any, **ids: Any) -> Response:
        pages = self.pagination_class()
        rows = pages.paginate_queryset(self.rows(request, **ids), request, view=self)
        return pages.get_paginated_response(self.out(rows, many=True, context=context_of(request)).data)


class Creating(PublicView):
    """POST: make one of what is listed here."""

    body: ClassVar[Any]
    command: ClassVar[Command]
    status: ClassVar[int] = 201

    def content(self, request: Request, *args: Any, **ids: Any) -> dict[str, Any]:
        """What the command is given; the ids of the address may add to it."""
        return sent(self.body, request)

    def post(self, request: Request, *args: Any, **ids: Any) -> Response:
        return self.run(request, self.command, self.content(request, **ids), **ids)


class Detail(PublicView):
    """GET: one row, with its ETag."""

    out: ClassVar[Any]
    guard: ClassVar[type[Model] | tuple[type[Model], ...]] = ()
    """Whoever changes the row holds a lock on such a row (or on one of several); without it, no If-Match matches."""

    def row(self, *args: Any, **ids: Any) -> Any:
        """row(person or None, ids of the address): the row as far as it is her business; raises NotFound."""
        raise NotImplementedError

    def subject(self, *args: Any, **ids: Any) -> int:
        """What commands call the row; for an address with one id it is that."""
        [row_id] = ids.values()
        return int(row_id)

    def get(self, request: Request, *args: Any, **ids: Any) -> Response:
        row = self.row(person_of(request), **ids)
        return tagged(request, version_of(row), self.out(row, context=context_of(request)).data)

    def expecting(self, request: Request, **ids: Any) -> AbstractContextManager[None]:
        """As the sender saw it, where she says so (If-Match)."""
        return expecting(self, request, **ids)


class Changing(Detail):
    """PATCH: change the row."""

    body: ClassVar[Any]
    command: ClassVar[Command]
    status: ClassVar[int] = 200

    def patch(self, request: Request, *args: Any, **ids: Any) -> Response:
        return self.run(request, self.command, self.subject(**ids), sent(self.body, request), **ids)


class Step(PersonView):
    """POST: one thing to do with one row. Without a `body` nothing is sent; the answer reads as `out`."""

    detail: ClassVar[type[Detail]]
    command: ClassVar[Command]
    body: ClassVar[Any] = None
    out: ClassVar[Any] = None
    """What the answer reads as; without it, as the detail does."""
    status: ClassVar[int] = 200

    def post(self, request: Request, *args: Any, **ids: Any) -> Response:
        content = [sent(self.body, request)] if self.body else sent_nothing(request)
        return self.run(request, self.command, self.detail().subject(**ids), *content, **ids)

    def expecting(self, request: Request, **ids: Any) -> AbstractContextManager[None]:
        """As the sender saw the row, where she says so (If-Match)."""
        return expecting(self.detail(), request, **ids)


class StepWithWord(Step):
    """A step with a word of why: command(person, 7, key, note=…). Another `body` makes other keywords."""

    body: ClassVar[Any] = WordIn

    def post(self, request: Request, *args: Any, **ids: Any) -> Response:
        command = partial(self.command, **sent(self.body, request))
        return self.run(request, command, self.detail().subject(**ids), **ids)


def expecting(detail: Detail, request: Request, **ids: Any) -> AbstractContextManager[None]:
    """A command inside changes the row only while it is what If-Match names."""
    header = request.headers.get("If-Match")
    if header is None:
        return nullcontext()
    if not detail.guard:
        raise preconditions.PreconditionFailed

    def look() -> None:
        row = detail.row(me(request), **ids)
        version = version_of(row)
        data = None if version is not None else detail.out(row, context=context_of(request)).data
        if not matches(header, tag_of(version, data)):
            raise preconditions.PreconditionFailed

    guards = detail.guard if isinstance(detail.guard, tuple) else (detail.guard,)
    return preconditions.expecting(guards, look)


def version_of(row: Any) -> int | None:
    return getattr(row, "version", None)


def person_of(request: Request) -> User | None:
    """Who asks, or None for a stranger."""
    return request.user if isinstance(request.user, User) else None


def me(request: Request) -> User:
    """Who asks; only in views for who is signed in."""
    assert isinstance(request.user, User)
    return request.user


def key_of(request: Request) -> str:
    """The Idempotency-Key; raises Invalid for one that is too long, or no text."""
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > MAX_KEY or not key.isprintable():
        raise Invalid(_("An Idempotency-Key has at most 80 characters, all of which can be read."))
    return key


def context_of(request: Request) -> dict[str, Any]:
    """What our serializers need to know of who reads."""
    return {"person": person_of(request), "request": request}
