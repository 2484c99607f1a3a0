"""The form of who drives: five fields that everybody fills in, and more that has a default."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import vehicles
from accounts.models import User, Vehicle
from accounts.vehicle_costs import cost_cents_per_km
from rides.bookings import pricing
from rides.models import RideOffer
from web import times
from web.fields import DayField, PlaceField, WeekdaysField

DETOURS_MIN = (5, 10, 15, 25)
USUAL_DETOUR_MIN = 10
METRES_A_MINUTE = 1000
"""A driver says minutes; so many metres of detour go with each (60 km/h)."""
FLEXIBILITY_S = 600


class DriveForm(forms.Form):
    """Where, when, how many seats; once, with a way back, or every week."""

    origin = PlaceField(label=gettext_lazy("From"))
    to = PlaceField(label=gettext_lazy("To"))
    day = DayField(label=gettext_lazy("Day"), required=False)
    time = forms.TimeField(label=gettext_lazy("I leave at"))
    seats = forms.IntegerField(label=gettext_lazy("Free seats"), min_value=1, max_value=8, initial=3)
    vehicle = forms.IntegerField(required=False)
    car = forms.CharField(label=gettext_lazy("Your car"), max_length=60, required=False)
    aboard = forms.IntegerField(label=gettext_lazy("Already with you"), min_value=0, max_value=7, required=False)
    back = forms.TimeField(label=gettext_lazy("Back at"), required=False)
    open_ended = forms.BooleanField(required=False)
    weekdays = WeekdaysField()
    until = forms.DateField(label=gettext_lazy("Until"), required=False)
    detour = forms.TypedChoiceField(
        choices=[(minutes, minutes) for minutes in DETOURS_MIN],
        coerce=int,
        empty_value=None,
        required=False,
    )
    cents = forms.IntegerField(label=gettext_lazy("Contribution"), min_value=0, max_value=60, required=False)
    tolls = forms.DecimalField(
        label=gettext_lazy("Tolls"), min_value=0, max_value=500, decimal_places=2, required=False
    )
    for_you = forms.BooleanField(required=False)
    automatic = forms.BooleanField(required=False)
    note = forms.CharField(label=gettext_lazy("A word to riders"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """What a weekly ride cannot be: a draft, or back "when we are done"."""
        data = super().clean() or {}
        weekly = bool(data.get("weekdays"))
        if weekly and "draft" in self.data:
            self.add_error("weekdays", _("A weekly ride cannot be a draft: publish it, or save one ride."))
        if weekly and data.get("open_ended") and not data.get("back"):
            self.add_error("back", _("Please say when you drive back: a weekly ride needs an hour."))
        return data

    @property
    def is_weekly(self) -> bool:
        return bool(self.cleaned_data["weekdays"])

    def sent(self, person: User) -> dict[str, Any]:
        """As `publish_offer` wants it, or `begin_series` when it is weekly."""
        data = self.cleaned_data
        detour_min = data["detour"] or USUAL_DETOUR_MIN
        vehicle = _vehicle(person, data)
        cents = suggested_cents_per_km(vehicle) if data["cents"] is None else data["cents"]
        terms = {
            "origin": data["origin"],
            "destination": data["to"],
            "vehicle": vehicle.pk,
            "seats": data["seats"],
            "already_aboard": data["aboard"] or 0,
            "flexibility_s": FLEXIBILITY_S,
            "max_detour_s": detour_min * 60,
            "max_detour_m": detour_min * METRES_A_MINUTE,
            "cents_per_km": cents,
            "tolls_cents": int((data["tolls"] or 0) * 100),
            "purpose": RideOffer.Purpose.FOR_YOU if data["for_you"] else RideOffer.Purpose.OWN,
            "automatic": data["automatic"],
            "audience": RideOffer.Audience.PUBLIC,
            "note": data["note"],
        }
        return terms | (self._weekly() if self.is_weekly else self._once())

    def _once(self) -> dict[str, Any]:
        data = self.cleaned_data
        leaves_at = times.at(data["day"], data["time"])
        when: dict[str, Any] = {"departs_at": leaves_at, "draft": "draft" in self.data}
        if data["back"]:
            when["return_at"] = times.back_at(data["day"], data["time"], data["back"])
        elif data["open_ended"]:
            when["return_at"] = leaves_at + 2 * times.A_WHILE
        return when | ({"return_open": True} if data["open_ended"] else {})

    def _weekly(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "weekdays": data["weekdays"],
            "leaves_at": data["time"],
            "returns_at": data["back"],
            "starts_on": data["day"],
            "ends_on": data["until"],
        }


def suggested_cents_per_km(vehicle: Vehicle | None) -> int:
    """What a driver may ask of each rider, by what this car really costs; an average one before there is a car."""
    cost = cost_cents_per_km(vehicle.energy, vehicle.consumption) if vehicle else cost_cents_per_km("", None)
    return pricing.suggested_cents_per_km(cost)


def most_cents_per_km(vehicle: Vehicle | None) -> int:
    """The stepper's upper end: the suggestion, or what may be asked for a trip made for somebody."""
    return max(suggested_cents_per_km(vehicle), int(settings.RIDE_COSTS["for_you_cents_per_km"]))


def _vehicle(person: User, data: dict[str, Any]) -> Vehicle:
    """The car that was chosen, or the first; who has none yet gets one with as many seats as she offers."""
    mine = person.vehicles.order_by("pk")
    chosen = mine.filter(pk=data["vehicle"]).first() if data["vehicle"] else None
    found = chosen or mine.first()
    seats = data["seats"] + (data["aboard"] or 0)
    return found or vehicles.add(owner=person, name=data["car"] or _("My car"), seats=seats)
