"""The site that browser tests use is the real one: it starts, says that it is healthy, and shows itself in Chromium."""

import json
import urllib.request
from http import HTTPStatus

import pytest
from django.db import OperationalError

from config import health


def test_the_site_is_healthy_while_its_database_answers(site):
    with urllib.request.urlopen(f"{site.url}/healthz", timeout=10) as answer:
        assert (answer.status, json.load(answer)) == (HTTPStatus.OK, {"database": "ok"})


def test_the_site_is_not_healthy_without_its_database(client, monkeypatch):
    class Gone:
        def cursor(self):
            raise OperationalError("the server is gone")

    monkeypatch.setattr(health, "connection", Gone())
    assert client.get("/healthz").status_code == HTTPStatus.SERVICE_UNAVAILABLE


def test_the_first_page_shows_without_a_complaint(site, open_window):
    page = open_window(site.url)
    assert page.goto("/").status == HTTPStatus.OK


@pytest.mark.parametrize(
    ("mishap", "complaint"),
    [
        ("console.error('the door is stuck')", "the door is stuck"),
        ("setTimeout(() => { throw new Error('out of fuel') })", "out of fuel"),
        ("document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:9/spy.png'}))", "spy.png"),
    ],
)
def test_a_complaint_of_a_page_is_heard(site, open_window, mishap, complaint):
    """The control: without `allow`, the end of the test would fail."""
    page = open_window(site.url, allow=[complaint])
    page.goto("/")
    page.evaluate(mishap)
    page.wait_for_function("() => true")
    (window,) = open_window.windows
    page.context.close()
    assert any(complaint in heard for heard in window.heard)
