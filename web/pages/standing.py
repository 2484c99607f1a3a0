"""A seat every week: asked for on the page of one ride, ended on my own."""

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rides import commands
from web.pages import ride, seat_form
from web.pages.telling import key_of, told, way_back
from web.people import PersonRequest
from web.posted import posted


@require_POST
def take(request: HttpRequest, offer_id: int) -> HttpResponse:
    """A seat on this ride and those of the weeks to come, on the days that were chosen."""
    offer = ride.visible(request, offer_id)
    series = (offer.return_of or offer).series
    if series is None:
        raise Http404
    form = seat_form.form_for(request.POST, offer)
    if not form.is_valid():
        return ride.page(request, offer, seat_form.without_mistakes(request.POST, form, offer), errors=form.errors)
    trip = seat_form.trip_of(form, offer)
    if not request.user.is_authenticated:
        return redirect_to_login(ride.address(offer_id, form, trip), resolve_url("account_signup"))
    sent = form.sent_weekly(trip, series.pk, way_back=offer.return_of_id is not None)
    answer = commands.take_standing(request.user, sent, key_of(request))
    if not told(request, answer, _("Asked for every week. Each ride stands among yours as it comes.")):
        return redirect(ride.address(offer_id, form, trip))
    return redirect("me")


@posted
def end(request: PersonRequest, standing_id: int) -> HttpResponse:
    """I need it no more, or take them along no more."""
    note = request.POST.get("note", "")[:200]
    answer = commands.end_standing(request.user, standing_id, key_of(request), note=note)
    told(request, answer, _("Ended. What was booked on rides to come is free again."))
    return redirect(way_back(request, "me"))
