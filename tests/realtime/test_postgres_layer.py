"""Channels over LISTEN and NOTIFY: groups, loops, bounds, and a connection that comes back."""

import asyncio
import threading

import pytest
from django.db import connection

from realtime.database import in_database
from realtime.postgres_layer import PostgresChannelLayer
from realtime.postgres_wire import Wire
from tests.realtime.waiting import until

pytestmark = pytest.mark.django_db
LISTENERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%%'"
CUT_OFF = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE %s AND datname = current_database()"


@pytest.fixture
async def layer():
    layer = PostgresChannelLayer(notify_channel="test_layer", capacity=3)
    yield layer
    await layer.flush()


def ask(query, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchone()[0]


async def test_a_group_hears_what_is_sent_to_it_and_nothing_else(layer):
    square, park = await layer.new_channel(), await layer.new_channel()
    await layer.group_add("square", square)
    await layer.group_add("park", park)
    await layer.group_send("park", {"n": 1, "text": "fête"})
    await layer.group_send("square", {"n": 2})
    assert await layer.receive(park) == {"n": 1, "text": "fête"}
    assert await layer.receive(square) == {"n": 2}


async def test_who_was_discarded_hears_no_more(layer):
    stays, goes = await layer.new_channel(), await layer.new_channel()
    for channel in (stays, goes):
        await layer.group_add("square", channel)
    await layer.group_discard("square", goes)
    await layer.group_send("square", {"n": 1})
    await layer.send(goes, {"n": 2})
    assert await layer.receive(stays) == {"n": 1}
    assert await layer.receive(goes) == {"n": 2}


async def test_another_event_loop_sends_and_listens_on_the_same_layer(layer):
    """The publisher's thread and the server's loop share one layer object."""
    here = await layer.new_channel()
    await layer.group_add("square", here)

    async def in_the_other_loop():
        there = await layer.new_channel()
        await layer.group_add("square", there)
        await layer.group_send("square", {"from": "there"})
        heard = await layer.receive(there)
        await layer.flush()
        return heard

    heard = []
    thread = threading.Thread(target=lambda: heard.append(asyncio.run(in_the_other_loop())))
    thread.start()
    assert await layer.receive(here) == {"from": "there"}
    await asyncio.to_thread(thread.join, 10)
    assert heard == [{"from": "there"}]


async def test_one_loop_listens_on_one_connection_and_stops_with_its_last_channel(layer):
    readers = []
    for _ in range(5):
        channel = await layer.new_channel()
        await layer.group_add("square", channel)
        readers.append(asyncio.create_task(layer.receive(channel)))
    assert await in_database(ask, LISTENERS) == 1
    for reader in readers:
        reader.cancel()
    await asyncio.wait(readers)

    async def nobody_listens():
        return await in_database(ask, LISTENERS) == 0

    await until(nobody_listens)


async def test_a_listener_that_takes_its_time_to_leave_does_not_silence_the_next(monkeypatch):
    may_leave = asyncio.Event()

    class Line:
        async def __aenter__(self):
            return self

        async def __aexit__(self, *problem):
            await may_leave.wait()

        async def execute(self, query):
            pass

        async def notifies(self):
            await asyncio.Event().wait()
            yield

    async def connect(wire):
        return Line()

    monkeypatch.setattr(Wire, "_connect", connect)
    wire = Wire("default", "test_layer", print)
    wire.listen()
    await wire.listening.wait()
    leaving = asyncio.create_task(wire.deafen())
    await asyncio.sleep(0)  # it is on its way out
    wire.listen()
    await asyncio.wait_for(wire.listening.wait(), 10)
    may_leave.set()
    await leaving
    assert wire.listening.is_set()
    await wire.close()


async def test_what_does_not_fit_into_a_notify_is_refused(layer):
    with pytest.raises(ValueError, match="does not fit"):
        await layer.group_send("square", {"text": "x" * 8000})


async def test_a_name_that_other_layers_would_refuse_is_refused(layer):
    with pytest.raises(TypeError):
        await layer.group_send("a square", {})
    with pytest.raises(RuntimeError):
        await layer.group_add("square", "a-channel-of-nobody")


async def test_a_channel_that_nobody_reads_keeps_the_newest(layer):
    slow, quick = await layer.new_channel(), await layer.new_channel()
    for channel in (slow, quick):
        await layer.group_add("square", channel)
    for n in range(5):
        await layer.group_send("square", {"n": n})
        await layer.receive(quick)
    assert [(await layer.receive(slow))["n"] for _ in range(3)] == [2, 3, 4]


async def test_the_listener_comes_back_after_its_connection_was_cut(layer):
    channel = await layer.new_channel()
    await layer.group_add("square", channel)
    wire = layer._ear.wire
    wire.listening.clear()  # set again by the next LISTEN only
    assert await in_database(ask, CUT_OFF, "LISTEN%")
    await asyncio.wait_for(wire.listening.wait(), 10)
    await layer.group_send("square", {"n": 1})
    assert await layer.receive(channel) == {"n": 1}


async def test_the_sender_comes_back_after_its_connection_was_cut(layer):
    channel = await layer.new_channel()
    await layer.group_add("square", channel)
    await layer.group_send("square", {"n": 1})
    assert await in_database(ask, CUT_OFF, "SELECT pg_notify%")
    with pytest.raises(Exception, match=r"terminating connection|closed"):
        await layer.group_send("square", {"n": 2})
    await layer.group_send("square", {"n": 3})
    assert [(await layer.receive(channel))["n"] for _ in range(2)] == [1, 3]
