"""Cases: opened once, seen by those whom they concern, closed by those who know."""

import pytest
from django.utils import timezone

from accounts.models import Block, Community, Membership, User
from realtime.models import Event
from rides import event_view
from rides.commands.execute import by_itself
from rides.models import Case
from rides.underway import cases
from tests.rides import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def mo(bo) -> User:
    """The coordinator of Bo's street."""
    street = Community.objects.create(name="Mill Lane", slug="mill-lane")
    mo = world.person("Mo", phone="+33 6 00 00 00 09")
    Membership.objects.create(community=street, person=bo)
    Membership.objects.create(community=street, person=mo, role=Membership.Role.COORDINATOR)
    return mo


def opened(person: User, kind: str = Case.Kind.STRANDED, **fields) -> Case:
    return by_itself(lambda: cases.open_case(kind=kind, person_id=person.pk, now=timezone.now(), **fields))


def told(person: User) -> int:
    return Event.objects.filter(stream_id=person.pk, kind="case").count()


def test_a_case_reaches_its_person_and_her_coordinator_and_nobody_else(bo, cy, mo):
    case = opened(bo)
    assert (told(bo), told(mo), told(cy)) == (1, 1, 0)
    seen = {person.first_name: event_view.of_case({"case": case.pk}, person) for person in (bo, cy, mo)}
    assert (seen["Bo"]["role"], seen["Mo"]["role"], seen["Cy"]) == ("person", "coordinator", None)
    assert seen["Mo"]["urgent"]


def test_there_is_one_open_case_of_a_kind_and_it_is_told_again(bo, mo):
    first, again = opened(bo, note="at the bridge"), opened(bo, note="at the mill")
    assert (first.pk, again.note, told(mo)) == (again.pk, "at the mill", 2)
    assert opened(bo, Case.Kind.NO_SHOWS).pk != first.pk


def test_without_a_coordinator_the_people_who_run_the_site_hear_of_it(bo, cy):
    eve = world.person("Eve", is_staff=True)
    opened(bo)
    assert (told(eve), told(cy)) == (1, 0)


def test_nobody_coordinates_herself_or_who_blocked_her(bo, mo):
    eve = world.person("Eve", is_staff=True)
    opened(mo)
    assert (told(mo), told(eve)) == (1, 1)
    Block.objects.create(blocker=bo, blocked=mo)
    case = opened(bo)
    assert (told(mo), told(eve)) == (1, 2)
    assert event_view.of_case({"case": case.pk}, mo) is None


def test_one_coordinator_takes_it(bo, mo):
    eve = world.person("Eve", is_staff=True)
    case = opened(bo)
    by_itself(lambda: cases.take(case_id=case.pk, coordinator=mo))
    with pytest.raises(cases.AlreadyTaken):
        by_itself(lambda: cases.take(case_id=case.pk, coordinator=eve))
    assert event_view.of_case({"case": case.pk}, bo)["phone"] == mo.phone


def test_a_coordinator_closes_with_a_word_of_who_spoke_to_her(bo, mo):
    case, now = opened(bo), timezone.now()
    with pytest.raises(cases.NoteMissing):
        by_itself(lambda: cases.close(case_id=case.pk, person=mo, now=now, note=" "))
    by_itself(lambda: cases.close(case_id=case.pk, person=mo, now=now, note="I phoned her, she sits in the bus."))
    with pytest.raises(cases.AlreadyClosed):
        by_itself(lambda: cases.close(case_id=case.pk, person=bo, now=now))
    assert opened(bo).pk != case.pk


def test_a_person_ends_her_own_emergency_but_not_what_is_said_of_her(bo, mo):
    mine, now = opened(bo), timezone.now()
    assert by_itself(lambda: cases.close(case_id=mine.pk, person=bo, now=now)).closed_by == bo
    said = opened(bo, Case.Kind.NO_SHOWS)
    with pytest.raises(cases.CoordinatorCloses):
        by_itself(lambda: cases.close(case_id=said.pk, person=bo, now=now))
    assert by_itself(lambda: cases.close(case_id=said.pk, person=mo, now=now)).closed_by == mo


@pytest.mark.parametrize("step", ["take", "close"])
def test_for_everybody_else_it_is_not_there(bo, cy, mo, step):
    case = opened(bo)
    for case_id in (case.pk, 10**9):
        with pytest.raises(cases.NotFound):
            if step == "take":
                by_itself(lambda case_id=case_id: cases.take(case_id=case_id, coordinator=cy))
            else:
                by_itself(lambda case_id=case_id: cases.close(case_id=case_id, person=cy, now=timezone.now(), note="x"))
