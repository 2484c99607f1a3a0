"""Limits are fair to families, the same for all processes together, and say when to come back."""

import json
import logging
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from accounts import limits, tasks
from accounts.limits import Rate, spend
from accounts.models import Bucket
from rides.api.limits import stranger
from tests.realtime.race import race
from tests.rides.programs import carry, client

pytestmark = pytest.mark.django_db(transaction=True)
SLOW = Rate(per_minute=1, burst=20)
ME = "/api/v1/me/"


@pytest.fixture
def tight(settings):
    """Two at once, then one in twenty seconds."""
    settings.API_LIMITS = {name: (3, 2) for name in settings.API_LIMITS}
    return settings


def passed(outcomes):
    return sum(one.passes for one in outcomes)


# --- the bucket --------------------------------------------------------------------------------------------------


def test_a_burst_passes_then_an_even_pace():
    now, rate = timezone.now(), Rate(per_minute=60, burst=5)
    assert passed(spend("bo", rate, now) for _ in range(9)) == 5
    assert passed(spend("bo", rate, now + timedelta(seconds=3)) for _ in range(9)) == 3
    assert passed(spend("bo", rate, now + timedelta(hours=1)) for _ in range(9)) == 5  # a long rest is not saved up
    assert passed(spend("cy", rate, now) for _ in range(9)) == 5


def test_who_waits_as_told_passes_and_a_second_less_is_too_early():
    now, rate = timezone.now(), Rate(per_minute=7, burst=3)
    for _ in range(3):
        assert spend("bo", rate, now).passes
    refused = spend("bo", rate, now)
    assert (refused.passes, refused.left) == (False, 0)
    assert not spend("bo", rate, now + refused.wait - timedelta(seconds=1)).passes
    assert spend("bo", rate, now + refused.wait).passes


def test_processes_together_let_no_more_through_than_one():
    def many():
        return [spend("bo", SLOW) for _ in range(15)]

    outcomes = [one for part in race(*[many] * 6) for one in part]
    assert len(outcomes) == 90
    assert passed(outcomes) == 20


def test_counting_in_two_steps_lets_more_through():
    """Control: both look, then both pour, and the last place is given away twice."""
    for _ in range(19):
        spend("bo", SLOW)
    both_have_looked = Barrier(2)

    def look_then_pour():
        bucket = Bucket.objects.get(key="bo")
        passes = bucket.empty_at + SLOW.drop <= timezone.now() + SLOW.room
        both_have_looked.wait(10)
        bucket.empty_at += SLOW.drop
        bucket.save()
        return passes

    assert race(look_then_pour, look_then_pour) == [True, True]


