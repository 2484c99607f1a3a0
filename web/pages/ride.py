"""One ride, and taking a seat on it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_POST

from rides import commands, planner, search
from rides.bookings import booking
from rides.bookings.seats import SeatsTaken
from rides.commands import Answer
from rides.errors import NotFound, RideError
from rides.models import Booking, OfferSeries, RideOffer, WaitingEntry
from rides.search import Found
from rides.serializers.waiting import WaitingOut
from routing.plan import TripRequest
from web import loads
from web.fields import WEEKDAYS
from web.pages import find, maps, seat_form, trips
from web.pages.cards import RideCard
from web.pages.telling import key_of, told

NEXT_BEST = 3


def ride(request: HttpRequest, offer_id: int) -> HttpResponse:
    """What the ride is, where it would pick me up, and Book; or the waiting list and the next best rides."""
    offer = visible(request, offer_id)
    if request.user.pk == offer.driver_id:
        return redirect("drive_day", offer_id)
    return page(request, offer, seat_form.form_for(request.GET, offer))


@require_POST
def book(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Take the seats. Who has no account yet makes one now, and comes back to this ride."""
    offer = visible(request, offer_id)
    form = seat_form.form_for(request.POST, offer)
    if not form.is_valid():
        return page(request, offer, seat_form.without_mistakes(request.POST, form, offer), errors=form.errors)
    trip = seat_form.trip_of(form, offer)
    if not request.user.is_authenticated:
        return redirect_to_login(address(offer_id, form, trip), resolve_url("account_signup"))
    answer = commands.book(request.user, form.sent(offer_id, trip), key_of(request))
    if answer.data.get("code") == SeatsTaken.code:
        told(request, answer)
        return find.results(request, form, trip, status=answer.status)
    if not told(request, answer):
        return redirect(address(offer_id, form, trip))
    return redirect(_booked(answer, form))


@require_POST
def wait(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Join the waiting list."""
    offer = visible(request, offer_id)
    form = seat_form.form_for(request.POST, offer)
    if not form.is_valid():
        return page(request, offer, seat_form.without_mistakes(request.POST, form, offer), errors=form.errors)
    trip = seat_form.trip_of(form, offer)
    if not request.user.is_authenticated:
        return redirect_to_login(address(offer_id, form, trip), resolve_url("account_signup"))
    told(request, commands.join_waiting_list(request.user, form.sent(offer_id, trip), key_of(request)))
    return redirect(address(offer_id, form, trip))


def page(request: HttpRequest, offer: RideOffer, form: seat_form.SeatForm, errors: Any = None) -> HttpResponse:
    """The ride for one journey; `errors` are those of a form that was sent."""
    trip = seat_form.trip_of(form, offer)
    person = request.user if request.user.is_authenticated else None
    mine = [one for one in offer.bookings.all() if person and one.rider_id == person.pk]
    found, refusal = _find(offer, trip, mine)
    query = trips.query_of(form, trip)
    others = search.find_offers(trip=trip, person=person, now=timezone.now(), k=NEXT_BEST + 1) if refusal else []
    context = trips.form_facts(
        request,
        form=form,
        errors=errors,
        trip=trip,
        people=trips.people_of(trip),
        refused=refusal and refusal.sentence,
        full=isinstance(refusal, SeatsTaken),
        my_booking=next((one for one in mine if one.state != Booking.State.HELD), None),
        waiting=_waiting(offer, person),
        weekly=_weekly(offer, person),
        next_best=[RideCard.of_found(one, query) for one in others if one.offer != offer][:NEXT_BEST],
        hold=form.for_hold(trip) if person else "",
        hold_min=booking.HOLD_FOR.seconds // 60,
        card=RideCard.of_found(found, query) if found else RideCard.of_offer(offer),
        query=query,
        query_string=urlencode(query),
        kept=("day", "time", "seats", "load", "child_seats", "wheelchairs", "return_of", "request"),
        luggage=loads.CHOICES,
        map=maps.map_facts(
            ends=maps.end("start", trip.origin) + maps.end("end", trip.destination),
            line=_line(trip, found) if found else None,
        ),
    )
    return render(request, "ride.html", context, status=400 if errors else 200)


def visible(request: HttpRequest, offer_id: int) -> RideOffer:
    """The offer as far as it is this person's business."""
    try:
        return search.offer_for(request.user if request.user.is_authenticated else None, offer_id)
    except NotFound as error:
        raise Http404 from error


def _find(offer: RideOffer, trip: TripRequest, mine: list[Booking]) -> tuple[Found | None, RideError | None]:
    """How the ride takes this trip along, as if my own open form were not there; or why it cannot."""
    held = next((one for one in mine if one.state == Booking.State.HELD), None)
    try:
        booking.require_live(offer, timezone.now())
        return search.found_on(offer, planner.prepare(offer, trip, instead_of=held)), None
    except planner.NoWay as error:
        return None, SeatsTaken() if planner.fits_when_empty(offer, trip) else error
    except RideError as error:
        return None, error


def _weekly(offer: RideOffer, person: Any) -> dict[str, Any] | None:
    """The days of the weekly ride that this one belongs to, unless I ride every week already."""
    series = (offer.return_of or offer).series
    if series is None or series.state != OfferSeries.State.ACTIVE:
        return None
    mine = series.standing_bookings.filter(rider=person, way_back=offer.return_of_id is not None, state="active")
    if person and mine.exists():
        return None
    return {"days": [(number, name) for number, name in WEEKDAYS if number in series.weekdays]}


def _waiting(offer: RideOffer, person: Any) -> Any:
    """My place in the line, if I stand in it."""
    queue = offer.waiting_list.filter(state=WaitingEntry.State.WAITING)
    entry = queue.filter(request__rider=person).first() if person else None
    return WaitingOut(entry).data if entry else None


def _line(trip: TripRequest, found: Found) -> dict[str, Any]:
    pickup, dropoff = found.insertion.pickup, found.insertion.dropoff
    return maps.line([pickup, dropoff], [(trip.origin, pickup), (dropoff, trip.destination)])


def _booked(answer: Answer, form: seat_form.SeatForm) -> str:
    """The booking; with the hour of the way back, which is looked for from there."""
    back = form.cleaned_data["back"]
    return resolve_url("booking", answer.data["id"]) + (f"?back={back:%H:%M}" if back else "")


def address(offer_id: int, form: seat_form.SeatForm, trip: TripRequest) -> str:
    """The page of the ride for this journey."""
    return f"{resolve_url('ride', offer_id)}?{urlencode(trips.query_of(form, trip))}"
