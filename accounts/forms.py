"""The one question beside the e-mail address when somebody joins."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SignupForm(forms.Form):
    """Extends allauth's sign-up by the first name that neighbours will read."""

    first_name = forms.CharField(label=_("First name"), max_length=60)

    def signup(self, request, user):  # type: ignore[no-untyped-def]
        user.first_name = self.cleaned_data["first_name"]
        user.save(update_fields=["first_name"])
