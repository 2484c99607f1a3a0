"""No page and no list costs more queries when there is more to show."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from realtime.notices import sign_off
from rides import streets
from rides.models import Booking
from tests.rides import world
from tests.rides.town import Town

pytestmark = pytest.mark.django_db

FEW, MANY = 2, 8
ROOMS = ("web.", "rides.", "realtime.", "django.views.generic")
WORDS = {"step": "cancel", "answer": "yes", "theme": "light", "z": 0, "x": 0, "y": 0}
NOTHING_THERE = {"tile": 204, "shared_ride": 404, "api-notice": 404}
NOT_FOR_PEOPLE = {"api-schema", "api-docs"}


def journey():
    """From a door to the store, as a query string."""
    here, there = world.homes(3)[0], world.store()
    return here, there


def queries():
    """What the addresses need behind the question mark."""
    here, there = journey()
    west, south, east, north = streets.the_region().manifest.bounds
    box = {"bbox": f"{west},{south},{east},{north}"}
    points = [f"{place['lat']},{place['lon']}" for place in (here, there)]
    return {
        "find": {"to": "IKEA"},
        "map_view": box,
        "map_line": {"via": ";".join(points)},
        "api-offers": box,
        "api-search": {"from": points[0], "to": points[1], **_today()},
        "api-places": {"q": "IKEA"},
    }


def _today():
    """Hours in which there is a ride, however few there are."""
    now = timezone.now()
    return {"earliest_at": now.isoformat(), "latest_at": (now + timedelta(days=1)).isoformat()}


def addresses(patterns=None, prefix=""):
    """The names of all addresses of ours, with the names of what they are given."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and pattern.name and _is_ours(pattern):
            yield pattern.name, list(pattern.pattern.converters)


def _is_ours(pattern):
    view = getattr(pattern.callback, "view_class", getattr(pattern.callback, "cls", pattern.callback))
    return view.__module__.startswith(ROOMS) and pattern.name not in NOT_FOR_PEOPLE


def words_of(name):
    """An address that only somebody with the right word finds."""
    return {"token": sign_off.token(1, sign_off.EVERYTHING) if name == "notices_off" else "no-link"}


def cost(client, town):
    """Queries of every address that can be read, and what the others answered."""
    spent, refused, asked = {}, {}, queries()
    for name, given in addresses():
        path = reverse(name, args=[(town.ids | WORDS | words_of(name))[one] for one in given])
        with CaptureQueriesContext(connection) as made:
            answer = client.get(f"{path}?{urlencode(asked.get(name, {}))}")
            if answer.streaming:
                list(answer.streaming_content)
        if answer.status_code == 200:
            spent[name] = len(made)
        else:
            refused[name] = answer.status_code
    return spent, refused


@pytest.fixture
def town(bo, client):
    client.force_login(bo)
    return Town(bo)


def test_no_page_or_list_costs_more_queries_when_the_town_grows(town, client):
    town.grow(FEW)
    cost(client, town)  # what is kept for later is worked out now
    few, refused = cost(client, town)
    town.grow(MANY - FEW)
    many, _ = cost(client, town)
    more = {name: (few[name], many[name]) for name in few if many.get(name, 0) > few[name]}
    assert more == {}
    assert {name: status for name, status in refused.items() if status not in (302, 405)} == NOTHING_THERE
    assert len(few) > 40


def test_a_query_for_each_row_would_be_seen(town, client, monkeypatch):
    """Control: a list that asks again for each of its rows."""
    from rides.api import bookings

    monkeypatch.setattr(bookings, "mine", lambda person: Booking.objects.filter(rider=person))
    town.grow(FEW)
    cost(client, town)
    few, _ = cost(client, town)
    town.grow(1)
    many, _ = cost(client, town)
    assert many["api-bookings"] > few["api-bookings"]
