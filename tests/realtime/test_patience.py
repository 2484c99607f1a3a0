"""Waiting for news over HTTP: answered at once when there is some, when it comes, or when the time is over."""

import asyncio
import json

import pytest
from asgiref.testing import ApplicationCommunicator

from realtime import streams
from realtime.database import in_database
from realtime.hub import _hubs
from realtime.patience import PATH

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 20


@pytest.fixture
def ask(settings, sign_in, ann):
    """Begins a request of Ann's, through the door that the site has."""
    from config.asgi import application

    settings.REALTIME_HEARTBEAT_S = 600
    cookie = sign_in(ann).cookies["sessionid"].value
    headers = [(b"host", b"127.0.0.1"), (b"cookie", f"sessionid={cookie}".encode())]

    async def ask(query):
        scope = {"type": "http", "method": "GET", "path": PATH, "query_string": query.encode(), "headers": headers}
        wire = ApplicationCommunicator(application, {**scope, "http_version": "1.1", "scheme": "http"})
        await wire.send_input({"type": "http.request", "body": b"", "more_body": False})
        return wire

    return ask


async def answer_of(wire):
    start, body = await wire.receive_output(PATIENCE_S), await wire.receive_output(PATIENCE_S)
    assert start["status"] == 200, body
    await wire.wait(PATIENCE_S)
    return json.loads(body["body"])


async def someone_waits():
    """Until a request sits in the hub."""
    async with asyncio.timeout(PATIENCE_S):
        while not any(one._viewers for one in _hubs.values()):
            await asyncio.sleep(0.01)


async def cursor_of(person):
    return str(await in_database(streams.head, person.pk))


async def test_it_is_answered_as_soon_as_there_is_news(ask, ann, bo, tell):
    wire = await ask(f"after={await cursor_of(ann)}&wait=25")
    await someone_waits()
    await in_database(tell, bo)
    assert await wire.receive_nothing(0.1)
    await in_database(tell, ann, note=7)
    [event] = (await answer_of(wire))["events"]
    assert event["data"] == {"note": 7, "to": "Ann"}
    assert not any(one._viewers for one in _hubs.values())


async def test_news_that_is_there_already_is_not_waited_for(ask, ann, tell):
    after = await cursor_of(ann)
    await in_database(tell, ann)
    assert len((await answer_of(await ask(f"after={after}&wait=25")))["events"]) == 1


async def test_news_between_the_look_and_the_listening_is_not_missed(ask, ann, tell, monkeypatch):
    """It comes right after the first answer was found empty."""
    from realtime import patience

    async def late(*args):
        await in_database(tell, ann)
        return await wait(*args)

    wait = patience._news
    monkeypatch.setattr(patience, "_news", late)
    assert len((await answer_of(await ask(f"after={await cursor_of(ann)}&wait=25")))["events"]) == 1


async def test_when_the_time_is_over_it_says_that_there_is_nothing(ask, ann, board):
    after = await cursor_of(ann)
    answer = await answer_of(await ask(f"after={after}&wait=1"))
    assert (answer["events"], answer["next"]) == ([], after)


async def test_who_hangs_up_is_waited_for_no_longer(ask, ann, board):
    wire = await ask(f"after={await cursor_of(ann)}&wait=25")
    await someone_waits()
    await wire.send_input({"type": "http.disconnect"})
    await wire.wait(PATIENCE_S)
    assert not any(one._viewers for one in _hubs.values())
