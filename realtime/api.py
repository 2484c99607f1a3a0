"""The own stream over HTTP, for whoever has no socket."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from realtime import streams
from realtime.delivery import deliver
from realtime.patience import LONGEST_S, nothing_yet
from realtime.streams import Cursor


class BadCursor(APIException):
    status_code = 400
    default_code = "bad_cursor"
    default_detail = "This is not a cursor: write `after` as <epoch>:<number>, as you got it in `next`."


class EventsAnswer(serializers.Serializer[dict[str, Any]]):
    """Messages as on the socket, the cursor behind them, and where the stream ends."""

    events = serializers.ListField(child=serializers.DictField())
    next = serializers.CharField()
    epoch = serializers.UUIDField()
    head = serializers.IntegerField()


class Events(APIView):
    """What I have to hear after a cursor.

    With `after` come the next events (at most 100), or one `resync` when they can no longer be told: then fetch
    everything anew. Without it, only where the stream ends. Go on with `next` until it is at `head`. With `wait`, an
    answer without news is kept back for so many seconds at most, until there is some; the socket at `/ws/` costs less.
    """

    refusals = (BadCursor,)

    @extend_schema(
        parameters=[
            OpenApiParameter("after", description="<epoch>:<number>"),
            OpenApiParameter("wait", {"type": "integer", "minimum": 0, "maximum": LONGEST_S}, description="seconds"),
        ],
        responses=EventsAnswer,
    )
    def get(self, request: Request) -> Response:
        assert request.user.pk is not None  # the permissions of the settings
        after = request.query_params.get("after")
        if after is None:
            end = streams.head(request.user.pk)
            return _answer([], end, end.seq)
        try:
            cursor = Cursor.parse(after)
        except ValueError:
            raise BadCursor from None
        delivery = deliver(request.user, cursor)
        if not delivery.messages:
            nothing_yet(request._request, request.user.pk, cursor.seq)
        return _answer(delivery.messages, delivery.cursor, delivery.head)


events = Events.as_view()


def _answer(messages: list[dict[str, Any]], end: Cursor, head: int) -> Response:
    return Response({"events": messages, "next": str(end), "epoch": str(end.epoch), "head": head})
