"""One hub, many pages: the newest of each thing, and nobody waits for a slow one."""

import asyncio

import pytest

from realtime.bursts import REST_S
from realtime.hub import Hub, hub
from realtime.viewer import MAX_WAITING, TOO_SLOW, Viewer

pytestmark = pytest.mark.django_db


class Page:
    """What a browser would have got; it reads only while `reading` is set."""

    def __init__(self, reading=True, at_once=False):
        self.got: list[str] = []
        self.arrived, self.reading = asyncio.Event(), asyncio.Event()
        self.closed_with = None
        if reading:
            self.reading.set()
        ways = {"send_now": self._send_now} if at_once else {}
        self.viewer = Viewer(None, send=self._send, stop=self._stop, drop=lambda topics: None, **ways)
        self.writer = asyncio.create_task(self.viewer.write())

    async def _send(self, text):
        await self.reading.wait()
        self.got.append(text)
        self.arrived.set()

    def _send_now(self, text):
        if self.reading.is_set():
            self.got.append(text)
            self.arrived.set()
        return self.reading.is_set()

    def _stop(self, code):
        self.closed_with = code

    async def has(self, *texts):
        async with asyncio.timeout(10):
            while self.got != list(texts):
                await self.arrived.wait()
                self.arrived.clear()


def poster(number, version=1):
    key = f"poster.{number}"
    return {
        "kind": "public", "topic": "board.square", "key": key, "version": version, "about": None,
        "text": f"{number}v{version}",
    }  # fmt: skip


@pytest.fixture(params=[False, True], ids=["by ASGI alone", "at once"])
async def square(board, request):
    """Opens pages that all look at one board, with a server of any kind and with our own."""
    pages = []

    async def look(reading=True):
        page = Page(reading, request.param)
        pages.append(page)
        await hub().enter(page.viewer)
        await hub().join(page.viewer, ["board.square"])
        return page

    yield look
    for page in pages:
        page.writer.cancel()
        await hub().leave(page.viewer)


async def test_a_page_that_does_not_read_holds_nobody_up(square):
    quick, stalled = await square(), await square(reading=False)
    for number in range(MAX_WAITING):
        hub().tell(poster(number))
    await quick.has(*[f"{number}v1" for number in range(MAX_WAITING)])
    assert stalled.got == []
    assert stalled.closed_with is None


async def test_a_page_with_too_much_waiting_is_closed(square):
    stalled = await square(reading=False)
    for number in range(MAX_WAITING + 2):  # one is being sent
        hub().tell(poster(number))
        await asyncio.sleep(0)
    assert stalled.closed_with == TOO_SLOW


async def test_a_thing_that_changes_all_the_time_is_told_again_after_a_rest_and_then_as_it_is(square):
    page = await square()
    for version in range(1, 2000):
        hub().tell(poster(1, version))
    hub().tell(poster(2, 7))
    hub().tell(poster(2, 6))  # came late
    await page.has("1v1", "2v7")
    began = asyncio.get_running_loop().time()
    await page.has("1v1", "2v7", "1v1999")
    assert asyncio.get_running_loop().time() - began > REST_S / 2


async def test_without_the_rest_a_page_is_told_of_every_change(square, monkeypatch):
    """Control: of the same changes all that the page has time for."""
    monkeypatch.setattr("realtime.bursts.REST_S", 0)
    page = await square()
    for version in range(1, 10):
        hub().tell(poster(1, version))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    await page.has(*[f"1v{version}" for version in range(1, 10)])


async def test_a_page_that_does_not_read_keeps_the_newest_only(square):
    page = await square(reading=False)
    for version in range(1, 2000):
        page.viewer.show("poster.1", version, f"1v{version}")
    page.reading.set()
    await page.has("1v1999")


async def test_nothing_overtakes_what_waits(square):
    page = await square()
    await asyncio.sleep(0)  # the writer has nothing to do now
    page.viewer.reply({"type": "pong"})
    page.viewer.show("poster.1", 1, "1v1")
    await page.has('{"type":"pong"}', "1v1")


async def test_nothing_is_shown_before_access_was_asked_again(square):
    page = await square()
    await asyncio.sleep(0)
    page.viewer.check_again()
    page.viewer.show("poster.1", 1, "1v1")
    assert page.got == []
    await page.has("1v1")


async def test_of_a_thing_on_two_topics_a_page_hears_once(square):
    page, other = await square(), await square()
    await hub().join(page.viewer, ["board.park"])
    hub().drop(other.viewer, ["board.square"])
    await hub().join(other.viewer, ["board.park"])
    for topic in ("board.square", "board.park"):
        hub().tell(poster(1) | {"topic": topic, "text": topic})
    await page.has("board.square")
    await other.has("board.park")
    hub().tell(poster(2))
    await page.has("board.square", "2v1")


async def test_the_layer_is_asked_once_for_all_pages_of_a_topic(square, monkeypatch):
    asked = []
    subscribe = Hub._subscribe

    async def counted(self, topic):
        asked.append(topic)
        await subscribe(self, topic)

    monkeypatch.setattr(Hub, "_subscribe", counted)
    await asyncio.gather(*[square() for _ in range(20)])
    assert asked == ["board.square"]


async def test_a_hub_ends_with_its_last_page(square):
    page = await square()
    first = hub()
    await first.leave(page.viewer)
    assert all(task.done() for task in first._tasks)
    assert (await square()) and hub() is not first
