"""The demo's people on the streets of the valley, in a database that says it is a demo's."""

from collections.abc import Iterator

import pytest
from django.db import connection

from accounts.models import User
from demo import mark, people
from demo.neighbourhood import Neighbourhood
from tests.demo.launched import Demo, folder_with_valley


@pytest.fixture
def demo_site(db, valley, settings) -> None:
    """The mark, and the setting, without which no fictional person comes in."""
    settings.DEMO = True
    mark.put(connection.connection)


@pytest.fixture
def hood(demo_site) -> Neighbourhood:
    """Sixty neighbours with their homes and cars, and nothing planned yet."""
    people.settle()
    return Neighbourhood.here(seed=7)


@pytest.fixture
def vera(hood) -> User:
    """A real visitor, who signed up in the demo."""
    return User.objects.create_user("vera@example.org", first_name="Vera")


@pytest.fixture(scope="session")
def demo_folder(valley_region, tmp_path_factory: pytest.TempPathFactory):
    """A var/ with the valley built; the first demo started on it settles the neighbours."""
    return folder_with_valley(valley_region, tmp_path_factory.mktemp("demo"))


@pytest.fixture
def demo(demo_folder) -> Iterator[Demo]:
    """`python -m demo`, started, and ended afterwards whatever happens."""
    with Demo(demo_folder) as running:
        yield running
