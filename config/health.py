"""Whether this process can serve: asked by the reverse proxy, the container engine and the tests."""

from asgiref.sync import sync_to_async
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse


async def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, else 503. Says nothing that a stranger may not know."""
    answers = await sync_to_async(_database_answers)()
    return JsonResponse({"database": "ok" if answers else "unreachable"}, status=200 if answers else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:  # also when the pool gave up waiting
        return False
    return True