def test_another_process_counts_in_the_same_bucket(settings):
    for _ in range(20):
        spend("bo", SLOW)
    program = """
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {name!r}
import django
django.setup()
from accounts.limits import Rate, spend
print(spend("bo", Rate(1, 20)).passes, spend("cy", Rate(1, 20)).passes)
"""
    other = subprocess.run(
        [sys.executable, "-c", program.format(name=connection.settings_dict["NAME"])],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": settings.DATABASE_URL},
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout.split() == ["False", "True"]


def test_the_table_is_not_logged():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'accounts_bucket'")
        assert cursor.fetchone() == ("u",)


def test_empty_buckets_are_forgotten():
    now = timezone.now()
    spend("bo", SLOW, now)
    spend("cy", SLOW, now - timedelta(minutes=2))
    tasks.forget_limits(0)
    assert list(Bucket.objects.values_list("key", flat=True)) == ["bo"]


# --- over HTTP ---------------------------------------------------------------------------------------------------


def test_who_asks_too_often_reads_when_to_come_back(tight, bo):
    program = client(bo)
    first, second, third = (program.get(ME) for _ in range(3))
    assert [first.status_code, second.status_code, third.status_code] == [200, 200, 429]
    assert third.json()["code"] == "too_many_requests"
    assert third.headers["Content-Type"] == "application/problem+json"
    assert 19 <= int(third.headers["Retry-After"]) <= 20
    assert first.headers["RateLimit-Policy"] == '"read";q=2;w=40'
    assert first.headers["RateLimit"].startswith('"read";r=1;t=')


def test_the_site_says_the_same_wait_as_the_bucket(tight, bo):
    """Retry-After is whole seconds, rounded up: by the database's clock of that moment it is enough."""
    program = client(bo)
    told = [program.get(ME) for _ in range(3)][-1]
    bucket = Bucket.objects.get(key=f"read person {bo.pk}")
    rate = Rate(*tight.API_LIMITS["read"])
    refused_before = bucket.empty_at - rate.room + rate.drop
    wait = timedelta(seconds=int(told.headers["Retry-After"]))
    assert not spend(bucket.key, rate, refused_before - timedelta(seconds=1)).passes
    assert spend(bucket.key, rate, min(timezone.now() + wait, refused_before + wait)).passes


def test_a_family_behind_one_address_is_as_many_as_it_is(tight, bo, cy):
    bos, cys = client(bo), client(cy)
    assert [bos.get(ME).status_code for _ in range(3)] == [200, 200, 429]
    assert cys.get(ME).status_code == 200
    assert bos.get(ME).status_code == 429


def test_another_token_of_the_same_person_is_the_same_person(tight, bo):
    assert [client(bo).get(ME).status_code for _ in range(3)] == [200, 200, 429]


def test_writing_reading_and_looking_for_places_are_counted_apart(tight, bo):
    program = client(bo)
    assert [program.get(ME).status_code for _ in range(3)] == [200, 200, 429]
    assert [program.patch(ME, {"phone": "1"}, format="json").status_code for _ in range(3)] == [200, 200, 429]
    assert [program.get("/api/v1/places/").status_code for _ in range(3)] == [400, 400, 429]
    assert [program.get("/api/v1/search/").status_code for _ in range(3)] == [400, 400, 429]


def test_strangers_are_counted_by_address(tight):
    def ask(address):
        return client().get("/api/v1/offers/", REMOTE_ADDR=address).status_code

    assert [ask("192.0.2.1") for _ in range(3)] == [200, 200, 429]
    assert ask("192.0.2.2") == 200


def test_who_tries_secrets_is_soon_at_the_limit(tight):
    program = carry(client(), "detour_guess")
    assert [program.get(ME).status_code for _ in range(3)] == [401, 401, 429]


def test_the_own_stream_is_counted_too(tight, bo):
    program = client(bo)
    assert [program.get("/api/v1/events/").status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(
    ("behind_proxy", "address", "forwarded", "who"),
    [
        (False, "192.0.2.1", "203.0.113.9", "192.0.2.1"),  # nobody may choose his own address
        (True, "10.0.0.2", "203.0.113.9", "203.0.113.9"),
        (True, "10.0.0.2", "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # the last is what our proxy saw
        (True, "10.0.0.2", "", "10.0.0.2"),
        (False, "2001:db8:1:2:aaaa::1", "", "2001:db8:1:2::/64"),
        (False, "2001:db8:1:2:bbbb::7", "", "2001:db8:1:2::/64"),
        (False, "2001:db8:1:3::1", "", "2001:db8:1:3::/64"),
        (False, "::ffff:192.0.2.1", "", "192.0.2.1"),
        (True, "10.0.0.2", "nonsense", "somewhere"),
        (False, "", "", "somewhere"),
    ],
)
def test_the_address_of_a_stranger(rf, settings, behind_proxy, address, forwarded, who):
    settings.BEHIND_PROXY = behind_proxy
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert stranger(rf.get("/", REMOTE_ADDR=address, **headers)) == who


def test_when_nobody_can_count_everybody_passes_and_the_log_says_so(tight, bo, caplog):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_bucket RENAME TO away")
    try:
        with caplog.at_level(logging.WARNING, logger=limits.__name__):
            assert [client(bo).get(ME).status_code for _ in range(4)] == [200] * 4
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO accounts_bucket")
    assert "cannot be counted" in caplog.text


@pytest.mark.parametrize("given", ['{"serch": [1, 1]}', '{"search": 60}', '{"search": [0, 1]}', "[]"])
def test_a_limit_that_makes_no_sense_stops_the_start(given):
    unused = {"DJANGO_DEBUG": "1", "DATABASE_URL": "postgresql://unused@127.0.0.1/unused", "API_LIMITS": given}
    started = subprocess.run(
        [sys.executable, "-c", "import config.settings"], env=os.environ | unused, capture_output=True, text=True
    )
    assert started.returncode != 0
    assert "API_LIMITS" in started.stderr.splitlines()[-1]


def test_the_page_on_the_api_says_the_limits_as_they_are():
    page = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()
    told = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+) \|", page, re.MULTILINE)
    unused = {"DJANGO_DEBUG": "1", "DATABASE_URL": "postgresql://unused@127.0.0.1/unused", "API_LIMITS": ""}
    asks = "import json; from config.settings import API_LIMITS; print(json.dumps(API_LIMITS))"
    usual = subprocess.run(
        [sys.executable, "-c", asks], env=os.environ | unused, capture_output=True, text=True, check=True
    )
    assert {name: [int(a_minute), int(at_once)] for name, a_minute, at_once in told} == json.loads(usual.stdout)
