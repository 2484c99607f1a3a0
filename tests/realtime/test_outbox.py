"""What leaves, leaves in order and keeps nobody waiting."""

import asyncio
import threading

import pytest
from channels.layers import channel_layers
from django.db import transaction

from realtime import outbox, publish
from realtime.outbox import Outbox


class SlowLayer:
    """A channel layer that takes its time: until `opened` is set."""

    def __init__(self):
        self.opened, self.asked = threading.Event(), threading.Event()
        self.sent, self.failures = [], 0

    async def group_send(self, topic, message):
        self.asked.set()
        await asyncio.to_thread(self.opened.wait)
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the line is down")
        self.sent.append((topic, message["n"]))

    async def flush(self):
        pass


@pytest.fixture
def layer(monkeypatch):
    layer = SlowLayer()
    monkeypatch.setitem(channel_layers.backends, "default", layer)
    yield layer
    layer.opened.set()


@pytest.fixture
def box(layer):
    box = Outbox(limit=3)
    yield box
    layer.opened.set()
    box.close(10)


def test_putting_never_waits_and_the_oldest_goes_when_it_is_full(box, layer):
    box.put("square", {"n": 0})
    assert layer.asked.wait(10)  # the first is being sent, and stays so
    for n in range(1, 6):
        box.put("square", {"n": n})
    assert layer.sent == []
    layer.opened.set()
    assert box.flush(10)
    assert layer.sent == [("square", n) for n in (0, 3, 4, 5)]


def test_a_message_is_tried_twice_and_then_given_up(box, layer, caplog):
    layer.opened.set()
    for failures, n in [(1, 1), (2, 2), (0, 3)]:
        layer.failures = failures
        box.put("square", {"n": n})
        assert box.flush(10)
    assert [n for _, n in layer.sent] == [1, 3]
    assert caplog.text.count("does not take messages") == 1


def test_it_starts_again_after_it_was_closed(box, layer):
    layer.opened.set()
    for n in (1, 2):
        box.put("square", {"n": n})
        box.close(10)
    assert [n for _, n in layer.sent] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_nothing_leaves_before_the_commit_or_after_a_rollback(monkeypatch):
    left = []
    monkeypatch.setattr(outbox, "put", lambda topic, message: left.append((topic, message["seq"])))
    with transaction.atomic():
        publish.hint(4, 1)
        assert left == []
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        publish.hint(4, 2)
        raise ZeroDivisionError
    assert left == [("person.4", 1)]
