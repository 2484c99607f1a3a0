"""One change to many open pages: ours with its bus, and beside it, round by round, what people would use instead."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from bench.watching.pages import Page, open_page, open_pages
from bench.watching.servers import OURS, Server, serve

TOPIC, OTHER_TOPIC, FLOODED = (f"cell.public.871ed89{cell}ffffff" for cell in ("16", "12", "14"))
REST_S = 0.7
"""Between two rounds: a thing is told of twice a second at most."""
QUIET_S, GIVES_UP_S = 0.05, 30.0
FLOODS, POSTERS, POSTER_BYTES, SMALL = 8, 200, 5500, 4096
CATCHES_UP_S = 5.0
Change = Callable[[dict[str, Any]], Awaitable[None]]


async def measure(viewers: int, rounds: int) -> dict[str, Any]:
    """Milliseconds from a change until a page has its text, over all pages and rounds."""
    with (
        serve(OURS) as [ours],
        serve(OURS) as [beside_stalled],
        serve(["bench.watching.peers", "broadcast"]) as [plain],
        serve(["bench.watching.peers", "tutorial"]) as [tutorial],
    ):
        lost = await _stalled(beside_stalled, viewers // 100)
        squares = {
            "hub": await _ours(ours, viewers, TOPIC),
            "hub_1_percent_stalled": await _ours(beside_stalled, viewers - len(lost), OTHER_TOPIC),
            "websockets_broadcast": await _plain(plain, viewers),
            "channels_group_send": await _tutorial(tutorial, viewers),
        }
        taken: dict[str, list[list[float]]] = {name: [] for name in squares}
        for number in range(rounds + 1):
            for name, (pages, change) in squares.items():
                arrivals = await _one_change(pages, change, number)
                if number:  # the first one warms up
                    taken[name].append(arrivals)
                await asyncio.sleep(REST_S / len(squares))
        left_out = await _left_out(lost)
        for pages, _change in squares.values():
            for page in (*pages, *lost):
                page.leave()
    numbers: dict[str, Any] = {name: _spread(arrivals) for name, arrivals in taken.items()}
    peer = numbers["websockets_broadcast"]
    for name in ("hub", "hub_1_percent_stalled", "channels_group_send"):
        numbers[name]["times_the_broadcast"] = {
            at: round(numbers[name][at] / peer[at], 2) for at in ("p50_ms", "p99_ms")
        }
    numbers["hub_1_percent_stalled"]["left_out_by_a_stalled_page"] = left_out
    return {"viewers": viewers, "rounds": rounds, **numbers}


async def _ours(server: Server, viewers: int, topic: str) -> tuple[list[Page], Change]:
    return await open_pages([server.port], "/ws/", viewers, topic), partial(_publish, topic)


async def _stalled(server: Server, few: int) -> list[Page]:
    """Pages that read no more, with all buffers on the way to them full."""
    lost = await open_pages([server.port], "/ws/", few, OTHER_TOPIC, buffer=SMALL)
    for page in lost:
        page.say({"do": "join", "topics": [FLOODED]})
        await page.hear("joined")
        page.stall()
    for flood in range(1, FLOODS + 1):
        for number in range(POSTERS):
            poster = {"kind": "poster", "poster_id": number, "version": flood, "text": "x" * POSTER_BYTES}
            await _publish(FLOODED, poster)
        await asyncio.sleep(0.6)
    return lost


async def _left_out(lost: list[Page]) -> int:
    """How many of the flood's posters a page never got, since newer ones had come: proof that it was held up."""
    heard: list[float] = []
    for page in lost:
        page.only_look_for('"poster"', heard.append)
        page.read_on()
    await asyncio.sleep(CATCHES_UP_S)
    return FLOODS * POSTERS - len(heard) // len(lost)


async def _plain(server: Server, viewers: int) -> tuple[list[Page], Change]:
    changer = await open_page(server.port, "/ws/", {})

    async def change(event: dict[str, Any]) -> None:
        changer.say(event)

    return await open_pages([server.port], "/ws/", viewers), change


async def _tutorial(server: Server, viewers: int) -> tuple[list[Page], Change]:
    from channels.layers import get_channel_layer

    from bench.watching.peers import GROUP

    async def change(event: dict[str, Any]) -> None:
        await get_channel_layer().group_send(GROUP, {"type": "change", "data": event})

    return await open_pages([server.port], "/ws/", viewers), change


async def _publish(topic: str, event: dict[str, Any]) -> None:
    from realtime.database import in_database
    from realtime.publish import publish

    await in_database(publish, topic, event)


async def _one_change(pages: list[Page], change: Change, number: int) -> list[float]:
    """Milliseconds until each page had it."""
    mark, arrived, everybody = f"seat change {number:04}", [], asyncio.Event()

    def found(at: float) -> None:
        arrived.append(at)
        if len(arrived) == len(pages):
            everybody.set()

    for page in pages:
        page.only_look_for(mark, found)
    await asyncio.sleep(QUIET_S)
    event = {
        "kind": "offer",
        "offer_id": 12,
        "version": number + 1,
        "seats_left": 2,
        "state": "published",
        "mark": mark,
    }
    began = time.perf_counter()
    await change(event)
    async with asyncio.timeout(GIVES_UP_S):
        await everybody.wait()
    return [(at - began) * 1000 for at in arrived]


def _spread(rounds: list[list[float]]) -> dict[str, float]:
    every = sorted(ms for one in rounds for ms in one)
    return {
        "p50_ms": round(every[len(every) // 2], 1),
        "p99_ms": round(every[int(0.99 * (len(every) - 1))], 1),
        "last_ms": round(every[-1], 1),
    }
