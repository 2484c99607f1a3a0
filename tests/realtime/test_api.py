"""The own stream over HTTP."""

import uuid

import pytest
from django.test import Client

from realtime import streams

pytestmark = pytest.mark.django_db
URL = "/api/v1/events/"


@pytest.fixture
def anns(sign_in, ann):
    return sign_in(ann)


def test_ann_reads_the_rows_that_the_socket_would_send(anns, ann, bo, tell, board):
    start = anns.get(URL).json()
    assert (start["events"], start["head"]) == ([], 0)
    board.torn_off.add(1)
    tell(ann, note=1)
    tell(bo, ann, note=2)
    answer = anns.get(URL, {"after": start["next"]}).json()
    row = {"type": "event", "epoch": start["epoch"]}
    assert answer["events"] == [
        {**row, "seq": 1, "kind": "gone", "data": {}},
        {**row, "seq": 2, "kind": "note", "data": {"note": 2, "to": "Ann"}},
    ]
    assert (answer["next"], answer["head"]) == (f"{start['epoch']}:2", 2)
    assert anns.get(URL, {"after": answer["next"]}).json()["events"] == []


def test_a_long_absence_is_read_by_following_next(anns, ann, tell):
    cursor, seen = anns.get(URL).json()["next"], []
    tell(*[ann] * 205)
    while rows := (answer := anns.get(URL, {"after": cursor}).json())["events"]:
        seen += [row["seq"] for row in rows]
        cursor = answer["next"]
    assert seen == list(range(1, 206))


def test_a_cursor_of_another_stream_is_told_to_resync(anns, ann, tell):
    tell(ann)
    epoch = str(streams.head(ann.pk).epoch)
    answer = anns.get(URL, {"after": f"{uuid.uuid4()}:0"}).json()
    assert answer["events"] == [{"type": "resync", "epoch": epoch, "head": 1}]
    assert answer["next"] == f"{epoch}:1"


@pytest.mark.parametrize(
    ("browser", "after", "status", "code"),
    [("anns", "yesterday", 400, "bad_cursor"), ("a stranger's", "", 401, "not_authenticated")],
)
def test_what_is_wrong_is_said_as_a_problem(anns, browser, after, status, code):
    answer = (anns if browser == "anns" else Client()).get(URL, {"after": after})
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == code
    assert {"type", "title", "status", "detail"} <= problem.keys()
