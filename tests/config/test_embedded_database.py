"""The private PostgreSQL is killed, raced, spoiled and left alone; every committed row is there at the next start."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import psutil
import psycopg
import pytest

from config import embedded_database
from config.embedded_database import stop
from config.private_postgres import DatabaseUnavailable, PrivatePostgres

ROOT = Path(__file__).resolve().parent.parent.parent
start = partial(embedded_database.start, linger_s=0)
START_AND_STAY = """
import sys
from pathlib import Path
from config.embedded_database import start
sys.stdout.write(start(Path(sys.argv[1]), linger_s=0) + "\\n")
sys.stdout.flush()
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def made_once() -> Iterator[Path]:
    """A database with a table `booking`; made once, for initdb is the slow part."""
    with _short_directory() as folder:
        with psycopg.connect(start(folder / "postgres"), autocommit=True) as connection:
            connection.execute("CREATE TABLE booking (rider text)")
        yield folder / "postgres"
        stop(folder / "postgres")


@pytest.fixture
def data(made_once: Path) -> Path:
    """The directory of a database that does not run, with an empty table `booking`."""
    with psycopg.connect(start(made_once), autocommit=True) as connection:
        connection.execute("TRUNCATE booking")
    stop(made_once)
    return made_once


@contextmanager
def _short_directory() -> Iterator[Path]:
    """pytest's own folders are too deep for a socket and closed to the server's user."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def riders(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [rider for (rider,) in connection.execute("SELECT rider FROM booking ORDER BY rider")]


def book(url: str, rider: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO booking VALUES (%s)", [rider])


def postmaster(directory: Path) -> psutil.Process:
    return psutil.Process(int((directory / "postmaster.pid").read_text().split("\n")[0]))


def kill(process: psutil.Process) -> None:
    process.send_signal(signal.SIGKILL)
    _until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)


def _until(condition: Callable[[], bool], at_most_s: float = 20) -> None:
    until = time.monotonic() + at_most_s
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


@contextmanager
def another_process(directory: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that uses the database until the end of the block; with the URL that it got."""
    process = subprocess.Popen(
        [sys.executable, "-c", START_AND_STAY, directory],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin and process.stdout
    try:
        yield process, process.stdout.readline().strip()
    finally:
        with suppress(BrokenPipeError):
            process.stdin.close()
        process.wait(timeout=20)
        process.stdout.close()


def test_every_committed_booking_survives_the_kill_of_the_server(data):
    url = start(data)
    open_transaction = psycopg.connect(url)
    open_transaction.execute("INSERT INTO booking VALUES ('Cy, not yet committed')")
    book(url, "Ann")
    book(url, "Bo")
    kill(postmaster(data))
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)  # it is really gone
    assert riders(start(data)) == ["Ann", "Bo"]
    open_transaction.close()


def test_a_busy_child_that_outlives_the_killed_server_does_not_stop_the_next_start(data):
    url = start(data)
    dreamer = psycopg.connect(url, autocommit=True)
    dreamer.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 100000000000)")  # never looks at its parent
    child = psutil.Process(dreamer.info.backend_pid)
    kill(postmaster(data))
    assert child.is_running()
    assert riders(start(data)) == []
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    dreamer.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only for root the server runs as somebody else")
def test_a_server_stops_though_the_way_to_its_folder_was_closed_meanwhile(data):
    """Each pytest that starts closes the folder of all; a server of a demo in there would have run for ever."""
    server = PrivatePostgres(data)
    start(data)
    data.parent.chmod(0o700)
    with pytest.raises(DatabaseUnavailable, match="Permission denied"):  # the control
        server._pg_ctl("stop", "-m", "fast")
    stop(data)  # or its keeper, who waits for no less
    assert not server.is_running()


