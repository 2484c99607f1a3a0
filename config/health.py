"""Whether this process can serve: asked by the reverse proxy, the container engine and the tests."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, else 503. Says nothing that a stranger may not know."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:  # also when the pool gave up waiting
        return JsonResponse({"database": "unreachable"}, status=503)
    return JsonResponse({"database": "ok"})
