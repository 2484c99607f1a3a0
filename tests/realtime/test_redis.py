"""The same promises over Redis, also when it dies, freezes, or was never there."""

import time

import pytest
from django.db import transaction

from realtime import hub as hub_module
from realtime import outbox, publish, streams
from realtime.database import in_database
from realtime.hub import hub
from realtime.topics import person_topic
from tests.realtime.neighbour import in_another_process
from tests.realtime.redis_server import RedisServer
from tests.realtime.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
POSTER = {"kind": "poster", "poster_id": 5, "version": 2}


@pytest.fixture
def redis(tmp_path, settings, board):
    """The site with REDIS_URL set."""
    server = RedisServer(tmp_path)
    server.start()
    outbox.close()  # its connection belongs to the layer before
    settings.REDIS_URL = server.url
    settings.CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [server.url]}}
    }
    yield server
    outbox.close()
    server.kill()


async def test_hints_and_public_events_travel_over_redis(redis, phone_of, ann, tell):
    phone = await phone_of(ann)
    await phone.joins("board.square")
    assert redis.subscribers(person_topic(ann.pk)) == redis.subscribers("board.square") == 1
    await in_database(tell, ann)
    assert (await phone.hears("event"))["seq"] == 1
    await in_database(publish.publish, "board.square", POSTER)
    assert (await phone.hears("public"))["data"] == POSTER


async def test_another_process_is_heard_over_redis(redis, phone_of, ann):
    phone = await phone_of(ann)
    await phone.hears("hello")
    await in_another_process(ann, redis_url=redis.url)
    assert (await phone.hears("event"))["data"] == {"note": 1, "to": "Ann"}


async def test_redis_killed_and_started_again_loses_nothing_of_a_stream(redis, phone_of, ann, tell):
    phone = await phone_of(ann)
    await phone.joins("board.square")
    redis.kill()
    await in_database(tell, ann, note=1)  # its hint is lost
    assert await in_database(outbox.flush, 10)
    await hub().beat()
    assert (await phone.hears("event"))["seq"] == 1
    redis.start()

    async def subscribed_again():
        return redis.subscribers(person_topic(ann.pk)) == redis.subscribers("board.square") == 1

    await until(subscribed_again)
    await in_database(tell, ann, note=2)
    assert (await phone.hears("event"))["seq"] == 2
    await in_database(publish.publish, "board.square", POSTER)
    await phone.hears("public")


async def test_who_comes_while_redis_is_away_is_served_by_the_heartbeat_until_it_is_back(
    redis, phone_of, ann, tell, board
):
    redis.kill()
    phone = await phone_of(ann)
    assert (await phone.joins("board.square"))["topics"] == ["board.square"]
    await in_database(tell, ann)
    assert await in_database(outbox.flush, 10)
    board.numbers["board.square"] = 9
    await hub().beat()
    assert (await phone.hears("event"))["seq"] == 1
    assert (await phone.hears("heartbeat"))["versions"] == {"board.square": 9}
    redis.start()
    await hub().beat()
    assert redis.subscribers("board.square") == 1
    await in_database(publish.publish, "board.square", POSTER)
    await phone.hears("public")


async def test_a_frozen_redis_holds_up_no_request_and_no_socket(redis, phone_of, ann, tell, monkeypatch):
    monkeypatch.setattr(hub_module, "LAYER_TIMEOUT_S", 0.2)
    monkeypatch.setattr(outbox, "SEND_TIMEOUT_S", 0.2)
    phone = await phone_of(ann)
    await phone.hears("hello")
    redis.freeze()
    try:

        def book():
            began = time.perf_counter()
            with transaction.atomic():
                streams.append([streams.News(ann.pk, "note", {"note": number}) for number in range(5)])
            return time.perf_counter() - began

        taken_s = await in_database(book)
        await phone.joins("board.square")
        await hub().beat()
        assert [(await phone.hears("event"))["seq"] for _ in range(5)] == [1, 2, 3, 4, 5]
        assert taken_s < 0.25  # I7
    finally:
        redis.thaw()
    await in_database(outbox.flush, 10)