def test_the_number_of_the_killed_server_may_be_someone_elses_by_now(data):
    """PostgreSQL itself refuses to start then, if that someone is its own user; so the stranger is of that user."""
    book(start(data), "Ann")
    kill(postmaster(data))
    owner = data.stat()
    stranger = subprocess.Popen(["sleep", "60"], user=owner.st_uid if os.geteuid() == 0 else None, cwd="/")
    note = data / "postmaster.pid"
    note.write_text("\n".join([str(stranger.pid), *note.read_text().split("\n")[1:]]))
    (data / ".s.PGSQL.5432.lock").write_text(note.read_text())
    try:
        with pytest.raises(DatabaseUnavailable, match="exists"):  # the control
            PrivatePostgres(data)._pg_ctl("start", "-l", str(data / "server.log"), "-o", "-h ''")
        assert riders(start(data)) == ["Ann"]
        assert stranger.poll() is None, "the stranger was harmed"
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.parametrize("note", ["", "4242", "no number\n", "1\n/\n"])
def test_a_spoiled_pid_file_does_not_stop_the_next_start(data, note):
    book(start(data), "Ann")
    kill(postmaster(data))
    (data / "postmaster.pid").write_text(note)
    assert riders(start(data)) == ["Ann"]


@pytest.mark.parametrize("when", ["again", "for the first time"])
def test_processes_that_start_it_at_once_share_one_server(data, when):
    if when == "for the first time":
        data = data.with_name("fresh")
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", START_AND_STAY, data],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    urls = {process.stdout.readline().strip() for process in processes if process.stdout}
    assert urls == {PrivatePostgres(data).url}
    with psycopg.connect(urls.pop()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    for process in processes:
        process.communicate()
    stop(data)
    assert [process.returncode for process in processes] == [0, 0, 0]


def test_the_server_stops_when_its_last_user_is_killed_and_not_before(data):
    with another_process(data) as (first, url), another_process(data) as (second, _):
        first.kill()
        first.wait()
        book(url, "Ann")  # second still uses it
        server = postmaster(data)
        second.kill()
        second.wait()
        _until(lambda: not server.is_running() or server.status() == psutil.STATUS_ZOMBIE)
    assert riders(start(data)) == ["Ann"]


def test_a_server_that_may_forget_a_commit_is_refused(data):
    server = PrivatePostgres(data)
    server._pg_ctl("start", "-l", str(server.log), "-o", f"-F -h '' -k {server.socket_directory}")
    with pytest.raises(DatabaseUnavailable, match="fsync=off"):
        start(data)
    stop(data)
    assert riders(start(data)) == []  # the control: the same data with the right settings


def test_a_setting_that_was_changed_in_the_database_is_noticed(data):
    with psycopg.connect(start(data), autocommit=True) as connection:
        connection.execute("ALTER ROLE postgres SET synchronous_commit = off")
    with pytest.raises(DatabaseUnavailable, match="synchronous_commit=off"):
        start(data)
    with psycopg.connect(PrivatePostgres(data).url, autocommit=True) as connection:
        connection.execute("ALTER ROLE postgres RESET ALL")


def test_data_of_another_major_version_is_refused_with_a_sentence(data):
    (data / "PG_VERSION").write_text("15\n")
    with pytest.raises(DatabaseUnavailable, match="made by PostgreSQL 15 and this is PostgreSQL 18"):
        start(data)
    (data / "PG_VERSION").write_text("18\n")


def test_a_directory_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "holiday.jpg").touch()
    with pytest.raises(DatabaseUnavailable, match="holds no PostgreSQL data"):
        start(tmp_path / "postgres")
    assert (tmp_path / "postgres" / "holiday.jpg").exists()


def test_a_set_up_that_was_killed_half_way_is_begun_again():
    with _short_directory() as folder:
        (folder / "postgres.new").mkdir()
        (folder / "postgres.new" / "PG_VERSION").write_text("18\n")
        with psycopg.connect(start(folder / "postgres")) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        stop(folder / "postgres")


def test_a_path_with_spaces_that_is_too_long_for_a_socket_works():
    with _short_directory() as folder:
        deep = folder / ("a rather long name, " * 6) / "postgres"
        deep.parent.mkdir()
        try:
            with psycopg.connect(start(deep)) as connection:
                assert connection.execute("SHOW data_directory").fetchone() == (str(deep.resolve()),)
        finally:
            stop(deep)
            shutil.rmtree(PrivatePostgres(deep).socket_directory)


def test_a_warm_start_takes_less_than_two_seconds(data):
    began = time.monotonic()
    start(data)
    assert time.monotonic() - began < 2


def test_the_locks_of_this_process_are_its_own(data):
    """Two calls in one process hold one lock, which `stop` lets go; or the keeper would wait for ever."""
    start(data)
    start(data)
    assert list(embedded_database._in_use).count(data.resolve()) == 1
    stop(data)
    assert data.resolve() not in embedded_database._in_use
