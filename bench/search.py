"""How long a search takes from HTTP to JSON, with very many live offers in PostgreSQL.

It starts a private PostgreSQL, writes offers of one day between the towns of a region (peaks in the morning and in the
evening, two to six stops, seats partly taken), and starts the site with the settings and options of production. One
person after the other searches, each with a window of an hour. `changing`: before each search somebody writes an
offer, which the index has to read. `cpu_ms` is what a search takes of the processors, even where they are busy with
other things. The peer, in the same run: the fifty offers that are nearest as the crow flies by
SQL, and roads for those; how many of the best ten it finds.

python -m bench.search [REGION | SOURCE] [--offers 100000] [--requests 200] [--walk-m 600] [--seed 1] [--json]
"""

import argparse
import http.client
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil

from bench.ground.regions import at_hand
from bench.matching import opened
from bench.page.figures import keep
from bench.searching.journeys import WINDOW_S, Country, Wish
from bench.selling.site import cpu_seconds, database, set_up_django, site

WARM_UP = 20
PEERS = 20
"""So many requests of the peer, which takes its time."""
BEST = 10
NO_LIMITS = json.dumps({name: [10_000_000, 10_000_000] for name in ("anonymous", "read", "search")})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("region", nargs="?", default=at_hand(), help="a built region, or a source to build one from")
    parser.add_argument("--offers", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--walk-m", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="only the numbers")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="detour-search-") as name:
        folder = Path(name)
        where = Path(given.region) if (Path(given.region) / "manifest.json").exists() else folder / "region"
        opened(given.region, folder)
        with database(folder) as url:
            os.environ["API_LIMITS"] = NO_LIMITS
            set_up_django(folder, url, where.absolute())
            numbers = measure(given)
    keep("search", numbers)
    print(json.dumps(numbers, indent=None if given.json else 2))


def measure(given: argparse.Namespace) -> dict[str, Any]:
    """Fill the tables, start the site, ask."""
    from bench.searching import town
    from rides import streets

    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    country = Country(streets.the_region(), given.seed)
    town.fill(country, given.offers, day)
    wishes = [country.wish() for _ in range(given.requests)]
    paths = [path_of(wish, day, given.walk_m) for wish in wishes]
    began = time.monotonic()
    with site(1) as port:
        start_s = time.monotonic() - began
        person = Searcher(port)
        for path in paths[:WARM_UP]:
            person.search(path)
        before = cpu_seconds()
        still_ms, answers = clocked(person.search, paths)
        spent = cpu_seconds()
        changing_ms, _ = clocked(after(touch, person.search), list(enumerate(paths, 1)))
        web = memory_of_web()
    return {
        "region": streets.the_region().manifest.name,
        "nodes": streets.the_region().manifest.nodes,
        "offers": given.offers,
        "stops": count_stops(),
        "requests": given.requests,
        "walk_m": given.walk_m,
        "seed": given.seed,
        **summary(still_ms),
        "cpu_ms": {who: round(1000 * (spent[who] - before[who]) / len(paths), 1) for who in ("site", "postgres")},
        "changing": summary(changing_ms),
        "found_median": statistics.median(len(answer["found"]) for answer in answers),
        "found_none": sum(not answer["found"] for answer in answers),
        "start_s": round(start_s, 1),
        **web,
        "peer": peer(wishes[:PEERS], answers, day, given.walk_m),
    }


class Searcher:
    """Somebody with a token, a community and people she blocked, on one connection that stays open."""

    def __init__(self, port: int) -> None:
        from accounts import tokens
        from accounts.models import User

        self._token = tokens.issue(User.objects.get(pk=1), name="bench")
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def search(self, path: str) -> Any:
        """What the site answers."""
        self._connection.request("GET", path, headers={"Authorization": f"Token {self._token}"})
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {body[:500]!r}")
        return json.loads(body)


def path_of(wish: Wish, day: datetime, walk_m: int) -> str:
    """The address of a search."""
    earliest_at = day + timedelta(seconds=wish.earliest_s)
    asked = {
        "from": f"{wish.origin.lat},{wish.origin.lon}",
        "to": f"{wish.destination.lat},{wish.destination.lon}",
        "earliest_at": earliest_at.isoformat(),
        "latest_at": (earliest_at + timedelta(seconds=WINDOW_S)).isoformat(),
        "max_walk_m": walk_m,
    }
    return f"/api/v1/search/?{urlencode(asked)}"


def after(first: Callable[[int], None], then: Callable[[str], Any]) -> Callable[[tuple[int, str]], Any]:
    """Both; only the second is on the clock."""

    def run(numbered: tuple[int, str]) -> tuple[float, Any]:
        first(numbered[0])
        began = time.perf_counter()
        answer = then(numbered[1])
        return 1000 * (time.perf_counter() - began), answer

    return run


def touch(offer_id: int) -> None:
    """Its driver writes it anew."""
    from django.db.models import F

    from rides.models import RideOffer

    RideOffer.objects.filter(pk=offer_id).update(version=F("version") + 1)


def clocked(answer: Callable[[Any], Any], asked: Sequence[Any]) -> tuple[list[float], list[Any]]:
    """Milliseconds of each, and the answers; `answer` may have looked at the clock itself."""
    took_ms, answers = [], []
    for one in asked:
        began = time.perf_counter()
        got = answer(one)
        ms = 1000 * (time.perf_counter() - began)
        if isinstance(got, tuple):
            ms, got = got
        took_ms.append(ms)
        answers.append(got)
    return took_ms, answers


def summary(took_ms: Sequence[float]) -> dict[str, float]:
    """Half of them, and nearly all, took no longer."""
    ms = sorted(took_ms)
    return {"p50_ms": round(statistics.median(ms), 1), "p99_ms": round(ms[int(0.99 * (len(ms) - 1))], 1)}


def memory_of_web() -> dict[str, float]:
    """Of the web process: all that it has, and what no other process shares."""
    processes = [one for one in psutil.Process().children(recursive=True) if "uvicorn" in " ".join(one.cmdline())]
    web = max(processes, key=lambda one: one.memory_info().rss)
    full = web.memory_full_info()
    return {"rss_mb": round(full.rss / 2**20), "own_mb": round(full.uss / 2**20)}


def count_stops() -> int:
    from rides.models import Stop

    return Stop.objects.count()


def peer(wishes: Sequence[Wish], answers: Sequence[Any], day: datetime, walk_m: int) -> dict[str, Any]:
    """The funnel's milliseconds, in this process and without HTTP, and how many of the best it finds."""
    from bench.searching import funnel
    from rides import planner
    from routing.plan import TripRequest

    midnight_s = planner.epoch_s(day)
    trips = [
        TripRequest(
            wish.origin,
            wish.destination,
            midnight_s + wish.earliest_s,
            midnight_s + wish.earliest_s + WINDOW_S,
            max_walk_m=walk_m,
        )
        for wish in wishes
    ]
    funnel.best(trips[0], BEST)  # compiled before the clock starts
    took_ms, found = clocked(lambda trip: funnel.best(trip, BEST), trips)
    ours = [{one["offer"]["id"] for one in answer["found"]} for answer in answers[: len(trips)]]
    theirs = [{one.offer_id for one in ways} for ways in found]
    there = sum(len(mine & near) for mine, near in zip(ours, theirs, strict=True))
    return {
        "how": "the 50 nearest as the crow flies by SQL, then roads for those",
        "requests": len(trips),
        **summary(took_ms),
        "recall": round(there / max(1, sum(map(len, ours))), 3),
    }


if __name__ == "__main__":
    main()
