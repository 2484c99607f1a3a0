"""How news of rides reads for somebody whose page is closed."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from realtime import streams
from realtime.models import Event, Message
from realtime.notices import looking, readers
from rides import commands, event_view, notices, tasks
from rides.models import Asking, Booking
from tests.rides import world

pytestmark = pytest.mark.django_db


def told(person, kind=None, **only):
    """The sentences of all that happened to her, as they read now; each once."""
    events = Event.objects.filter(stream_id=person.pk, **({"kind": kind} if kind else {})).order_by("seq")
    read = (looking.render(event, person, event.created_at) for event in events)
    return list(dict.fromkeys(notice.title for notice in read if notice))


@pytest.fixture
def asking(to_the_store, bo, half_way, store):
    answer = world.ask(bo, half_way, store, seats=2, litres=60, note="We have a dog.")
    tasks.match_request(answer.data["id"])
    return Asking.objects.get()


def test_every_event_that_can_be_sent_can_be_told_outside():
    assert set(notices.READERS) == set(event_view.RENDERERS), "say how it reads for who sees no page"
    assert {subject.code for subject in readers.subjects()} >= {
        readers.subject_of(kind).code for kind in notices.READERS
    }


def test_accept_stands_below_people_detour_and_needs(dora, asking):
    event = Event.objects.get(stream_id=dora.pk, kind="asking")
    notice = looking.render(event, dora, event.created_at)
    assert notice.title == "Bo asks for a ride"
    for part in ("2 people", "luggage: 60 l", "more for you", "We have a dog."):
        assert part in notice.body
    assert notice.accept == f"/api/v1/askings/{asking.pk}/accept/"


def test_children_and_wheelchairs_are_named():
    needs = {"seats": 1, "child_seats": 2, "wheelchairs": 1, "litres": 0, "length_cm": 0}
    assert notices.carried(needs) == ["1 person", "2 child seats", "1 wheelchair"]


def test_no_home_is_in_what_dora_is_told_of_bo(dora, asking, half_way):
    event = Event.objects.get(stream_id=dora.pk, kind="asking")
    notice = looking.render(event, dora, event.created_at)
    assert asking.request.origin.private
    assert asking.request.origin.label not in notice.title + notice.body
    assert str(half_way["lat"])[:6] not in notice.title + notice.body


def test_what_is_answered_is_not_asked_any_more(dora, asking):
    commands.decline_asking(dora, asking.pk)
    assert told(dora, "asking") == []


def test_dora_said_yes_so_bo_hears_of_it_and_dora_does_not(dora, bo, asking):
    assert commands.accept_asking(dora, asking.pk).ok
    assert told(bo) == ["Dora L. takes you along"]
    assert told(dora) == []


def test_a_ride_that_takes_people_by_itself_tells_its_driver_alone(dora, bo, to_the_store, half_way, store):
    type(to_the_store).objects.update(automatic=True)
    to_the_store.refresh_from_db()
    answer = world.book(bo, to_the_store, half_way, store)
    assert answer.data["state"] == Booking.State.CONFIRMED
    assert told(dora) == ["Bo rides with you"]
    assert told(bo) == []


@pytest.mark.parametrize(
    ("who", "other", "sentence"), [("bo", "dora", "Bo does not come"), ("dora", "bo", "No seat with Dora L.")]
)
def test_who_calls_off_need_not_hear_of_it(dora, bo, to_the_store, half_way, store, who, other, sentence):
    people = {"dora": dora, "bo": bo}
    answer = world.book(bo, to_the_store, half_way, store)
    commands.accept_booking(dora, answer.data["id"])
    assert commands.cancel_booking(people[who], answer.data["id"], note="").ok
    assert sentence in told(people[other])
    assert told(people[who]) == []


def test_a_change_of_a_ride_that_leaves_soon_does_not_wait_for_the_morning(dora, bo, to_the_store, half_way, store):
    answer = world.book(bo, to_the_store, half_way, store)
    event = Event.objects.filter(stream_id=dora.pk, kind="booking").last()
    notice = looking.render(event, dora, event.created_at)
    pickup_at = Booking.objects.get(pk=answer.data["id"]).pickup_at
    assert notice.before == pickup_at - timedelta(hours=1)


def test_bo_reads_it_in_his_language(bo, dora, asking):
    commands.accept_asking(dora, asking.pk)
    bo.language = "fr"
    bo.save()
    event = Event.objects.filter(stream_id=bo.pk, kind="booking").last()
    with translation.override("en"):
        looking.render(event, bo, event.created_at)
        assert translation.get_language() == "en", "the worker's own language is as it was"


def test_from_the_request_to_the_letter(dora, asking, mailoutbox):
    """With everything real in between: dora has no device, so her letter comes within seconds."""
    from tests.realtime.noticing import run_due

    now = timezone.now() + looking.GRACE
    streams.acknowledge(asking.request.rider_id, 10**6)
    looking.look(now)
    run_due(now + timedelta(hours=12))
    letters = [letter for letter in mailoutbox if letter.to == [dora.email]]
    assert [letter.subject for letter in letters] == ["Bo asks for a ride"]
    assert not Message.objects.filter(state="failed").exists()
