"""How a command's answer reaches the person: a message, and whether to go on."""

from django.contrib import messages
from django.http import HttpRequest

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
