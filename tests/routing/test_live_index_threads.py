"""Many search while one changes: nobody sees half an offer, and nobody is held up."""

import asyncio
import random
import threading
from dataclasses import replace

import pytest

from routing.matching.index.live import LiveIndex
from routing.matching.index.who import ANYBODY
from routing.matching.terms import Terms
from routing.plan import TripRequest
from routing.region import Region
from tests.routing.live_world import Row, best_by_hand, random_ask, random_row, spots, told

TERMS = Terms(corners=3)


def _filled(region: Region, dice: random.Random, count: int) -> tuple[LiveIndex, list[Row], TripRequest]:
    """An index, what is in it, and a request that many of its offers serve."""
    places = spots(region, dice, 40)
    rows = [(row[0], 1, True, 0, 0) for row in (random_row(region, dice, places, number) for number in range(count))]
    index = LiveIndex(region, reserved=dice.choice((1, 1000)))
    index.put_many(rows)
    asks = [random_ask(dice, places, rows) for _ in range(30)]
    return index, rows, max(asks, key=lambda ask: len(index.search(ask, ANYBODY, 99, terms=TERMS)))


@pytest.mark.parametrize("seed", [1, 2])
def test_a_search_sees_an_offer_as_it_was_or_as_it_is(seed: int, valley: Region) -> None:
    """One offer changes between two plans all the time: every answer is right for the one or for the other."""
    dice = random.Random(seed)
    index, rows, request = _filled(valley, dice, 25)
    best = index.search(request, ANYBODY, 1, terms=TERMS)[0].offer_id
    before = rows[best]
    other = random_row(valley, dice, [stop.place for row in rows for stop in row[0].stops], best)[0]
    after = (replace(other, max_detour_s=100_000, max_detour_m=1_000_000), *before[1:])
    right = [
        told(best_by_hand(valley, [*rows[:best], *row, *rows[best + 1 :]], request, ANYBODY, 99, TERMS))
        for row in ([before], [after], [])
    ]
    assert right[0] != right[1]
    wrong: list[list[tuple[int, int]]] = []
    seen: set[int] = set()
    over = threading.Event()

    def search_all_the_time() -> None:
        while not over.is_set():
            answer = told(index.search(request, ANYBODY, 99, terms=TERMS))
            if answer not in right:
                wrong.append(answer)
                return
            seen.add(right.index(answer))

    searchers = [threading.Thread(target=search_all_the_time) for _ in range(3)]
    for thread in searchers:
        thread.start()
    changes = 0
    while not wrong and (changes < 300 or len(seen) < 2) and any(thread.is_alive() for thread in searchers):
        for row in (after, before):
            index.put(row[0], driver_id=row[1], public=row[2])
        index.remove(best)
        index.put(before[0], driver_id=1, public=True)
        changes += 1
    over.set()
    for thread in searchers:
        thread.join()
    assert wrong == []
    assert len(index) == 25


def test_rows_are_used_again(valley: Region) -> None:
    """A thousand changes need no more room than a few."""
    dice = random.Random(3)
    index, rows, _request = _filled(valley, dice, 10)
    for number in range(1000):
        plan = rows[number % 10][0]
        index.put(plan, driver_id=1, public=True)
    assert index._store._offers <= 11


async def test_a_search_in_a_thread_leaves_the_event_loop_free(valley: Region) -> None:
    """The loop's heart beats while a search is in its kernels."""
    index, _rows, request = _filled(valley, random.Random(4), 60)
    searching, over, beats = threading.Event(), threading.Event(), 0

    def search_until_told() -> None:
        while not over.is_set():
            index.search(request, ANYBODY, 99, terms=TERMS)
            searching.set()

    search = asyncio.create_task(asyncio.to_thread(search_until_told))
    await asyncio.to_thread(searching.wait)
    searching.clear()
    while beats < 200 or not searching.is_set():
        await asyncio.sleep(0)
        beats += 1
    over.set()
    await search
    assert beats >= 200
