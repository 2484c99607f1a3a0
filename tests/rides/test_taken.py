"""Whoever was not first reads so: where the card was, and as the answer to a yes that comes too late."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Block
from rides import commands, tasks
from rides.models import Asking
from rides.requests import taken
from tests.rides import world

pytestmark = pytest.mark.django_db
LATE = "Another driver was first."


@pytest.fixture
def cards(to_the_store, bo, far_home, half_way, store):
    """Bo's request on the screens of Dora and Eve."""
    eve = world.person("Eve")
    world.car(eve)
    world.publish(eve, far_home, store)
    tasks.match_request(world.ask(bo, half_way, store).data["id"])
    found = {card.offer.driver.first_name: card for card in Asking.objects.select_related("offer__driver")}
    assert set(found) == {"Dora", "Eve"}
    return found


@pytest.fixture
def eve(cards):
    return cards["Eve"].offer.driver


def lost(person) -> list[int]:
    return [card.pk for card in taken.by_another(person, timezone.now())]


def test_who_comes_second_is_told_by_whom_she_was_beaten_in_no_word_but_that(cards, dora, eve):
    assert commands.accept_asking(dora, cards["Dora"].pk).ok
    for answer in (commands.accept_asking, commands.decline_asking, commands.put_off_asking):
        refused = answer(eve, cards["Eve"].pk)
        assert (refused.status, refused.data["code"], refused.data["detail"]) == (409, "already_settled", LATE)
        assert "Dora" not in str(refused.data)
    assert (lost(eve), lost(dora)) == ([cards["Eve"].pk], [])


def test_the_inbox_says_so_in_the_place_of_the_card(cards, dora, eve, client):
    client.force_login(eve)
    assert LATE not in client.get("/inbox/").content.decode()  # control
    assert commands.accept_asking(dora, cards["Dora"].pk).ok
    page = client.get("/inbox/").content.decode()
    assert f'id="taken-{cards["Eve"].pk}"' in page
    assert LATE in page
    assert "Accept" not in page
    assert "Nothing waits for you" not in page
    client.force_login(dora)
    assert LATE not in client.get("/inbox/").content.decode()


def test_what_the_rider_called_off_was_taken_by_nobody(cards, bo, eve):
    commands.cancel_request(bo, cards["Eve"].request_id)
    assert commands.accept_asking(eve, cards["Eve"].pk).data["detail"] == "This was already answered."
    assert lost(eve) == []


def test_it_is_news_for_some_hours_and_between_people_who_may_meet(cards, dora, bo, eve):
    assert commands.accept_asking(dora, cards["Dora"].pk).ok
    assert lost(eve)  # control
    block = Block.objects.create(blocker=bo, blocked=eve)
    assert lost(eve) == []
    block.delete()
    Asking.objects.update(created_at=timezone.now() - taken.STANDS - timedelta(minutes=1))
    assert lost(eve) == []


def test_a_driver_who_draws_back_puts_it_to_the_others_again(cards, dora, eve):
    booking = commands.accept_asking(dora, cards["Dora"].pk)
    assert commands.cancel_booking(dora, booking.data["id"]).ok
    tasks.match_request(cards["Eve"].request_id)
    assert Asking.objects.get(pk=cards["Eve"].pk).state == "asked"
    assert lost(eve) == []
