"""Real servers and several processes."""

import asyncio
import json
import socket
import threading

import pytest
import uvicorn
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from config.slim_protocol import SlimProtocol
from config.socket_server import HOW, SocketServer
from realtime import publish
from realtime.database import in_database
from tests.realtime.neighbour import in_another_process

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 20
SMALL = 4096  # bytes of buffer, so that who does not read is noticed soon


async def test_what_another_process_writes_arrives_over_postgresql(phone_of, board, ann):
    phone = await phone_of(ann)
    await phone.hears("hello")
    await in_another_process(ann)
    assert (await phone.hears("event"))["data"] == {"note": 1, "to": "Ann"}


@pytest.fixture
def running():
    """The server, once it runs."""
    return []


@pytest.fixture
def stop(running):
    """Sends the server the wish to end."""

    def stop():
        running[0].should_exit = True

    return stop


@pytest.fixture
def address(board, settings, running):
    """Our server in a thread; the host and port it serves."""
    settings.REALTIME_HEARTBEAT_S = 600
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    config = uvicorn.Config("config.asgi:application", log_config=None, **HOW)
    server = SocketServer(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    running.append(server)
    yield listening.getsockname()
    server.should_exit = True
    thread.join(PATIENCE_S)
    listening.close()


async def looks_at(address, topic, **manners):
    """A browser that has joined a topic."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
    line.connect(address)
    line.setblocking(False)
    url = f"ws://127.0.0.1:{address[1]}/ws/"
    page = await connect(url, sock=line, origin="http://127.0.0.1", compression=None, ping_interval=None, **manners)
    assert '"hello"' in await page.recv()
    await page.send(f'{{"do": "join", "topics": ["{topic}"]}}')
    assert '"joined"' in await page.recv()
    return page


async def test_a_phone_that_does_not_read_is_closed_and_the_others_hear_everything(address):
    quick = await looks_at(address, "board.square")
    stalled = await looks_at(address, "board.square", max_queue=1)

    def publish_some(numbers):
        for number in numbers:
            poster = {"kind": "poster", "poster_id": number, "version": 1, "text": "x" * 5000}
            publish.publish("board.square", poster)

    async with asyncio.timeout(PATIENCE_S):
        for start in range(0, 500, 50):
            await in_database(publish_some, range(start, start + 50))
            heard = [await quick.recv() for _ in range(50)]
            assert [json.loads(text)["data"]["poster_id"] for text in heard] == list(range(start, start + 50))
        got = 0
        with pytest.raises(ConnectionClosed):
            while await stalled.recv():
                got += 1
    assert got < 200
    await quick.close()


async def test_our_server_writes_to_a_page_that_reads_at_once(address, monkeypatch):
    written, send_now = [], SlimProtocol.send_now

    def counted(self, text):
        written.append(send_now(self, text))
        return written[-1]

    monkeypatch.setattr(SlimProtocol, "send_now", counted)
    page = await looks_at(address, "board.square")
    await in_database(publish.publish, "board.square", {"kind": "poster", "poster_id": 1, "version": 1, "text": "Fête"})
    async with asyncio.timeout(PATIENCE_S):
        assert json.loads(await page.recv())["data"]["text"] == "Fête"
    assert written == [True]
    await page.close()


@pytest.fixture
async def pages(address):
    """A hundred browsers that look at one topic."""
    pages = [await looks_at(address, "board.square") for _ in range(100)]
    yield pages
    for page in pages:
        await page.close()


async def test_at_the_end_pages_are_said_goodbye_to_in_slices(pages, stop, monkeypatch):
    monkeypatch.setattr("config.socket_server.DRAIN_S", 4.0)
    slices = []

    async def ends(page):
        with pytest.raises(ConnectionClosed) as closed:
            await page.recv()
        slices.append((asyncio.get_running_loop().time(), closed.value.rcvd.code))

    ending = asyncio.gather(*[ends(page) for page in pages])
    stop()
    async with asyncio.timeout(PATIENCE_S):
        await ending
    assert {code for _at, code in slices} == {1012}
    assert slices[-1][0] - slices[0][0] > 0.4  # four slices of 25, a fifth of a second apart
