"""What I hear of while no page is open, and how: on my devices, by mail, once a day, or not at all."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from realtime.models import Message, NoticeChoice, NoticeHours, PushSubscription
from realtime.notices import choices, readers, sign_off, subscriptions, vapid
from realtime.notices.choices import Choices
from realtime.notices.readers import Subject
from web.people import PersonRequest


class HoursForm(forms.ModelForm):  # type: ignore[type-arg]
    """Both ends of the quiet hours, or neither."""

    class Meta:
        model = NoticeHours
        fields = ("quiet_from", "quiet_until", "digest_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not choices.is_a_night(given.get("quiet_from"), given.get("quiet_until")) and not self.errors:
            raise forms.ValidationError(_("Please give both hours, or neither."))
        return given


class WaysForm(forms.Form):
    """For one subject."""

    push = forms.BooleanField(required=False)
    mail = forms.ChoiceField(choices=NoticeChoice.Mail.choices)

    def __init__(self, subject: Subject, chosen: Choices, data: Any = None) -> None:
        self.subject = subject
        ways = chosen.of(subject)
        super().__init__(data, prefix=subject.code, initial={"push": ways.push, "mail": ways.mail})


@login_required
def notices(request: PersonRequest) -> HttpResponse:
    """Choose; and see which devices we may wake."""
    me = request.user.pk
    if "remove" in request.POST:
        _remove(request)
        return redirect("notices")
    chosen = choices.of_person(me)
    hours = HoursForm(request.POST or None, instance=chosen.hours)
    ways = [WaysForm(subject, chosen, request.POST or None) for subject in readers.subjects()]
    if request.method == "POST" and hours.is_valid() and all(form.is_valid() for form in ways):
        wanted = {form.subject.code: choices.Ways(**form.cleaned_data) for form in ways}
        choices.keep(me, wanted, **hours.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("notices")
    shown = {
        "hours": hours,
        "ways": ways,
        "devices": PushSubscription.objects.filter(person=me).order_by("-pk"),
        "failed": Message.objects.filter(person=me, state=Message.State.FAILED).order_by("-pk").first(),
        "key": vapid.public_key(),
    }
    return render(request, "notices.html", shown, status=400 if request.method == "POST" else 200)


def _remove(request: PersonRequest) -> None:
    wanted = request.POST["remove"]
    is_id = wanted.isascii() and wanted.isdecimal() and len(wanted) < 19
    if is_id and subscriptions.remove(request.user.pk, subscription_id=int(wanted)):
        messages.success(request, _("This device is left in peace."))


@csrf_exempt  # a mail program has no cookie of ours; the token says for whom, and nothing but letters can be ended
@require_http_methods(["GET", "HEAD", "POST"])
def off(request: HttpRequest, token: str) -> HttpResponse:
    """The way out of our letters (RFC 8058). To look changes nothing: programs open links before people do."""
    try:
        wanted = sign_off.read(token)
    except sign_off.BadToken:
        raise Http404 from None
    if request.method == "POST":
        everything = "everything" in request.POST
        sign_off.sign_off(sign_off.SignOff(wanted.person_id, sign_off.EVERYTHING) if everything else wanted)
    label = next((subject.label for subject in readers.subjects() if subject.code == wanted.subject), "")
    return render(request, "notices_off.html", {"label": label, "done": request.method == "POST"})
