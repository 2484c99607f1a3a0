"""The demo's own pages: who do you want to be; and the letters of everybody."""

from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.contrib.auth import login
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.models import User
from demo import mailbox as letters
from demo import people
from demo.roles import arrive

PASS = "demo.be"
PASS_AGE_S = 24 * 3600
OWN_WINDOWS = [f"http://{role}.localhost:*" for role in people.ROLES]
DOORS = {
    # role: (title, what to try, button, icon)
    "rider": (
        _("The rider"),
        _("Search a ride to the furniture store, book a seat, and see the driver's answer arrive."),
        _("Be the rider"),
        "person",
    ),
    "driver": (
        _("The driver"),
        _("Has a car and leaves soon. Within seconds a neighbour along the way asks to come along."),
        _("Be the driver"),
        "drive",
    ),
    "organiser": (
        _("The organiser"),
        _("Eight people go out on Saturday, one brings a wardrobe home: have cars proposed, and hear each yes."),
        _("Be the organiser"),
        "outing",
    ),
}


@never_cache
@csp_update({"form-action": OWN_WINDOWS})
def roles(request: HttpRequest) -> HttpResponse:
    """Three doors. Each opens a window on a host name of its own, and so with cookies of its own."""
    port = urlsplit(f"//{request.get_host()}").port
    doors = [
        {
            "role": role,
            "host": f"{role}.localhost" + (f":{port}" if port else ""),
            "person": User.objects.filter(email=people.email_of(people.ROLES[role].number), is_demo=True).first(),
            **dict(zip(("title", "text", "button", "picture"), words, strict=True)),
        }
        for role, words in DOORS.items()
    ]
    return render(request, "demo/roles.html", {"doors": doors, "pass": signing.dumps("", salt=PASS)})


@csrf_exempt  # the window has no cookie yet: the signed pass says that our own page sent the form
@require_POST
def be(request: HttpRequest, role: str) -> HttpResponse:
    """Sign in as one of the three."""
    try:
        signing.loads(request.POST.get("pass", ""), salt=PASS, max_age=PASS_AGE_S)
    except signing.BadSignature:
        return redirect("demo:roles")
    try:
        person, page = arrive(role, timezone.now())
    except (KeyError, User.DoesNotExist):
        raise Http404 from None
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    return redirect(page)


@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    """What the site has written to anybody, the newest first."""
    return render(request, "demo/mailbox.html", {"letters": letters.newest()})
