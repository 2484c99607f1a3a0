"""The real site for browser tests: uvicorn and a worker in processes of their own, on this run's test database."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from playwright.sync_api import BrowserContext

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Site:
    """A site that answers at `url`; its processes write to `log` and its letters go to the folder `letters`.

    Its worker is awake only while a test uses the site: the jobs that other tests ask for are theirs to do.
    """

    url: str
    log: Path
    letters: Path
    worker: psutil.Process | None = None

    def sign_in(self, context: BrowserContext, person: Any) -> None:
        """Put `person`'s session into the window, as if they had typed their code."""
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.save()
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": self.url}])


@pytest.fixture(scope="session")
def region_directory() -> Path:
    """The region that the site serves; conftest.py builds one."""
    return Path(settings.REGION_DIR)


@pytest.fixture(scope="session")
def site_processes(
    django_db_setup: None,
    django_db_blocker: Any,
    region_directory: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """Start the site once for the session; tests ask for `site`."""
    folder = tmp_path_factory.mktemp("site")
    listener = socket.create_server(("127.0.0.1", 0))  # port 0, and no moment in which another may take it
    site = Site(f"http://127.0.0.1:{listener.getsockname()[1]}", folder / "log", folder / "letters")
    with django_db_blocker.unblock():
        environment = _environment(connection.settings_dict, site, region_directory)
    server = ["config.socket_server", "--whole-site", "--fd", str(listener.fileno())]
    worker = ["django", "procrastinate", "worker", "--shutdown-graceful-timeout", "2"]
    with ExitStack() as stack:
        log = stack.enter_context(site.log.open("ab"))
        web = stack.enter_context(_process(server, environment, log, listener.fileno()))
        works = stack.enter_context(_process(worker, environment, log))
        listener.close()
        _wait_until_it_answers(site, web)
        yield replace(site, worker=psutil.Process(works.pid))


@pytest.fixture
def site(site_processes: Site, transactional_db: None) -> Iterator[Site]:
    """The running site over an empty database whose rows are really committed."""
    worker = site_processes.worker
    assert worker, "the site has no worker"
    _let_it_be_known()
    worker.resume()
    yield site_processes
    _send_to_sleep(worker)


def _send_to_sleep(worker: psutil.Process) -> None:
    """Once it has done what it is doing, so that it holds no lock in its sleep."""
    until = time.monotonic() + 30
    while True:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo'")
        worker.suspend()
        if not _is_at_work():
            _remember()
            return
        assert time.monotonic() < until, "the worker does not come to an end"
        worker.resume()
        time.sleep(0.05)


_known: set[int] = set()


def _remember() -> None:
    """As whom the worker is known."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM procrastinate_workers")
        _known.update(worker_id for (worker_id,) in cursor.fetchall())


def _let_it_be_known() -> None:
    """Whoever sleeps for half a minute is taken for dead by the worker of another test, and struck off."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (id, last_heartbeat) OVERRIDING SYSTEM VALUE"
            " SELECT unnest(%s::bigint[]), now() ON CONFLICT (id) DO UPDATE SET last_heartbeat = now()",
            [sorted(_known)],
        )


def _is_at_work() -> bool:
    """Whether a job is being done, or anybody is in the middle of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'doing') OR EXISTS (SELECT FROM"
            " pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle')"
        )
        return bool(cursor.fetchone()[0])


def _environment(database: dict[str, Any], site: Site, region_directory: Path) -> dict[str, str]:
    where = database["OPTIONS"].get("host") or database["HOST"]
    login = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}"
    return {
        **{name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"},
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DJANGO_DEBUG": "1",
        "DATABASE_URL": f"postgresql://{login}@:{database['PORT'] or 5432}/{database['NAME']}?host={quote(where)}",
        "DETOUR_REGION_DIR": str(region_directory),
        "DETOUR_TEST_LETTERS": str(site.letters),
        "SITE_URL": site.url,
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def _process(module: list[str], environment: dict[str, str], log: Any, *descriptors: int) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(
        [sys.executable, "-m", *module],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        pass_fds=descriptors,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGCONT)  # nobody ends in their sleep
        try:
            process.wait(timeout=8)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_it_answers(site: Site, web: subprocess.Popen) -> None:
    until = time.monotonic() + 60
    while web.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{site.url}/healthz", timeout=5).close()
            return
        except urllib.error.HTTPError as error:
            error.close()
            break
        except OSError:  # not yet listening
            time.sleep(0.05)
    pytest.fail(f"The site did not start:\n{site.log.read_text()[-4000:]}")
