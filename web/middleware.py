"""What holds for every page: the region's time, and where the reader's stream stood before the page was made."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from realtime import streams
from web import times


class EveryPage:
    """Speaks the time of the region; notes the cursor of who is signed in.

    The cursor is read before the page's own queries: what happens in between is told by the socket once more, and
    that is harmless, where the other order would lose it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        timezone.activate(times.zone())
        return self.get_response(request)

    def process_view(self, request: Any, view: Callable[..., Any], _args: Any, _kwargs: Any) -> None:
        """Only pages have a cursor: an answer to a program or a tile needs none."""
        if view.__module__.startswith("web.pages") and request.user.is_authenticated:
            request.stream_cursor = streams.head(request.user.pk)
