"""Who I am here: name, phone, cars."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.models import User
from web.people import PersonRequest


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a person says of herself."""

    class Meta:
        model = User
        fields = ("first_name", "last_name", "phone")


@login_required
def account(request: PersonRequest) -> HttpResponse:
    """Change it, or sign out."""
    form = PersonForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("account")
    return render(
        request, "account.html", {"form": form, "vehicles": request.user.vehicles.prefetch_related("configurations")}
    )
