"""Bo has no device: Cy calls him, then Mo, who coordinates his street; what they read and say, over API and pages."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts import by_phone, communities
from accounts.models import Block, ByPhone, Community, Membership, User
from realtime.models import Call, Event, NoticeHours
from realtime.notices import attending, calls
from rides import commands, event_view
from rides.models import Booking
from tests.realtime.noticing import look, run_due
from tests.rides import world
from tests.rides.programs import client as program
from tests.web.forms import send

pytestmark = pytest.mark.django_db
PHONE = "+33 1 22 33 44 55"


@pytest.fixture
def street(bo, cy) -> Community:
    street = Community.objects.create(name="Mill Lane", slug="mill-lane")
    for person in (bo, cy):
        Membership.objects.create(community=street, person=person)
    return street


@pytest.fixture
def mo(street) -> User:
    mo = world.person("Mo")
    Membership.objects.create(community=street, person=mo, role=Membership.Role.COORDINATOR)
    return mo


@pytest.fixture
def called(bo, cy, mo) -> ByPhone:
    """Bo wants to be called by Cy, who has said yes."""
    assert commands.set_called(bo, bo.pk, {"phone": PHONE, "helper": cy.pk}).ok
    assert commands.help_by_phone(cy, bo.pk, yes=True).ok
    return ByPhone.objects.get()


@pytest.fixture
def call(called, bo, dora, to_the_store, half_way, store) -> Call:
    """Dora takes Bo along, and somebody has to tell him."""
    booked = world.book(bo, to_the_store, half_way, store)
    Booking.objects.update(created_at=timezone.now() - timedelta(minutes=1))  # a yes within a second is no hand's
    assert commands.accept_booking(dora, booked.data["id"]).ok
    the_worker_works()
    return Call.objects.get()


def the_worker_works():
    for person in User.objects.all():  # whatever the clock says here, it is no night
        NoticeHours.objects.update_or_create(person=person, defaults={"quiet_from": None, "quiet_until": None})
    look(timezone.now())
    run_due(timezone.now())


def mine(person) -> list:
    return program(person).get("/api/v1/calls/").json()["results"]


def step(person, call, word, key="", **body):
    return program(person).post(
        f"/api/v1/calls/{call.pk}/{word}/", body or None, format="json", headers={"Idempotency-Key": key}
    )


def test_cy_reads_what_to_tell_bo_and_his_number(call, cy):
    [card] = mine(cy)
    assert (card["person"], card["phone"], card["title"]) == ("Bo", PHONE, "Dora L. takes you along")
    assert (card["state"], card["shared"], card["language"]) == ("open", False, "en")


def test_nobody_else_finds_it(call, bo, dora, mo):
    for person in (bo, dora, mo):
        assert mine(person) == []
        assert program(person).get(f"/api/v1/calls/{call.pk}/").status_code == 404
        assert step(person, call, "knows", seq=call.seq).json()["code"] == "not_found"


def test_when_cy_says_that_bo_knows_it_leaves_both_pages(call, cy, mo):
    attending.attend(call.helper_until)
    assert [card["phone"] for card in mine(mo)] == [PHONE]
    told = step(cy, call, "knows", key="tap", seq=call.seq)
    assert (told.status_code, told.json()["state"], told.json()["closed_by"]) == (200, "told", "Cy")
    assert step(cy, call, "knows", key="tap", seq=call.seq).json() == told.json()
    assert step(mo, call, "knows", seq=call.seq).json()["closed_by"] == "Cy"
    last = Event.objects.filter(stream_id=mo.pk, kind="call").last()
    shown = event_view.of_call(last.refs, mo)
    assert (shown["state"], shown["phone"], shown["title"]) == ("told", "", "")


def test_what_is_not_what_cy_told_is_refused(call, cy):
    refused = step(cy, call, "knows", seq=call.seq + 1)
    assert (refused.status_code, refused.json()["code"]) == (409, "call_changed")
    assert step(cy, call, "knows").status_code == 400
    assert Call.objects.get().state == "open"


def test_no_answer_counts_once_for_one_tap(call, cy):
    for _ in range(2):
        assert step(cy, call, "no_answer", key="one").json()["tries"] == 1


def test_cy_takes_back_what_she_ticked_by_mistake(call, cy, mo):
    until = step(cy, call, "knows", seq=call.seq).json()["undo_until"]
    assert until is not None
    again = step(cy, call, "take_back").json()
    assert (again["state"], again["title"], again["phone"]) == ("open", "Dora L. takes you along", PHONE)
    step(cy, call, "knows", seq=call.seq)
    Call.objects.update(closed_at=timezone.now() - calls.UNDO - timedelta(seconds=1))
    assert step(cy, call, "take_back").json()["code"] == "too_late_to_undo"


def test_what_is_over_is_no_longer_told(call, cy):
    Call.objects.update(state="over", closed_at=timezone.now(), title="", body="")
    for word, body in (("knows", {"seq": call.seq}), ("no_answer", {})):
        assert step(cy, call, word, **body).json()["code"] == "call_over"


def test_cancelled_again_is_the_same_call_with_the_newer_sentence(call, bo, dora, cy):
    assert commands.cancel_booking(dora, call.refs["booking"], note="The car is broken.").ok
    the_worker_works()
    [card] = mine(cy)
    assert (card["id"], card["title"]) == (call.pk, "No seat with Dora L.")
    assert "The car is broken." in card["body"]
    assert step(cy, call, "knows", seq=call.seq).json()["code"] == "call_changed"


def test_bo_who_calls_off_himself_is_not_called_about_it(call, bo, cy):
    assert commands.cancel_booking(bo, call.refs["booking"]).ok
    attending.attend(timezone.now())
    [card] = mine(cy)
    assert card["state"] == "over"


def test_a_helper_is_asked_and_reads_nothing_before_her_yes(bo, cy, mo):
    assert commands.set_called(bo, bo.pk, {"phone": PHONE, "helper": cy.pk}).data["agreed"] is False
    assert by_phone.helper_of(bo.pk) is None
    [asked] = Event.objects.filter(stream_id=cy.pk, kind="helping")
    assert event_view.of_helping(asked.refs, cy)["person"] == "Bo"
    assert event_view.of_helping(asked.refs, mo) is None
    assert commands.help_by_phone(mo, bo.pk, yes=True).data["code"] == "not_found"
    assert commands.help_by_phone(cy, bo.pk, yes=True).ok
    assert by_phone.helper_of(bo.pk) == cy.pk


def test_whom_a_coordinator_names_she_has_asked(bo, cy, mo):
    assert commands.set_called(mo, bo.pk, {"phone": PHONE, "helper": cy.pk}).data["agreed"] is True


@pytest.mark.parametrize("why", ["stranger", "blocked", "herself"])
def test_not_everybody_can_be_named(bo, cy, mo, dora, why):
    if why == "blocked":
        Block.objects.create(blocker=cy, blocked=bo)
    helper = {"stranger": dora, "blocked": cy, "herself": bo}[why]
    assert commands.set_called(bo, bo.pk, {"phone": PHONE, "helper": helper.pk}).data["code"] == "no_such_helper"
    assert not ByPhone.objects.exists()


def test_nobody_else_says_that_bo_is_called(bo, cy, dora):
    for person in (cy, dora):
        assert commands.set_called(person, bo.pk, {"phone": PHONE, "helper": None}).data["code"] == "not_found"
        assert commands.call_no_more(person, bo.pk).data["code"] == "not_found"


def test_when_cy_steps_back_it_is_the_coordinators(call, bo, cy, mo):
    assert commands.help_by_phone(cy, bo.pk, yes=False).ok
    attending.attend(timezone.now())
    assert mine(cy) == [] and len(mine(mo)) == 1
    assert event_view.of_call({"call": call.pk}, cy) is None


def test_another_helper_hears_of_what_is_open(call, bo, mo):
    zoe = world.person("Zoe")
    Membership.objects.create(community=bo.memberships.get().community, person=zoe)
    assert commands.set_called(mo, bo.pk, {"phone": PHONE, "helper": zoe.pk}).ok
    assert Event.objects.filter(stream_id=zoe.pk, kind="call").count() == 1
    assert len(mine(zoe)) == 1


def test_the_people_whom_she_coordinates_are_those_who_have_her(bo, cy, dora, mo):
    """Both sides of one question, also for who runs the site, and with a block."""
    eve = world.person("Eve", is_staff=True)
    people = [bo, cy, dora, mo, eve]
    for block in (None, (bo, mo)):
        if block:
            Block.objects.create(blocker=block[0], blocked=block[1])
        for person in people:
            sees = set(communities.coordinated_by(person).values_list("pk", flat=True))
            assert sees == {one.pk for one in people if person in communities.coordinators_of(one)}, (person, block)


def test_no_mail_that_names_whom_to_call_holds_number_or_news(call, mailoutbox):
    """Cy hears by mail that there is a call, and no more than that."""
    for _ in range(2):
        the_worker_works()
    [letter] = [one for one in mailoutbox if one.subject == "Please call Bo"]
    assert letter.to == ["cy@example.org"]
    assert PHONE not in letter.body and "Dora" not in letter.body
    jobs = ProcrastinateJob.objects.values_list("args", flat=True)
    assert PHONE not in str(list(jobs))


# --- pages ---------------------------------------------------------------------------------------------------------


def test_cy_reads_the_card_and_ticks_it(call, cy, client):
    client.force_login(cy)
    assert "1 call to make" in client.get(reverse("inbox")).content.decode()
    page = client.get(reverse("calls"))
    text = page.content.decode()
    assert "Dora L. takes you along." in text and f'href="tel:{PHONE}"' in text
    answered = send(client, page, reverse("call_step", args=[call.pk, "no_answer"]))
    assert answered.url == reverse("calls")
    page = client.get(reverse("calls"))
    assert "tried once" in page.content.decode()
    send(client, page, reverse("call_step", args=[call.pk, "knows"]))
    page = client.get(reverse("calls"))
    text = page.content.decode()
    assert "She knows, says Cy." in text and PHONE not in text and "Nobody waits for a call of yours." in text
    send(client, page, reverse("call_step", args=[call.pk, "take_back"]))
    assert Call.objects.get().state == "open"


def test_bo_says_that_he_has_no_device_and_cy_says_yes_by_one_tap(bo, cy, mo, client):
    client.force_login(bo)
    assert client.post(reverse("called_me"), {"phone": "", "helper": cy.pk}).status_code == 400
    assert client.post(reverse("called_me"), {"phone": PHONE, "helper": cy.pk}).status_code == 302
    assert "Cy has not said yes yet" in client.get(reverse("called_me")).content.decode()
    client.force_login(cy)
    page = client.get(reverse("calls"))
    assert "Would you call Bo?" in page.content.decode() and PHONE not in page.content.decode()
    send(client, page, reverse("call_help", args=[bo.pk, "yes"]))
    assert by_phone.helper_of(bo.pk) == cy.pk
    client.force_login(bo)
    assert "Cy calls." in client.get(reverse("called_me")).content.decode()
    client.post(reverse("called_me"), {"end": "1"})
    assert not ByPhone.objects.exists()


def test_mo_sets_it_without_reading_the_number_that_is_there(called, bo, cy, mo, client):
    client.force_login(mo)
    assert reverse("called", args=[bo.pk]) in client.get(reverse("calls")).content.decode()
    assert PHONE not in client.get(reverse("called", args=[bo.pk])).content.decode()
    client.post(reverse("called", args=[bo.pk]), {"phone": "", "helper": ""})
    row = ByPhone.objects.get()
    assert (row.phone, row.helper) == (PHONE, None)
    client.force_login(cy)
    assert client.get(reverse("called", args=[bo.pk])).status_code == 404
