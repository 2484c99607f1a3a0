"""The connection that sends hints is closed before the test database is dropped."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    yield
    from realtime import outbox

    outbox.close()
