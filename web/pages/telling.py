"""How a command's answer reaches the person: a message, and where to go on."""

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from rides.commands import Answer


def told(request: HttpRequest, answer: Answer, done: str = "") -> bool:
    """Say how it went; True when it worked."""
    if answer.ok:
        if done:
            messages.success(request, done)
        return True
    messages.error(request, answer.data["detail"])
    return False


def key_of(request: HttpRequest) -> str:
    """The idempotency key that came with the form: a double tap is one."""
    return request.POST.get("key", "")[:64]


def way_back(request: HttpRequest, otherwise: str) -> str:
    """The page of ours on which the form stood (`next`), or `otherwise`: an address, or the name of a page."""
    page = request.POST.get("next", "")
    return page if url_has_allowed_host_and_scheme(page, allowed_hosts=None) else resolve_url(otherwise)
