"""Waiting lists I am on."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from rides import commands
from web.pages.telling import key_of, told, way_back
from web.people import PersonRequest
from web.posted import posted


@posted
def leave(request: PersonRequest, entry_id: int) -> HttpResponse:
    """Wait no more."""
    told(request, commands.leave_waiting_list(request.user, entry_id, key_of(request)), _("You wait no more."))
    return redirect(way_back(request, "me"))
