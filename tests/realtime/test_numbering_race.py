"""Many transactions number the same streams at once."""

import random
from functools import partial
from threading import Barrier
from threading import Event as Signal

import pytest
from django.db import IntegrityError, transaction

from realtime import streams
from realtime.models import Event, Stream
from realtime.streams import Cursor, News, Page
from tests.realtime.race import race

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, ROUNDS = 6, 25


@pytest.fixture
def people(django_user_model):
    return [django_user_model.objects.create_user(f"{name}@example.org").pk for name in range(5)]


def test_numbers_have_no_gap_and_a_reader_meets_them_in_order(people, board):
    """Writers tell overlapping people in random order; a reader follows one stream all the while."""
    watched, done = people[0], Signal()
    start = streams.head(watched)

    def write(seed):
        chance = random.Random(seed)
        for number in range(ROUNDS):
            told = [watched, *chance.sample(people[1:], 2)]
            chance.shuffle(told)
            with transaction.atomic():
                streams.append([News(person_id, "note", {"note": number}) for person_id in told])

    def write_all():
        try:
            assert race(*[partial(write, seed) for seed in range(WRITERS)]) == [None] * WRITERS
        finally:
            done.set()

    def follow():
        seen, cursor, last_look = [], start, False
        while True:
            page = streams.read(watched, cursor)
            assert isinstance(page, Page)
            seen += [event.seq for event in page.events]
            cursor = page.end
            if last_look and not page.events:
                return seen
            last_look = done.is_set()

    outcome, seen = race(write_all, follow)
    assert outcome is None
    assert seen == list(range(1, WRITERS * ROUNDS + 1))
    for person_id in people:
        page = streams.read(person_id, Cursor(streams.head(person_id).epoch, 0), limit=1000)
        assert [event.seq for event in page.events] == list(range(1, page.head + 1))
    assert sum(Stream.objects.values_list("head", flat=True)) == 3 * WRITERS * ROUNDS


def test_without_the_lock_two_transactions_take_the_same_number(people):
    """The control: look first, write later, both between the other's two steps. The database has the last word."""
    both_have_looked = Barrier(2)

    @transaction.atomic
    def look_then_write():
        head = Stream.objects.get(pk=people[0]).head
        both_have_looked.wait(10)
        Stream.objects.filter(pk=people[0]).update(head=head + 1)
        Event.objects.create(stream_id=people[0], seq=head + 1, kind="note")

    streams.head(people[0])
    outcomes = race(look_then_write, look_then_write)
    assert outcomes.count(None) == 1
    assert any(isinstance(outcome, IntegrityError) for outcome in outcomes)
