"""`python -m demo` as a process of its own, watched from outside."""

import http.cookiejar
import json
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self

import psutil

from demo import regions

PATIENCE_S = 120


def folder_with_valley(region: Path, var: Path) -> Path:
    """A var/ that already holds the valley as the demo would have built it."""
    shutil.copytree(region, var / "regions" / "valley")
    stamp = f"{regions.source_of('').fingerprint}\n{regions.code_of('routing')}"
    (var / "regions" / "valley.source").write_text(stamp)
    return var


class Demo:
    """A demo over `var`; `address` is known once `wait` has returned."""

    def __init__(self, var: Path, **environment: str) -> None:
        self.var = var
        self.address = ""
        self.said: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "demo"],
            cwd=regions.ROOT,
            env=clean_environment() | {"DETOUR_VAR": str(var), "PORT": "0", "NO_BROWSER": "1", **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
        )

    def __enter__(self) -> Self:
        try:
            self.wait()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        if self._process.poll() is None:
            self.end()

    def wait(self) -> float:
        """Until it says where it is; seconds since now."""
        began = time.monotonic()
        while not (found := re.search(r"Détour is at (http://localhost:\d+)/demo/", self._next_line())):
            pass
        self.address = found[1]
        return time.monotonic() - began

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal; the status it ends with."""
        self._process.send_signal(number)
        return self.status()

    def status(self) -> int:
        """With which status it ends by itself; what it says meanwhile is kept in `said`."""
        rest, _ = self._process.communicate(timeout=PATIENCE_S)
        self.said += rest.splitlines()
        return self._process.returncode

    def children(self) -> list[psutil.Process]:
        """Web server, worker, simulation."""
        return psutil.Process(self._process.pid).children(recursive=True)

    def child(self, word: str) -> psutil.Process:
        """The one with `word` in its command."""
        return next(child for child in self.children() if word in child.cmdline())

    def _next_line(self) -> str:
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            assert selector.select(PATIENCE_S), f"The demo says nothing any more: {self.said}"
        line = self._process.stdout.readline()
        assert line, f"The demo ended: {self.said}"
        self.said.append(line.rstrip())
        return line


class Visitor:
    """A browser without a screen: keeps cookies, sends the CSRF token back."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def read(self, path: str) -> str:
        """A page; who asks too often waits as long as the site says, like any good client."""
        while True:
            try:
                with self._opener.open(self.address + path, timeout=30) as answer:
                    return answer.read().decode()
            except urllib.error.HTTPError as error:
                if error.code != HTTPStatus.TOO_MANY_REQUESTS:
                    raise
                time.sleep(float(error.headers["Retry-After"]))

    def be(self, role: str, signed_pass: str = "") -> None:
        """One click on the page of the roles."""
        signed_pass = signed_pass or re.search(r'name="pass" value="([^"]+)"', self.read("/demo/"))[1]
        with self._opener.open(f"{self.address}/demo/be/{role}/", f"pass={signed_pass}".encode(), timeout=30):
            pass

    def get(self, path: str) -> Any:
        return json.loads(self.read(f"/api/v1/{path}"))

    def post(self, path: str, body: Any) -> Any:
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
        headers = {"Content-Type": "application/json", "X-CSRFToken": token, "Referer": self.address}
        request = urllib.request.Request(f"{self.address}/api/v1/{path}", json.dumps(body).encode(), headers)
        with self._opener.open(request, timeout=30) as answer:
            return json.loads(answer.read())


def processes_over(folder: Path) -> list[psutil.Process]:
    """Everything that works in the folder or was told of it: the demo's own processes, PostgreSQL and its keeper."""
    return [process for process in psutil.process_iter() if _knows(process, str(folder))]


def _knows(process: psutil.Process, folder: str) -> bool:
    try:
        told = [process.cwd(), process.environ().get("DETOUR_VAR", ""), *process.cmdline()]
    except psutil.Error:
        return False
    return process.pid != os.getpid() and any(text.startswith(folder) for text in told)


def clean_environment() -> dict[str, str]:
    """Ours without what tests set for themselves."""
    ours = ("DJANGO_", "DETOUR_", "DATABASE_URL", "REGION", "SITE_URL")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
