"""The own stream over HTTP, for whoever has no socket."""

from typing import Any

from rest_framework.decorators import api_view, permission_classes
from rest_framework.exceptions import APIException
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from realtime import streams
from realtime.delivery import deliver
from realtime.streams import Cursor


class BadCursor(APIException):
    status_code = 400
    default_code = "bad_cursor"
    default_detail = "`after` is not a cursor: write it as <epoch>:<number>, as you got it in `next`."


@api_view(["GET"])
@permission_classes([IsAuthenticated])
def events(request: Request) -> Response:
    """What I have to hear after a cursor.

    `?after=<epoch>:<seq>` gives the next events (at most 100), or one `resync` when they can no longer be told.
    Without `after` it only says where the stream ends. `next` is the cursor for the next call; ask again at once
    while it is not yet at `head`. It answers at once: who wants to wait opens the socket at `/ws/`.
    """
    after = request.query_params.get("after")
    if after is None:
        end = streams.head(int(request.user.pk or 0))
        return _answer([], end, end.seq)
    try:
        cursor = Cursor.parse(after)
    except ValueError:
        raise BadCursor from None
    delivery = deliver(request.user, cursor)
    return _answer(delivery.messages, delivery.cursor, delivery.head)


def _answer(messages: list[dict[str, Any]], end: Cursor, head: int) -> Response:
    return Response({"events": messages, "next": str(end), "epoch": str(end.epoch), "head": head})
