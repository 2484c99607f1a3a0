"""The whole site as production runs it, on a private PostgreSQL in a folder, and what the processors did for it."""

import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg

from config.private_postgres import PrivatePostgres
from tests.region import ROOT, build_valley

START_S = 180
"""It loads all live offers first, and the machine may be busy."""
UVICORN = "--lifespan off --timeout-graceful-shutdown 10 --log-level warning --no-access-log"


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """A PostgreSQL as safe as the site's own; its URL."""
    server = PrivatePostgres(folder / "postgres")
    server.start()
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET track_commit_timestamp = on")  # when was it told to be there?
    server.stop()
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


def set_up_django(folder: Path, url: str, region: Path | None = None) -> None:
    """Production's settings on this database and region (the valley), here and in the processes to come; its tables."""
    (folder / "static").mkdir()
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings",
        SECRET_KEY=secrets.token_hex(25),
        DATABASE_URL=url,
        DETOUR_REGION_DIR=str(region or build_valley(Path(os.environ.get("DETOUR_VAR", ROOT / "var")))),
        DETOUR_VAR=str(folder),
        DETOUR_DEMO="0",
        DJANGO_DEBUG="0",
        LOG_LEVEL="ERROR",  # a refusal is an answer here
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


@contextmanager
def site(web_processes: int) -> Iterator[int]:
    """Web processes and a worker, as docker-compose.yml starts them; the port."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    uvicorn = ["uvicorn", "config.asgi:application", *UVICORN.split(), f"--workers={web_processes}"]
    worker = ["django", "procrastinate", "worker", "--concurrency=4", "--shutdown-graceful-timeout=5"]
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            pass_fds=[listening.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        for command in ([*uvicorn, f"--fd={listening.fileno()}"], worker)
    ]
    try:
        port = listening.getsockname()[1]
        until = time.monotonic() + START_S
        while not _answers(port):
            if processes[0].poll() is not None or time.monotonic() > until:
                raise RuntimeError("The site did not start.")
            time.sleep(0.1)
        yield port
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)
        listening.close()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def post(connection: http.client.HTTPConnection, path: str, token: str, body: bytes) -> tuple[int, Any]:
    """Ask the API for something; the status and what it says."""
    headers = {
        "Authorization": f"Token {token}",
        "Content-Type": "application/json",
        "Idempotency-Key": secrets.token_hex(16),
    }
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def cpu_seconds() -> dict[str, float]:
    """What the processors did so far, by whom: hardly falsified by a machine that is busy with other things."""
    own = psutil.Process()
    return {
        "clients": sum(own.cpu_times()[:2]),
        "site": _spent(own.children(recursive=True)),
        "postgres": _spent(_postgres()),
    }


def _spent(processes: list[psutil.Process]) -> float:
    seconds = 0.0
    for process in processes:
        with suppress(psutil.Error):
            seconds += sum(process.cpu_times()[:2])
    return seconds


def _postgres() -> list[psutil.Process]:
    """It went into the background, so it is no child of ours."""
    note = Path(os.environ["DETOUR_VAR"]) / "postgres" / "postmaster.pid"
    postmaster = psutil.Process(int(note.read_text().split()[0]))
    return [postmaster, *postmaster.children()]
