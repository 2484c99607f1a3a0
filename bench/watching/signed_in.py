"""People with a session, as their browsers have one."""

from collections.abc import Iterable
from typing import Any


def sessions(people: int) -> list[str]:
    """So many new people; the keys of their sessions."""
    from accounts.models import User

    first = User.objects.count()
    emails = (f"looks-on-{number}@example.org" for number in range(first, first + people))
    new = User.objects.bulk_create(User(email=email, first_name="Cy", password="!") for email in emails)
    return sessions_of(new)


def sessions_of(people: Iterable[Any]) -> list[str]:
    """A session of each."""
    from datetime import timedelta

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    store, until = SessionStore(), timezone.now() + timedelta(days=1)
    rows = [
        Session(
            session_key=store._get_new_session_key(),
            session_data=store.encode(
                {
                    SESSION_KEY: str(person.pk),
                    BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                    HASH_SESSION_KEY: person.get_session_auth_hash(),
                }
            ),
            expire_date=until,
        )
        for person in people
    ]
    Session.objects.bulk_create(rows)
    return [row.session_key for row in rows]
