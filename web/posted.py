"""Addresses to which a page's forms are sent."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

View = Callable[..., HttpResponseBase]


def posted(view: View) -> View:
    """POST only, by who is signed in; somebody signed out meanwhile comes back to the page with the form."""

    @require_POST
    @wraps(view)
    def by_somebody(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return redirect_to_login(_page_with_the_form(request))

    return by_somebody


def _page_with_the_form(request: HttpRequest) -> str:
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return resolve_url("me")
    return urlsplit(page)._replace(scheme="", netloc="", fragment="").geturl()
