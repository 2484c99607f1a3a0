"""All processes of sockets end at once and start anew: how soon thousands of pages are back, each with its own news."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bench.watching.pages import open_page
from bench.watching.servers import OURS, wait_until_it_listens
from bench.watching.signed_in import sessions
from tests.region import ROOT

FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 15.0
"""As live.js waits, between a tenth and nearly twice that."""
TOPIC = "cell.public.871ed8916ffffff"
PROCESSES, GIVES_UP_S = 2, 180.0


@dataclass
class Client:
    """One page that does what live.js does when its socket closes."""

    port: int
    cookie: str
    dice: random.Random
    cursor: str = ""
    back_at: float = 0.0
    tries: int = 0

    async def live(self, turns: asyncio.Semaphore) -> None:
        wait_s = FIRST_WAIT_S
        while True:
            with suppress(OSError, TimeoutError):
                async with turns:
                    page = await open_page(self.port, f"/ws/{self.cursor}", self._headers())
                    page.say({"do": "join", "topics": [TOPIC]})
                    hello = await page.hear("hello")
                    await page.hear("joined")
                self.cursor = f"?epoch={hello['epoch']}&after={hello['head']}"
                self.back_at, wait_s = time.perf_counter(), FIRST_WAIT_S
                await page.closed
                self.back_at = 0.0
            await asyncio.sleep(wait_s * (0.1 + 1.8 * self.dice.random()))
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
            self.tries += 1

    def _headers(self) -> dict[str, str]:
        return {"Origin": f"http://127.0.0.1:{self.port}", "Cookie": f"sessionid={self.cookie}"}


async def measure(clients: int) -> dict[str, Any]:
    """Seconds from the end of the processes until each page has joined again; by SIGTERM, and by SIGKILL."""
    ports, dice = _free_ports(PROCESSES), random.Random(5)
    keys = await asyncio.to_thread(sessions, clients)
    crowd = [Client(ports[number % PROCESSES], key, dice) for number, key in enumerate(keys)]
    running = [_start(port) for port in ports]
    turns = asyncio.Semaphore(50)  # while they come for the first time
    living = [asyncio.create_task(one.live(turns)) for one in crowd]
    await _everybody(crowd)
    for _ in crowd:
        turns.release()
    told: dict[str, Any] = {"clients": clients, "processes": PROCESSES}
    try:
        for way in (signal.SIGTERM, signal.SIGKILL):
            for one in crowd:
                one.tries = 0
            began = time.perf_counter()
            running = await asyncio.to_thread(_restart, running, ports, way)
            listening_after_s = time.perf_counter() - began
            back = sorted(at - began for at in await _everybody(crowd, since=began))
            told[way.name] = {
                "listening_again_s": round(listening_after_s, 1),
                "p50_s": round(back[len(back) // 2], 1),
                "p99_s": round(back[int(0.99 * (len(back) - 1))], 1),
                "last_s": round(back[-1], 1),
                "most_tries": max(one.tries for one in crowd),
            }
    finally:
        for task in living:
            task.cancel()
        for process in running:
            process.kill()
            process.wait()
    return told


def _restart(running: list[subprocess.Popen[bytes]], ports: list[int], way: signal.Signals) -> Any:
    """As a supervisor does: when a process has ended, the next one starts."""
    for process in running:
        process.send_signal(way)
    started = []
    for process, port in zip(running, ports, strict=True):
        process.wait(60)
        started.append(_start(port))
    for process, port in zip(started, ports, strict=True):
        wait_until_it_listens(port, process)
    return started


def _start(port: int) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.socket_settings"}
    return subprocess.Popen([sys.executable, "-m", *OURS, "--port", str(port)], cwd=ROOT, env=environment)


async def _everybody(crowd: list[Client], since: float = 0.0) -> list[float]:
    """When each was back, once all are. Raises TimeoutError."""
    async with asyncio.timeout(GIVES_UP_S):
        while not all(one.back_at > since for one in crowd):
            await asyncio.sleep(0.1)
    return [one.back_at for one in crowd]


def _free_ports(count: int) -> list[int]:
    import socket

    with socket.socket() as one, socket.socket() as other:
        for probe in (one, other):
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in (one, other)][:count]
