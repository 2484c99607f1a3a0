"""The own stream over HTTP, for whoever has no socket."""

from django.http import HttpRequest, HttpResponse


def events(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)
