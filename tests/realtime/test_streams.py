"""A person's own stream: numbers, cursors, and what can no longer be told."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from realtime import streams
from realtime.models import Event, Stream
from realtime.streams import Cursor, News, Page, Resync

pytestmark = pytest.mark.django_db
ELSEWHERE = "6f1f4c1e-6a53-4c3e-9b7e-0d5a3c1f2b4d"
"""No stream has this epoch."""


def numbers(page):
    assert isinstance(page, Page)
    return [event.seq for event in page.events]


@pytest.fixture
def start(ann):
    """Where Ann's stream begins."""
    return streams.head(ann.pk)


def test_ann_reads_what_she_was_told_in_order(ann, bo, tell, start):
    tell(ann, note=1)
    tell(bo, ann, ann, note=2)
    page = streams.read(ann.pk, start)
    assert [(event.seq, event.refs["note"]) for event in page.events] == [(1, 1), (2, 2), (3, 2)]
    assert (page.end, page.head) == (Cursor(start.epoch, 3), 3)
    assert numbers(streams.read(bo.pk, Cursor(streams.head(bo.pk).epoch, 0))) == [1]


def test_a_long_absence_is_read_page_by_page_without_gap_or_repetition(ann, tell, start):
    tell(*[ann] * 25)
    seen, cursor = [], start
    while page := streams.read(ann.pk, cursor, limit=10):
        if not page.events:
            break
        seen += numbers(page)
        cursor = page.end
    assert seen == list(range(1, 26))


def test_a_change_that_is_rolled_back_takes_no_number(ann, board, tell, start):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        streams.append([News(ann.pk, "note", {"note": 1})])
        raise ZeroDivisionError
    tell(ann, note=2)
    assert numbers(streams.read(ann.pk, start)) == [1]


@pytest.mark.django_db(transaction=True)
def test_news_outside_a_transaction_is_refused(ann, board):
    with pytest.raises(RuntimeError, match="transaction"):
        streams.append([News(ann.pk, "note", {"note": 1})])
    assert not Event.objects.exists()


def test_a_kind_that_nobody_registered_is_refused(ann, board):
    with pytest.raises(LookupError, match="rumour"), transaction.atomic():
        streams.append([News(ann.pk, "rumour", {})])


def test_fifty_people_are_told_at_once_and_one_more_is_refused(django_user_model, board):
    people = django_user_model.objects.bulk_create(
        django_user_model(email=f"{name}@example.org") for name in range(streams.MAX_PEOPLE + 1)
    )
    news = [News(person.pk, "note", {"note": 1}) for person in people]
    with transaction.atomic():
        streams.append(news[:-1])
    with pytest.raises(ValueError, match="51 people"), transaction.atomic():
        streams.append(news)
    assert set(Stream.objects.values_list("head", flat=True)) == {1}


@pytest.mark.parametrize("lost", ["other epoch", "ahead", "too far behind"])
def test_a_cursor_that_leads_nowhere_is_answered_with_resync(ann, tell, start, monkeypatch, lost):
    monkeypatch.setattr(streams, "MAX_BEHIND", 2)
    tell(ann, ann, ann)
    end = Cursor(start.epoch, 3)
    elsewhere = Cursor(uuid.UUID(ELSEWHERE), 3)
    cursor = {"other epoch": elsewhere, "ahead": Cursor(start.epoch, 4), "too far behind": start}[lost]
    assert streams.read(ann.pk, cursor) == Resync(end)
    assert numbers(streams.read(ann.pk, Cursor(start.epoch, 1))) == [2, 3]


def test_who_comes_back_after_the_retention_hears_resync(ann, tell, start):
    tell(ann, ann)
    Event.objects.update(created_at=timezone.now() - timedelta(days=8))
    tell(ann)
    assert streams.forget(timezone.now() - streams.RETENTION) == 2
    assert streams.read(ann.pk, start) == Resync(Cursor(start.epoch, 3))
    assert numbers(streams.read(ann.pk, Cursor(start.epoch, 2))) == [3]


def test_a_hole_in_the_middle_is_never_passed_over(ann, tell, start):
    tell(ann, ann, ann)
    Event.objects.filter(seq=2).delete()
    assert isinstance(streams.read(ann.pk, start), Resync)


def test_acknowledging_goes_forward_and_not_beyond_what_was_told(ann, tell, start):
    tell(ann, ann)
    for seq, acked in [(1, 1), (2, 2), (1, 2), (9, 2)]:
        streams.acknowledge(ann.pk, seq)
        assert Stream.objects.get(person=ann).acked == acked


@pytest.mark.django_db(transaction=True)
def test_acknowledging_waits_for_no_disk_and_nothing_after_it_is_spared_that(ann, tell, start):
    tell(ann)
    with connection.cursor() as cursor:
        with transaction.atomic():
            streams.acknowledge(ann.pk, 1)
            assert cursor.execute("SHOW synchronous_commit").fetchone() == ("off",)
        assert cursor.execute("SHOW synchronous_commit").fetchone() == ("on",)


@pytest.mark.parametrize("text", ["", "1", ":1", "not-a-uuid:1", f"{ELSEWHERE}:", f"{ELSEWHERE}:-1"])
def test_a_malformed_cursor_is_not_understood(text):
    with pytest.raises(ValueError):
        Cursor.parse(text)


def test_a_cursor_reads_as_it_is_written(start):
    assert Cursor.parse(str(start)) == start
