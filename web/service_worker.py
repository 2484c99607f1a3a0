"""The service worker, at the root of the site so that it may show news of every page; with its words in front."""

import json
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from web.modules import SOURCES


@never_cache
@vary_on_headers("Cookie", "Accept-Language")
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """In the language of who has it installed; a browser asks for it again at least once a day."""
    text = f"self.WORDS = {json.dumps(words())}\n{_source()}"
    return HttpResponse(text, content_type="text/javascript; charset=utf-8")


def words() -> dict[str, str]:
    """What it says without asking us, or after somebody has tapped."""
    return {
        "title": "Détour",
        "news": _("There is news. Tap to read it."),
        "accept": _("Accept"),
        "undo": _("Undo"),
        "leaving": _("Your yes leaves in half a minute."),
        "undone": _("You have not answered yet."),
        "accepted": _("You take them along."),
        "failed": _("Your yes did not arrive. Tap to look."),
    }


@cache
def _source() -> str:
    return (SOURCES / "worker" / "sw.js").read_text()
