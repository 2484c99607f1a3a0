"""The form that changes a ride: only what is otherwise is sent, and riders read exactly that."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Place, User
from rides import commands, streets
from rides.commands import Answer
from rides.models import RideOffer
from rides.weekly.series_changes import Scope
from web import place_names, times
from web.fields import DayField, PlaceField

SCOPES = (
    (Scope.THIS.value, _("Only this ride")),
    (Scope.FOLLOWING.value, _("This and the following")),
    (Scope.ALL.value, _("All of them")),
)


class ChangeForm(forms.Form):
    """Hour, seats, places and word of a ride; a weekly one is changed on its day, for one ride or more."""

    day = DayField(label=_("Day"), required=False)
    time = forms.TimeField(label=_("I leave at"))
    origin = PlaceField(label=_("From"))
    to = PlaceField(label=_("To"))
    seats = forms.IntegerField(label=_("Free seats"), min_value=1, max_value=8)
    aboard = forms.IntegerField(label=_("Already with you"), min_value=0, max_value=7, required=False)
    automatic = forms.BooleanField(required=False)
    note = forms.CharField(label=_("A word to riders"), max_length=300, required=False)
    scope = forms.ChoiceField(choices=SCOPES, required=False)

    def __init__(self, offer: RideOffer, data: Any = None) -> None:
        self.offer = offer
        self.series = (offer.return_of or offer).series
        super().__init__(data, initial=_as_it_is(offer))
        if self.series:
            del self.fields["day"]  # another day of the week is for the whole series

    def changes(self) -> dict[str, Any]:
        """What is to be otherwise, by the form's names."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name != "scope"}

    def send(self, person: User, key: str) -> Answer:
        """The one command: of a ride, or of its series."""
        sent = self._sent()
        if self.series is None:
            return commands.change_offer(person, self.offer.pk, sent, key)
        scope = self.cleaned_data["scope"] or Scope.THIS.value
        meant = {"scope": scope, "changes": sent, "date": (self.offer.return_of or self.offer).local_date}
        return commands.change_series(person, self.series.pk, meant, key)

    def _sent(self) -> dict[str, Any]:
        changes = self.changes()
        names = {"origin": "origin", "to": "destination", "seats": "seats", "automatic": "automatic", "note": "note"}
        sent = {names[name]: value for name, value in changes.items() if name in names}
        if "aboard" in changes:
            sent["already_aboard"] = changes["aboard"] or 0
        if self.series is None:
            if {"day", "time"} & set(changes):
                sent["departs_at"] = times.at(self.cleaned_data["day"], self.cleaned_data["time"])
            return sent
        if "time" in changes:
            sent["returns_at" if self.offer.return_of_id else "leaves_at"] = changes["time"]
        if self.offer.return_of_id:  # a series knows its way out alone
            ends = {"origin": "destination", "destination": "origin"}
            sent = {ends.get(name, name): value for name, value in sent.items()}
        return sent


def _as_it_is(offer: RideOffer) -> dict[str, Any]:
    stops = sorted(offer.stops.all(), key=lambda stop: stop.sequence)
    leaves = timezone.localtime(offer.departs_at, times.zone())
    return {
        "day": leaves.date(),
        "time": leaves.time().replace(second=0, microsecond=0),
        "origin": _field("origin", stops[0].place),
        "to": _field("to", stops[-1].place),
        "seats": max(way["seats"] for way in offer.configurations),
        "aboard": offer.already_aboard,
        "automatic": offer.automatic,
        "note": offer.note,
        "scope": Scope.THIS.value,
    }


def _field(name: str, place: Place) -> dict[str, str]:
    return {name: place.label, f"{name}_at": place_names.as_field(streets.exact(place))}
