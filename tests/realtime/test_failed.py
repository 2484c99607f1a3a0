"""What did not arrive outside stands in the operator's list, says nothing private there, and can leave once more."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from realtime.models import Message, PushSubscription
from realtime.notices import again
from tests.realtime.noticing import run_due

pytestmark = pytest.mark.django_db
LIST = reverse("admin:realtime_failedmessage_changelist")
ENDPOINT = "https://push.example.net/a-secret"


@pytest.fixture
def operator(client):
    operator = User.objects.create_user("olga@example.org", first_name="Olga", is_staff=True)
    wanted = ("view_failedmessage", "change_message")
    operator.user_permissions.add(*Permission.objects.filter(content_type__app_label="realtime", codename__in=wanted))
    client.force_login(operator, "django.contrib.auth.backends.ModelBackend")
    return client


def message(person, seq=1, *, way="mail", state="failed", why="mail refused: 550", **more):
    """About note 7; settled, or due."""
    now = timezone.now()
    when = {"told_at": now, "due_at": now, "settled_at": None if state == "waiting" else now}
    about = {"kind": "note", "refs": {"note": 7}, "said": "f" * 64}
    return Message.objects.create(
        person=person, seq=seq, way=way, state=state, why=why, tries=3, **about, **when, **more
    )


def device(person):
    return PushSubscription.objects.create(person=person, endpoint=ENDPOINT, p256dh="p", auth="a", device="phone")


def shown(operator, **query):
    return {row.pk for row in operator.get(LIST, query).context["cl"].result_list}


def act(operator, *rows):
    wanted = {"action": "try_again", "_selected_action": [row.pk for row in rows]}
    page = operator.post(LIST, wanted, follow=True)
    return [str(one) for one in page.context["messages"]]


def test_what_failed_is_listed_and_nothing_else(operator, bo):
    failed = message(bo)
    for number, state in enumerate(("waiting", "delivered", "dropped"), 2):
        message(bo, number, state=state)
    assert shown(operator) == {failed.pk}
    index = operator.get(reverse("admin:index")).content.decode()
    assert LIST in index


def test_it_says_why_and_nothing_of_the_person_the_device_or_the_content(operator, bo):
    failed = message(bo, way="push", why=f"410 gone: {ENDPOINT}", subscription=device(bo))
    detail = reverse("admin:realtime_failedmessage_change", args=[failed.pk])
    for page in (operator.get(LIST).content.decode(), operator.get(detail).content.decode()):
        assert "HTTP 410" in page
        for private in (ENDPOINT, "bo@example.org", "gone:", "f" * 64, "Bo<"):
            assert private not in page


def test_those_that_failed_alike_are_found(operator, bo):
    one, two = message(bo, 1), message(bo, 2)
    other = message(bo, 3, way="push", why="429 too many", subscription=device(bo))
    assert shown(operator, reason="mail refused: 550") == {one.pk, two.pk}
    assert shown(operator, reason="HTTP 429") == {other.pk}


def test_the_list_is_for_reading(operator, bo):
    failed = message(bo)
    detail = reverse("admin:realtime_failedmessage_change", args=[failed.pk])
    assert operator.post(detail, {"why": "nothing"}).status_code == 403
    assert operator.get(reverse("admin:realtime_failedmessage_add")).status_code == 403
    assert Message.objects.get().why == "mail refused: 550"


def test_a_letter_leaves_again_and_arrives(operator, outside, bo, mailoutbox):
    failed = message(bo)
    assert act(operator, failed) == ["1 message leaves again."]
    failed.refresh_from_db()
    assert (failed.state, failed.tries, failed.settled_at) == ("waiting", 0, None)
    run_due(timezone.now())
    assert Message.objects.get().state == "delivered"
    assert "read note 7" in mailoutbox[0].body


def test_what_was_told_meanwhile_is_not_told_twice(operator, bo):
    failed = message(bo, way="push", why="500", subscription=device(bo))
    message(bo, state="delivered", why="")
    assert "0 messages leave again." in act(operator, failed)
    failed.refresh_from_db()
    assert failed.state == "failed"


@pytest.mark.parametrize("way", ["push", "call"])
def test_where_there_is_no_device_or_only_a_telephone_nothing_leaves(bo, way):
    failed = message(bo, way=way, why="410")
    assert again.try_again({failed.pk}, timezone.now()) == 0


def test_what_is_over_is_dropped_when_its_turn_comes(outside, bo):
    failed = message(bo)
    outside.torn_off.add(7)
    assert again.try_again({failed.pk}, timezone.now()) == 1
    run_due(timezone.now())
    assert Message.objects.get().state == "dropped"


def test_who_may_only_look_cannot_try_again(operator, bo):
    failed = message(bo)
    Permission.objects.get(codename="change_message").user_set.clear()
    act(operator, failed)
    failed.refresh_from_db()
    assert failed.state == "failed"
