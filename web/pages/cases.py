"""Looking after somebody: a coordinator takes a case, and closes it with a word of who spoke with whom."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from rides import commands
from web.pages.telling import key_of, told
from web.people import PersonRequest
from web.posted import posted


@posted
def take(request: PersonRequest, case_id: int) -> HttpResponse:
    """I look after it."""
    told(request, commands.take_case(request.user, case_id, key_of(request)), _("You look after it. Thank you."))
    return redirect("me")


@posted
def close(request: PersonRequest, case_id: int) -> HttpResponse:
    """It is over."""
    note = request.POST.get("note", "")[:300]
    told(request, commands.close_case(request.user, case_id, key_of(request), note=note), _("Closed."))
    return redirect("me")
