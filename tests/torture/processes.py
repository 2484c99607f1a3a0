"""The site's processes: several web servers and a worker, killed at will and started again by a supervisor."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent.parent
WORKER = ["django", "procrastinate", "worker", "--shutdown-graceful-timeout", "2"]
PATIENCE_S = 90


class Site:
    """`with Site(…)` runs them; at its end none is left. A name is `web 0`, `web 1`, … or `worker`."""

    def __init__(self, web: int, folder: Path, environment: Mapping[str, str]) -> None:
        self.names = [*(f"web {i}" for i in range(web)), "worker"]
        self.restarts: Counter[str] = Counter()
        self._folder = folder
        self._environment = dict(environment)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._ports: dict[str, int] = {}
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._supervisor = threading.Thread(target=self._supervise, daemon=True)

    def __enter__(self) -> Self:
        for name in self.names:
            self._start(name)
        self._supervisor.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ending.set()
        self._supervisor.join()
        for process in self._running.values():
            process.send_signal(signal.SIGTERM)
        until = time.monotonic() + 8
        for process in self._running.values():
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @property
    def ports(self) -> list[int]:
        """Where web servers answer, or will soon."""
        return list(self._ports.values())

    def kill(self, name: str) -> bool:
        """SIGKILL; False when it is dead already."""
        process = self._running[name]
        alive = process.poll() is None
        process.kill()
        return alive

    def others_listen(self, name: str) -> bool:
        """Whether people reach somebody while `name` is dead: torture, not an outage of its own making."""
        return any(_listens(port) for other, port in self._ports.items() if other != name)

    def wait(self) -> None:
        """Until every web server listens."""
        until = time.monotonic() + PATIENCE_S
        for name in self._ports:
            while not _listens(self._ports[name]):
                if time.monotonic() > until:
                    raise RuntimeError(f"{name} did not start:\n{self.log(name).read_text()[-4000:]}")
                time.sleep(0.1)

    def log(self, name: str) -> Path:
        """What it says, over all its lives."""
        return self._folder / f"{name.replace(' ', '-')}.log"

    def _supervise(self) -> None:
        while not self._ending.wait(0.1):
            for name in self.names:
                if self._running[name].poll() is not None:
                    self.restarts[name.split()[0]] += 1
                    self._start(name)

    def _start(self, name: str) -> None:
        command = WORKER
        if name != "worker":
            port = self._ports[name] = _free_port()
            # The options of production, see docker-compose.yml.
            command = ["uvicorn", "config.asgi:application", "--port", str(port), "--lifespan", "off"]
            command += ["--ws", "websockets-sansio", "--timeout-graceful-shutdown", "2", "--no-access-log"]
        with self.log(name).open("ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the campaign, which ends them in order
            )


def environment(**ours: Any) -> dict[str, str]:
    """That of this process without what tests or a site have set for themselves."""
    theirs = ("DJANGO_", "DETOUR_", "DATABASE_", "REDIS_", "TORTURE_", "API_", "SITE_URL", "PYTEST_", "EMAIL_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(theirs)}
    return clean | {name: str(value) for name, value in ours.items()}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
