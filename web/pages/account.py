"""Who I am here: name, phone, cars."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.models import User, Vehicle
from web.pages import drive_form
from web.people import PersonRequest


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a person says of herself."""

    class Meta:
        model = User
        fields = ("first_name", "last_name", "phone")


class CarForm(forms.ModelForm):  # type: ignore[type-arg]
    """What riders read of a car, and what it takes to drive it."""

    class Meta:
        model = Vehicle
        fields = ("name", "colour", "plate", "energy", "consumption")

    def clean_consumption(self) -> Any:
        """A car does not make the energy that it drives on."""
        used = self.cleaned_data["consumption"]
        if used is not None and used < 0:
            raise forms.ValidationError(_("Please give a number that is not negative."))
        return used


@login_required
def account(request: PersonRequest) -> HttpResponse:
    """Change it, or sign out."""
    form = PersonForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("account")
    return _page(request, form)


@login_required
def car(request: PersonRequest, vehicle_id: int) -> HttpResponse:
    """Change one of my cars; rides that are published already keep their price."""
    found = get_object_or_404(Vehicle, pk=vehicle_id, owner=request.user)
    form = CarForm(request.POST or None, instance=found, prefix=f"car{found.pk}")
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("account")
    return _page(request, PersonForm(instance=request.user), form)


def _page(request: PersonRequest, form: PersonForm, changed: CarForm | None = None) -> HttpResponse:
    cars = []
    for one in request.user.vehicles.prefetch_related("configurations").order_by("pk"):
        is_changed = changed is not None and changed.instance.pk == one.pk
        shown = changed if is_changed else CarForm(instance=one, prefix=f"car{one.pk}")
        suggested = drive_form.suggested_cents_per_km(Vehicle.objects.get(pk=one.pk) if is_changed else one)
        cars.append({"car": one, "form": shown, "open": is_changed, "suggested": suggested})
    failed = form.errors or (changed and changed.errors)
    return render(request, "account.html", {"form": form, "cars": cars}, status=400 if failed else 200)
