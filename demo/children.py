"""The processes of a running demo: started together, ended together, and those of a killed demo cleared away."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import psutil

GRACE_S = 12.0
"""So long a process may take to end by itself: the web server gives open requests ten seconds."""
LAST_LINES = 15


class Children:
    """Each in a session of its own, so that Ctrl-C in the terminal reaches only us, who end them in order."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = environment
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    @classmethod
    @contextmanager
    def kept(cls, folder: Path, environment: Mapping[str, str]) -> Iterator[Self]:
        """Logs and numbers of the processes go to `folder`; at the end of the block none of them is left."""
        children = cls(folder, environment)
        children._clear_away()
        try:
            yield children
        finally:
            children.end()

    def start(self, name: str, command: Sequence[str], *descriptors: int) -> None:
        """Start one; it writes to `<name>.log`."""
        with self._log(name).open("wb") as log:
            self._running[name] = subprocess.Popen(
                command,
                env=dict(self._environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=descriptors,
                start_new_session=True,
            )
        self._numbers.write_text(json.dumps([_known_by(child.pid) for child in self._running.values()]))

    def dead(self) -> str | None:
        """A sentence about one that has ended by itself, with its last words; None while all live."""
        for name, child in self._running.items():
            if child.poll() is not None:
                words = self._log(name).read_text(errors="replace").splitlines()[-LAST_LINES:]
                return "\n".join([f"The {name} has ended with status {child.returncode}. Its last words:", *words])
        return None

    def end(self) -> None:
        """Ask all of them to end, then insist."""
        for child in self._running.values():
            _signal(child.pid, signal.SIGTERM)
        until = time.monotonic() + GRACE_S
        for child in self._running.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, until - time.monotonic()))
            _signal(child.pid, signal.SIGKILL)  # also what it has started itself
            child.wait()
        self._numbers.unlink(missing_ok=True)

    def _clear_away(self) -> None:
        """End what a killed demo has left behind; a number that is somebody else's by now is left alone."""
        with suppress(OSError, ValueError):
            for pid, started_at in json.loads(self._numbers.read_text()):
                if _known_by(pid) == [pid, started_at]:
                    _signal(pid, signal.SIGKILL)

    @property
    def _numbers(self) -> Path:
        return self._folder / "processes.json"

    def _log(self, name: str) -> Path:
        return self._folder / f"{name.replace(' ', '-')}.log"


def _signal(leader: int, number: int) -> None:
    """To a process and all of its group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def _known_by(pid: int) -> list[float] | None:
    """A process's number and when it began: together they are nobody else's."""
    with suppress(psutil.Error):
        return [pid, psutil.Process(pid).create_time()]
    return None
