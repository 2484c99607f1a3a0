"""Tokens: a program may do for Bo what he ticked, until he says stop."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import tokens
from accounts.models import ApiToken
from rides.models import Booking
from tests.rides import world
from tests.rides.programs import client

pytestmark = pytest.mark.django_db
TOKENS = "/api/v1/me/tokens/"


@pytest.fixture
def body(to_the_store, half_way, store):
    return {"offer": to_the_store.pk, "origin": half_way, "destination": store}


def made(program, **fields):
    return program.post(TOKENS, {"name": "calendar", "scopes": ["read", "ride"]} | fields, format="json")


def test_bo_makes_a_token_and_sees_its_secret_once(bo):
    first = made(client(bo))
    assert first.status_code == 201
    secret = first.json()["secret"]
    assert secret.startswith("detour_")
    listed = client(bo).get(TOKENS)
    assert "calendar" in [row["name"] for row in listed.json()["results"]]
    assert secret not in listed.content.decode()
    assert not [row for row in ApiToken.objects.values_list("secret_sha256", flat=True) if secret in row]


def test_a_token_does_what_its_scopes_say(body, bo):
    program = client(bo, scopes=("read", "ride"))
    assert program.get("/api/v1/bookings/").status_code == 200
    assert program.post("/api/v1/bookings/", body, format="json").status_code == 201


def until(answer):
    return datetime.fromisoformat(answer.json()["expires_at"])


@pytest.mark.parametrize(
    ("scopes", "method", "path", "missing"),
    [
        (("read", "drive", "account"), "post", "/api/v1/bookings/", "ride"),
        (("read", "ride", "account"), "post", "/api/v1/offers/", "drive"),
        (("read", "ride", "drive"), "patch", "/api/v1/me/", "account"),
        (("read", "ride", "drive"), "post", TOKENS, "account"),
        (("ride", "drive", "account"), "get", "/api/v1/bookings/", "read"),
        (("ride", "drive", "account"), "get", "/api/v1/events/", "read"),
        (("ride", "drive", "account"), "get", "/api/v1/offers/", "read"),
    ],
)
def test_what_a_token_lacks_is_named(body, bo, scopes, method, path, missing):
    sent = getattr(client(bo, scopes=scopes), method)
    refused = sent(path, body, format="json") if method != "get" else sent(path)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert refused.json()["scope"] == missing
    assert Booking.objects.count() == 0


def test_whoever_signed_in_on_the_site_may_do_everything(body, bo):
    browser = Client()
    browser.force_login(bo)
    assert browser.post("/api/v1/bookings/", body, content_type="application/json").status_code == 201


def test_either_side_calls_a_booking_off_with_its_own_scope(to_the_store, dora, bo, far_home, store):
    door = world.near(far_home, 200, 0)
    for person, scope in ((bo, "ride"), (dora, "drive")):
        path = f"/api/v1/bookings/{world.book(bo, to_the_store, door, store).data['id']}/cancel/"
        assert client(person, scopes=("account",)).post(path).status_code == 403
        assert client(person, scopes=(scope,)).post(path).status_code == 200


def test_a_token_that_is_deleted_or_expired_is_nobodys(bo):
    program = client(bo)
    [token] = ApiToken.objects.filter(person=bo)
    ApiToken.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    assert program.get("/api/v1/me/").status_code == 200
    ApiToken.objects.update(expires_at=timezone.now())
    expired = program.get("/api/v1/me/")
    assert (expired.status_code, expired.json()["code"]) == (401, "authentication_failed")
    ApiToken.objects.update(expires_at=None)
    assert program.delete(f"{TOKENS}{token.pk}/").status_code == 204
    assert program.get("/api/v1/me/").status_code == 401


def test_the_token_of_an_account_that_is_switched_off_is_nobodys(bo):
    program = client(bo)
    bo.is_active = False
    bo.save()
    assert program.get("/api/v1/me/").status_code == 401


def test_nobody_deletes_the_token_of_another(bo, cy):
    client(bo)
    [token] = ApiToken.objects.filter(person=bo)
    someone_elses, nobodys = (client(cy).delete(f"{TOKENS}{pk}/") for pk in (token.pk, 999_999))
    assert someone_elses.status_code == 404
    assert someone_elses.content == nobodys.content
    assert ApiToken.objects.filter(pk=token.pk).exists()


def test_a_token_hands_on_no_more_than_it_has(bo):
    program = client(bo, scopes=("account", "read"))
    soon = timezone.now() + timedelta(hours=1)
    ApiToken.objects.update(expires_at=soon)
    refused = made(program)
    assert (refused.status_code, refused.json()["scope"]) == (403, "ride")
    for wish in ({}, {"expires_at": soon + timedelta(days=1)}):
        assert until(made(program, scopes=["read"], **wish)) == soon
    sooner = soon - timedelta(minutes=1)
    assert until(made(program, scopes=["read"], expires_at=sooner)) == sooner


@pytest.mark.parametrize(
    "fields", [{"scopes": []}, {"scopes": ["everything"]}, {"name": ""}, {"expires_at": "2020-01-01T00:00:00Z"}]
)
def test_a_token_that_makes_no_sense_is_refused(bo, fields):
    assert made(client(bo), **fields).json()["code"] == "invalid"


def test_there_is_an_end_to_tokens(bo, monkeypatch):
    program = client(bo)
    monkeypatch.setattr(tokens, "MOST", 2)
    assert made(program).status_code == 201
    assert (made(program).status_code, made(program).json()["code"]) == (409, "too_many_tokens")


def test_use_is_written_once_a_minute_at_most(bo, django_assert_num_queries):
    client(bo)
    [token] = ApiToken.objects.filter(person=bo)
    now = timezone.now()
    for use, written in (
        (now, now),
        (now + timedelta(seconds=59), now),
        (now + timedelta(seconds=61), now + timedelta(seconds=61)),
    ):
        tokens.used(token, use)
        token.refresh_from_db()
        assert token.last_used_at == written
    with django_assert_num_queries(0):
        tokens.used(token, token.last_used_at + timedelta(seconds=30))


def test_somebody_with_a_token_can_be_deleted(bo):
    client(bo)
    bo.delete()
    assert not ApiToken.objects.exists()
