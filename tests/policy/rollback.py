"""Doing things that never happened: whatever is written inside is rolled back."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def undone() -> Iterator[None]:
    """Commands do not notice, though they insist on a durable transaction: this one counts as a test's own."""
    outer = transaction.atomic()
    outer._from_testcase = True  # as Django's TestCase says it
    with outer:
        yield
        transaction.set_rollback(True)
