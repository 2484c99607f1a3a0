"""What Bo hears of, chosen over HTTP; the page of it says the same."""

import pytest

from realtime.models import NoticeChoice, NoticeHours
from tests.rides.programs import client as program

pytestmark = pytest.mark.django_db
PATH = "/api/v1/me/notices/"
CHOSEN = {
    "subjects": [{"subject": "asking", "push": False, "mail": "daily"}],
    "quiet_from": "21:30:00",
    "quiet_until": "07:30:00",
    "digest_at": "12:00:00",
}


def put(person, **other):
    return program(person).put(PATH, CHOSEN | other, format="json")


def test_bo_reads_every_subject_and_chooses_one(bo):
    before = program(bo).get(PATH).json()
    assert (before["quiet_from"], before["push_on"]) == ("22:00:00", True)
    assert {"asking", "booking", "case"} <= {one["subject"] for one in before["subjects"]}
    answer = put(bo)
    assert answer.status_code == 200
    now = program(bo).get(PATH).json()
    assert answer.json() == now
    assert {name: now[name] for name in ("quiet_from", "quiet_until", "digest_at")} == {
        name: CHOSEN[name] for name in ("quiet_from", "quiet_until", "digest_at")
    }
    changed = [one for one in now["subjects"] if one not in before["subjects"]]
    assert [(one["subject"], one["push"], one["mail"]) for one in changed] == [("asking", False, "daily")]
    assert NoticeChoice.objects.count() == 1, "what he left out stays as it was"


def test_the_page_says_what_was_chosen_here(bo, client):
    put(bo)
    client.force_login(bo)
    page = client.get("/account/notices/").content.decode()
    assert 'value="21:30"' in page
    assert '<option value="daily" selected>' in page


def test_no_quiet_hours_are_neither_end(bo):
    assert put(bo, quiet_from=None, quiet_until=None).json()["quiet_from"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiet_until": None},
        {"digest_at": "soon"},
        {"subjects": [{"subject": "weather", "push": True, "mail": "daily"}]},
        {"subjects": [{"subject": "asking", "push": True, "mail": "pigeon"}]},
        {"subjects": CHOSEN["subjects"] * 2},
    ],
)
def test_what_makes_no_sense_changes_nothing(wrong, bo):
    assert put(bo, **wrong).status_code == 400
    assert not NoticeHours.objects.exists()
    assert not NoticeChoice.objects.exists()


def test_each_has_choices_of_their_own(bo, cy):
    before = program(cy).get(PATH).json()
    put(bo)
    assert program(cy).get(PATH).json() == before
