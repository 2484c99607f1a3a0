"""How many seats a second the whole site sells: HTTP, DRF and PostgreSQL, with the clients on the same machine.

It starts a private PostgreSQL and the site with the settings and options of production. Riders, each with a token and
one booking to make, come one after the other. `spread`: over 1,000 rides. `hot`: all on one long bus. `churn`: all on
one bus, and each calls off again. A share of them (`--insertions`) stands somewhere along the way and needs a stop of
her own; the others get on and off where the ride stops anyway. Afterwards the tables are held against each other and
against what the clients were told: `oversold` counts what does not add up, or is above what the car has, or is not
there. Without `--mode` first spread, then hot. `--peer` writes the same rows by plain SQL in the same run.

python -m bench.bookings [--json] [--mode spread|hot|churn] [--seconds 15] [--clients 8] [--insertions 0.3] [--peer]
"""

import argparse
import http.client
import json
import random
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import psycopg

from bench.selling import by_hand, town
from bench.selling.books import oversold
from bench.selling.site import cpu_seconds, database, post, set_up_django, site

WARM_UP_S = 3.0
MOST_A_SECOND = 300
"""Nobody books twice, so there have to be riders enough for the fastest run."""


@dataclass
class Told:
    """What the clients read in so many seconds: bookings with their milliseconds, and the codes of refusals."""

    booked: dict[int, float] = field(default_factory=dict)
    cancelled: set[int] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    cpu_s: dict[str, float] = field(default_factory=dict)

    def numbers(self, oversold: int, mode: str) -> dict[str, Any]:
        """What is printed."""
        ms = sorted(self.booked.values())
        return {
            "bookings_per_s": round(len(ms) / self.seconds, 1),
            "p50_ms": round(statistics.median(ms), 1),
            "p99_ms": round(ms[int(0.99 * (len(ms) - 1))], 1),
            "oversold": oversold,
            "ride_mode": mode,
        }

    def in_words(self, given: argparse.Namespace) -> str:
        """What else there is to know."""
        spent = ", ".join(f"{who} {1000 * s / len(self.booked):.1f}" for who, s in self.cpu_s.items())
        return (
            f"{given.insertions:.0%} need a stop of their own; {given.clients} clients, {given.web} web processes\n"
            f"{len(self.booked)} booked, {len(self.cancelled)} called off, refused: {dict(self.refused)}\n"
            f"milliseconds of processor for each booking: {spent}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="only the numbers")
    parser.add_argument("--mode", choices=("spread", "hot", "churn"))
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--web", type=int, default=2, help="web processes")
    parser.add_argument("--insertions", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peer", action="store_true")
    given = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as folder, database(Path(folder)) as url:
        set_up_django(Path(folder), url)
        for mode in [given.mode] if given.mode else ["spread", "hot"]:
            told = measure(mode, given)
            results.append(told.numbers(oversold(told.booked, told.cancelled), mode))
            if not given.json:
                print(f"{mode}: {told.in_words(given)}")
            if given.peer:
                by_sql = sell_by_hand(url, list(told.booked), given)
                results.append(by_sql.numbers(oversold(by_sql.booked, ()), f"{mode}, plain SQL"))
    print(json.dumps(results[0] if len(results) == 1 else results, indent=1))


def measure(mode: str, given: argparse.Namespace) -> Told:
    """Rides and riders, then the site, first to warm up and then by the clock."""
    dice = random.Random(given.seed)
    rides = town.rides(dice, mode, *((town.RIDES, town.SEATS) if mode == "spread" else (1, town.BUS_SEATS)))
    wanted = int((given.seconds + WARM_UP_S) * MOST_A_SECOND)
    queue = iter(town.riders(dice, mode, wanted, rides, given.insertions))
    town.forget_jobs()
    with site(given.web) as port:

        def clients() -> Callable[[Told], None]:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            return lambda told: book(connection, next(queue), told, cancel=mode == "churn")

        spell(clients, given.clients, WARM_UP_S)
        return spell(clients, given.clients, given.seconds)


def spell(clients: Callable[[], Callable[[Told], None]], count: int, seconds: float) -> Told:
    """Let each client do the same again and again, all at once, for so long."""
    told, began, before = Told(), time.perf_counter(), cpu_seconds()

    def work() -> None:
        step = clients()
        while time.perf_counter() - began < seconds:
            step(told)

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.seconds = time.perf_counter() - began
    told.cpu_s = {who: spent - before[who] for who, spent in cpu_seconds().items()}
    return told


def book(connection: http.client.HTTPConnection, rider: town.Rider, told: Told, *, cancel: bool) -> None:
    """One booking, and perhaps its end."""
    sent_at = time.perf_counter()
    status, answer = post(connection, "/api/v1/bookings/", rider.token, rider.body)
    ms = (time.perf_counter() - sent_at) * 1000
    if status != 201:
        told.refused[answer["code"]] += 1
        return
    told.booked[answer["id"]] = ms
    if cancel and post(connection, f"/api/v1/bookings/{answer['id']}/cancel/", rider.token, b"{}")[0] == 200:
        told.cancelled.add(answer["id"])


def sell_by_hand(url: str, models: list[int], given: argparse.Namespace) -> Told:
    """The peer, for as long and with as many connections."""
    queue: Iterator[int] = cycle(models)

    def clients() -> Callable[[Told], None]:
        sell = by_hand.seller(psycopg.connect(url, autocommit=True))

        def step(told: Told) -> None:
            sent_at = time.perf_counter()
            try:
                booking_id = sell(next(queue))
            except psycopg.errors.CheckViolation:
                told.refused["seats_taken"] += 1
            else:
                told.booked[booking_id] = (time.perf_counter() - sent_at) * 1000

        return step

    return spell(clients, given.clients, given.seconds)


if __name__ == "__main__":
    main()
