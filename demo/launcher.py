"""From nothing to a living town: region, database, seeds, then web server, worker and simulation until Ctrl-C."""

import fcntl
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import psycopg

from config.private_postgres import DatabaseUnavailable
from demo import databases, regions
from demo.children import Children

PORT = 8000
PORTS = 50
"""So many are tried when the first is taken."""
LOOK_S = 0.1
PYTHON = sys.executable
SERVER = [PYTHON, "-m", "config.socket_server", "--whole-site", "--log-level", "warning"]
WORKER = [
    *(PYTHON, "manage.py", "procrastinate", "worker", "--concurrency", "4", "--fetch-job-polling-interval", "1"),
    *("--delete-jobs", "successful", "--shutdown-graceful-timeout", "5"),
]
SIMULATION = [PYTHON, "manage.py", "simulate"]


class Region:
    """What is asked of the built region, without the arrays, which take a second to import."""

    def __init__(self, folder: Path) -> None:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        self.folder = folder
        self.time_zone: str = manifest["time_zone"]
        self.map_sha256: str = manifest["source_sha256"]


class Sorry(Exception):
    """Why there is no demo: a sentence, and the status to exit with."""

    def __init__(self, sentence: str, status: int = 1) -> None:
        super().__init__(sentence)
        self.status = status


def run(region_name: str) -> None:
    """Serve the demo of the region until KeyboardInterrupt. Raises Sorry and regions.BuildFailed."""
    var = Path(os.environ.get("DETOUR_VAR") or regions.ROOT / "var").absolute()
    os.chdir(regions.ROOT)
    source = regions.source_of(region_name)
    region_folder = var / "regions" / source.slug
    own_folder = var / "demo" / source.slug
    for folder in (own_folder, var / "static"):  # WhiteNoise warns when nothing was ever collected
        folder.mkdir(parents=True, exist_ok=True)
    with _alone(own_folder / "address") as told:
        regions.prepare(source, region_folder)
        region = Region(region_folder)
        listener = listen(os.environ.get("PORT", ""))
        address = f"http://localhost:{listener.getsockname()[1]}"
        database = databases.address_for(source.slug, var)
        environment = _environment(var, region, address, database)
        with Children.kept(own_folder, environment) as children:
            # It takes seconds to load, meanwhile the database gets ready. The others start when the first page is
            # there: two processors are busy enough.
            children.start("web server", [*SERVER, "--fd", str(listener.fileno())], listener.fileno())
            listener.close()
            _make_ready(source.slug, var, region, database, environment)
            _wait_for_first_page(address, children)
            children.start("worker", WORKER)
            children.start("simulation", SIMULATION)
            told.write(address)
            told.flush()
            say(f"Détour is at {address}/demo/ (Ctrl-C ends it; logs are in {_short(own_folder)})")
            _open_browser(f"{address}/demo/")
            while not (news := children.dead()):
                time.sleep(LOOK_S)
            raise Sorry(news)


def listen(port: str) -> socket.socket:
    """A socket on this machine alone, at `port`, or 8000, or the next that is free; 0 is any."""
    if port and not (port.isdecimal() and int(port) < 65_536):
        raise Sorry(f"PORT={port} is no port.", 2)
    wanted = int(port or PORT)
    for number in range(wanted, min(wanted + PORTS, 65_536)):
        try:
            listener = socket.create_server(("127.0.0.1", number))
        except OSError:
            continue
        if number != wanted:
            say(f"Port {wanted} is taken: taking {number}.")
        return listener
    raise Sorry(f"No port from {wanted} on is free: choose another with PORT=….")


def say(line: str) -> None:
    """To who sits in front of it."""
    print(line, flush=True)  # noqa: T201


@contextmanager
def _alone(file: Path) -> Iterator[TextIO]:
    """One demo a region: a second one would seed and simulate over the first. The kernel drops the lock at our end."""
    with file.open("a+", encoding="utf-8") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            where = file.read_text(encoding="utf-8")
            raise Sorry(
                f"This demo already runs{f' at {where}/demo/' if where else ' and is just starting'}."
            ) from None
        held.truncate(0)
        try:
            yield held
        finally:
            held.truncate(0)


def _environment(var: Path, region: Region, address: str, database: str) -> dict[str, str]:
    return {
        **os.environ,
        "DETOUR_DEMO": "1",
        "DETOUR_VAR": str(var),
        "DETOUR_REGION_DIR": str(region.folder),
        "DATABASE_URL": database,
        "SITE_URL": address,
        "TIME_ZONE": region.time_zone,
        "PYTHONUNBUFFERED": "1",
    }


def _make_ready(slug: str, var: Path, region: Region, database: str, environment: dict[str, str]) -> None:
    """The server runs, and its tables hold the seeds of today; asked without Django, which takes seconds to load."""
    try:
        databases.open_up(slug, var)
        if databases.is_seeded(database, region.time_zone, region.map_sha256):
            return
    except (DatabaseUnavailable, psycopg.Error) as error:
        raise Sorry(f"There is no database: {error}") from error
    say("Settling the neighbours …")
    status = subprocess.run([PYTHON, "manage.py", "seed"], env=environment, check=False).returncode
    if status:
        raise Sorry("Nobody could be settled.", status)


def _wait_for_first_page(address: str, children: Children) -> None:
    while not (news := children.dead()):
        try:
            urllib.request.urlopen(f"{address}/", timeout=60).close()
            return
        except urllib.error.HTTPError as error:
            error.close()
            raise Sorry(f"The first page answers {error.code}; see the web server's log.") from error
        except OSError:  # not yet listening
            time.sleep(LOOK_S)
    raise Sorry(news)


def _open_browser(url: str) -> None:
    has_screen = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if has_screen and not (os.environ.get("NO_BROWSER") or os.environ.get("CI")):
        webbrowser.open(url)


def _short(path: Path) -> str:
    return os.path.relpath(path) if path.is_relative_to(regions.ROOT) else str(path)
