"""Redis is killed: how soon pages have a change all the same, by the next heartbeat at the latest."""

import asyncio
import random
import time
from typing import Any

from bench.watching.pages import open_pages
from bench.watching.servers import OURS, serve
from realtime.topics import cell_of, cell_topic
from tests.realtime.redis_server import RedisServer

APART_S, GIVES_UP_S = 2.5, 60.0


async def measure(redis: RedisServer, viewers: int, rounds: int) -> dict[str, Any]:
    """Seconds from the commit of a seat change until each page has it, with Redis there and with Redis dead."""
    from realtime.database import in_database

    offer, topic = await in_database(_an_offer)
    dice, told = random.Random(7), {}
    with serve(OURS, 2) as servers:
        pages = await open_pages([server.port for server in servers], "/ws/", viewers, topic)
        for name in ("redis_alive", "redis_dead"):
            if name == "redis_dead":
                redis.kill()
            late = sorted([s for _ in range(rounds) for s in await _one_change(pages, offer, dice)])
            told[name] = {
                "p50_s": round(late[len(late) // 2], 3),
                "p99_s": round(late[int(0.99 * (len(late) - 1))], 3),
                "last_s": round(late[-1], 3),
            }
        for page in pages:
            page.leave()
    redis.start()
    return {"viewers": viewers, "rounds": rounds, **told}


async def _one_change(pages: list[Any], offer: int, dice: random.Random) -> list[float]:
    from realtime.database import in_database

    await asyncio.sleep(APART_S * 2 * dice.random())  # at any moment between two heartbeats
    arrived: list[float] = []
    everybody = asyncio.Event()

    def found(at: float) -> None:
        arrived.append(at)
        if len(arrived) == len(pages):
            everybody.set()

    version = await in_database(_next_version, offer)
    for page in pages:
        page.only_look_for(f'"version":{version},', found)
    began = await in_database(_change, offer)
    async with asyncio.timeout(GIVES_UP_S):
        await everybody.wait()
    return [at - began for at in arrived]


def _an_offer() -> tuple[int, str]:
    from bench.selling import town
    from rides.models import Stop

    [ride] = town.rides(random.Random(1), "looked-at", 1, town.SEATS)
    first = Stop.objects.select_related("place").filter(offer=ride.offer).earliest("sequence").place
    return ride.offer, cell_topic("public", cell_of(first.public_lat, first.public_lon))


def _next_version(offer_id: int) -> int:
    from rides.models import RideOffer

    return int(RideOffer.objects.values_list("version", flat=True).get(pk=offer_id)) + 1


def _change(offer_id: int) -> float:
    """When it was committed."""
    from django.db import transaction

    from rides import news
    from rides.models import RideOffer

    with transaction.atomic():
        offer = RideOffer.objects.select_for_update().get(pk=offer_id)
        offer.version += 1
        offer.save(update_fields=["version"])
        news.of_offer(offer)
    return time.perf_counter()
