"""Processes that keep sockets: ours as docker-compose.yml starts them, and those of the peers."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psutil

from tests.region import ROOT

OURS = ["config.socket_server", "--log-level", "warning"]
STARTS_WITHIN_S = 60


@dataclass(frozen=True)
class Server:
    """One process that listens."""

    port: int
    process: psutil.Process

    @property
    def rss_mb(self) -> float:
        return self.process.memory_info().rss / 2**20


@contextmanager
def serve(command: list[str], count: int = 1, **environment: str) -> Iterator[list[Server]]:
    """So many processes of `python -m command --fd N`, each with a port of its own, that take connections."""
    with ExitStack() as stack:
        yield [stack.enter_context(_one(command, environment)) for _ in range(count)]


@contextmanager
def _one(command: list[str], environment: dict[str, str]) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listening:
        started = subprocess.Popen(
            [sys.executable, "-m", *command, "--fd", str(listening.fileno())],
            cwd=ROOT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.socket_settings", **environment},
            pass_fds=[listening.fileno()],
            stdin=subprocess.DEVNULL,
        )
        port = listening.getsockname()[1]
    try:
        wait_until_it_listens(port, started)
        yield Server(port, psutil.Process(started.pid))
    finally:
        started.terminate()
        try:
            started.wait(30)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def wait_until_it_listens(port: int, started: subprocess.Popen[bytes]) -> None:
    """Until somebody answers anything at all; raises RuntimeError."""
    until = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < until and started.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as asking:
                asking.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                if asking.recv(1):
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"{started.args} did not start.")
