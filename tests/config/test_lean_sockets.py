"""A process that keeps sockets has no engine in memory, whatever its pages are told."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import transaction

from accounts.models import ByPhone
from realtime import streams
from realtime.streams import News
from realtime.topics import cell_of, cell_topic, offer_topic, ride_topic
from rides.models import Asking, Case, FoundRide, RideOffer
from tests.rides import world
from tests.rides.town import Town

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = {
    "routing",
    "routing.plan",
    "routing.capacity",
    "routing.distance",
    "routing.errors",
    "routing.matching",
    "routing.matching.terms",
}
"""Plain data that rides are written in: dataclasses and their arithmetic, without NumPy."""


@pytest.fixture
def town(valley):
    """Ann's, with news of every kind in her stream, and a ride under way."""
    town = Town(world.person("Ann"))
    town.grow(1)
    under_way = RideOffer.objects.filter(driver=town.me).exclude(pk=town.ride.pk)[:1]
    RideOffer.objects.filter(pk__in=under_way).update(state=RideOffer.State.DEPARTED)
    hers = {
        "booking": town.booking.pk,
        "asking": Asking.objects.get(pk=town.ids["asking_id"]).pk,
        "request": town.wish.pk,
        "found": FoundRide.objects.filter(search__person=town.me).first().pk,
        "outing": town.outing.pk,
        "series": town.series.pk,
        "standing": town.standing.pk,
        "case": Case.objects.get(pk=town.ids["case_id"]).pk,
        "call": town.ids["call_id"],
        "helping": ByPhone.objects.get(helper=town.me, helper_agreed_at=None).person_id,
    }
    named = {"helping": "person"}
    with transaction.atomic():
        streams.append([News(town.me.pk, kind, {named.get(kind, kind): pk}) for kind, pk in hers.items()])
    return town


def told_in_a_process_of_its_own(town, settings_module):
    """What `tests.config.lean` prints."""
    place = town.home
    topics = [
        cell_topic("public", cell_of(place.public_lat, place.public_lon)),
        offer_topic(town.ride.pk),
        ride_topic(RideOffer.objects.get(state=RideOffer.State.DEPARTED).pk),
    ]
    run = subprocess.run(
        [sys.executable, "-m", "tests.config.lean", settings.DATABASES["default"]["NAME"], str(town.me.pk), *topics],
        env={**os.environ, "DATABASE_URL": settings.DATABASE_URL, "DJANGO_SETTINGS_MODULE": settings_module},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1]), topics


def engine(modules):
    """What has no business there."""
    heavy = {"numba", "numpy", "scipy", "osmnx"} & set(modules)
    return heavy | {name for name in modules if name.split(".")[0] == "routing"} - WORDS


def test_news_of_every_kind_is_told_without_the_engine(town):
    told, topics = told_in_a_process_of_its_own(town, "config.socket_settings")
    assert told["kinds"] == told["all_kinds"]  # none is gone, and none is left out
    assert told["topics"] == sorted(topics)
    assert told["marks"]
    assert not engine(told["modules"])


def test_control_a_process_with_pages_has_the_engine(town):
    told, _topics = told_in_a_process_of_its_own(town, "config.settings")
    assert "numba" in engine(told["modules"])
