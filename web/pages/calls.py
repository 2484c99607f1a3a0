"""Calling people who have no device: what to tell them, and who is called by whom."""

import math
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import by_phone, communities
from accounts.models import ByPhone, User
from realtime.models import Call
from realtime.notices.calls import undo_until
from rides import calls, commands
from web.pages.telling import key_of, told
from web.people import PersonRequest
from web.posted import posted

LATELY = 20
"""So many closed ones are shown; the API has all of the last month."""
MOST_PEOPLE = 500


class CalledForm(forms.ModelForm):  # type: ignore[type-arg]
    """At which number, and by whom first. A number that is there is shown to herself alone; empty, it stays."""

    class Meta:
        model = ByPhone
        fields = ("phone", "helper")

    def __init__(self, person: User, by: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known = self.instance.phone
        phone = self.fields["phone"]
        phone.widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "maxlength": 30})
        phone.required = not self._known
        if person.pk != by.pk:
            self.initial["phone"] = ""
        helper = forms.ModelChoiceField(
            by_phone.who_could_help(person), required=False, label=gettext_lazy("Who calls first")
        )
        helper.empty_label = gettext_lazy("Her coordinators")
        self.fields["helper"] = helper

    def clean_phone(self) -> str:
        """The number as it was, when none is given."""
        return str(self.cleaned_data["phone"] or self._known)


@login_required
def page(request: PersonRequest) -> HttpResponse:
    """Whom to call and what to say; whom I help; whom I coordinate."""
    me = request.user
    now = timezone.now()
    closed = list(calls.shown_to(me).exclude(state=Call.State.OPEN).order_by("-closed_at")[:LATELY])
    undo = {call.pk: until for call in closed if (until := undo_until(call, me)) and until > now}
    helping = list(by_phone.of_helper(me))
    mine = communities.coordinated_by(me).filter(is_active=True).order_by("first_name", "pk")
    context = {
        "open": calls.to_make(me),
        "closed": closed,
        "undo": undo,
        "again_s": math.ceil((min(undo.values()) - now).total_seconds()) if undo else "",
        "asked": [row for row in helping if row.helper_agreed_at is None],
        "helped": [row for row in helping if row.helper_agreed_at],
        "members": list(mine.select_related("by_phone")[:MOST_PEOPLE]),
    }
    return render(request, "calls.html", context)


@posted
def step(request: PersonRequest, call_id: int, step: str) -> HttpResponse:
    """She knows; no answer; she does not know after all."""
    me, key = request.user, key_of(request)
    if step == "knows":
        told(request, commands.know_call(me, call_id, key, seq=_number(request.POST.get("seq", ""))), _("Thank you."))
    elif step == "no_answer":
        told(request, commands.no_answer_call(me, call_id, key), _("Noted. It stays here."))
    elif step == "take_back":
        told(request, commands.take_back_call(me, call_id, key), _("It is open again."))
    else:
        raise Http404
    return redirect("calls")


@posted
def helping(request: PersonRequest, person_id: int, answer: str) -> HttpResponse:
    """I call her, or I do not, or no longer."""
    if answer not in ("yes", "no"):
        raise Http404
    done = _("Thank you. What she has to hear stands here.") if answer == "yes" else _("Her coordinators call her.")
    told(request, commands.help_by_phone(request.user, person_id, answer == "yes", key_of(request)), done)
    return redirect("calls")


@login_required
def called(request: PersonRequest, person_id: int | None = None) -> HttpResponse:
    """No device: call me; or, by whoever coordinates her, call her."""
    person = get_object_or_404(User, pk=request.user.pk if person_id is None else person_id, is_active=True)
    if not by_phone.may_set(person, request.user):
        raise Http404
    row = ByPhone.objects.select_related("helper").filter(person=person).first()
    if "end" in request.POST:
        told(request, commands.call_no_more(request.user, person.pk, key_of(request)), _("Saved."))
        return redirect(request.path)
    form = CalledForm(person, request.user, request.POST or None, instance=row or ByPhone(person=person))
    if request.method == "POST" and form.is_valid():
        sent = {"phone": form.cleaned_data["phone"], "helper": getattr(form.cleaned_data["helper"], "pk", None)}
        if told(request, commands.set_called(request.user, person.pk, sent, key_of(request)), _("Saved.")):
            return redirect(request.path)
    context = {"form": form, "row": row, "person": person, "is_me": person.pk == request.user.pk}
    return render(request, "called.html", context, status=400 if request.method == "POST" else 200)


def _number(text: str) -> int:
    """What the form says; never the number of news otherwise."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else -1
