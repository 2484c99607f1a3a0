"""What every page knows of the demo: the templates ask `{% if demo %}`."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse


def demo(request: HttpRequest) -> dict[str, Any]:
    """`demo.roles` and `demo.mailbox` are the addresses of its pages; the variable is absent where there is no demo."""
    return {"demo": {"roles": reverse("demo:roles"), "mailbox": reverse("demo:mailbox")}}
