"""The card in the inbox: what Dora reads, and one tap for later."""

import re

import pytest
from django.urls import reverse

from rides import tasks
from rides.models import Asking
from tests.rides import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox(client, dora, bo, far_home, half_way, store):
    """Dora looks at her inbox; there is Bo's card."""
    world.car(dora, 3, {"name": "van", "seats": 3, "child_seats": 1, "wheelchairs": 1})
    world.publish(dora, far_home, store)
    tasks.match_request(world.ask(bo, half_way, store, seats=2, child_seats=1, wheelchairs=1).data["id"])
    client.force_login(dora)
    return client


def send(client, answer: str):
    """The form of the only card, as a tap on that button sends it."""
    page = client.get("/inbox/").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    return client.post(reverse("answer_asking", args=[Asking.objects.get().pk, answer]), {"key": key}, follow=True)


def test_the_card_says_who_rides_in_what(inbox):
    page = inbox.get("/inbox/").content
    assert b"Bo is on your way" in page
    assert b"1 child seat<" in page
    assert b"1 wheelchair<" in page


def test_one_tap_puts_it_off_and_the_page_says_until_when(inbox):
    assert b"For later" not in inbox.get("/inbox/").content  # control
    assert b"data-badge>1" in inbox.get("/about/").content
    page = send(inbox, "later").content
    assert b"For later" in page
    assert b"You will be asked again at" in page
    assert b"data-badge hidden" in inbox.get("/about/").content
    card = Asking.objects.get()
    assert card.put_off == 1
    assert reverse("answer_asking", args=[card.pk, "later"]).encode() not in page
    assert b"Settled" in send(inbox, "accept").content
