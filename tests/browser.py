"""A real Chromium for tests: windows of different people, in which an error on the page fails the test."""

import os
import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    WebError,
    expect,
    sync_playwright,
)

CANDIDATES = [
    os.environ.get("CHROMIUM", ""),
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
]
FLAGS = [
    # MapLibre needs WebGL 2, which a machine without a graphics card has only in software.
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-accelerated-2d-canvas",
    # It runs as root in CI, and has nobody to talk to but the site.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

PATIENCE_MS = 30_000
"""Tests wait for what happens, on a machine that may be busy; how soon it happens is for benchmarks to say."""

OpenWindow = Callable[..., Page]

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the tests of a module.

    Not for the session: as long as Playwright runs, its event loop counts as running in this thread, and neither an
    asynchronous test nor Django's ORM (without the variable set here) would work beside it.
    """
    program = next(filter(None, map(shutil.which, CANDIDATES)), None)
    if program is None:
        pytest.fail("No Chromium found: run `make test`, which says what to install.")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_window(chromium: Browser) -> Iterator[OpenWindow]:
    """Open a window with cookies of its own: `open_window(site.url, phone=True, allow=["409"], locale="fr-FR")`.

    At the end of the test, whatever a window complained about fails it: errors in its console (also violations of the
    content security policy), exceptions, requests to another host. `allow` names, as regular expressions, what is
    expected. Other keywords go to Playwright's `new_context`.
    """
    windows: list[Window] = []

    def open_window(base_url: str, *, phone: bool = False, allow: list[str] | None = None, **options: object) -> Page:
        viewport = {"viewport": PHONE, "has_touch": True, "is_mobile": True} if phone else {"viewport": DESKTOP}
        context = chromium.new_context(**{"base_url": base_url, "locale": "en-GB", **viewport, **options})
        context.set_default_timeout(PATIENCE_MS)
        windows.append(Window(context, base_url, allow or []))
        return context.new_page()

    open_window.windows = windows  # type: ignore[attr-defined]
    yield open_window
    for window in windows:
        window.context.close()
    complaints = [complaint for window in windows for complaint in window.complaints]
    assert not complaints, "The page complained:\n" + "\n".join(complaints)


class Window:
    """Listens to everything that goes wrong in one browser context."""

    def __init__(self, context: BrowserContext, base_url: str, allowed: list[str]) -> None:
        self.context = context
        self.base_url = base_url
        self.allowed = allowed
        self.heard: list[str] = []
        context.on("console", self._on_console)
        context.on("weberror", self._on_exception)
        context.on("request", self._on_request)

    @property
    def complaints(self) -> list[str]:
        """What was heard and not expected."""
        return [heard for heard in self.heard if not any(re.search(pattern, heard) for pattern in self.allowed)]

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.heard.append(f"{message.text} ({message.location.get('url', '')})")

    def _on_exception(self, error: WebError) -> None:
        self.heard.append(str(error.error))

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.base_url, "data:", "blob:")):
            self.heard.append(f"asked another host: {request.url}")
