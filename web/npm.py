"""Serves the few files named in NPM_FILES out of `node_modules/`, under `vendor/`; whole packages would be many."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage

PREFIX = "vendor"


class NpmFinder(BaseFinder):
    """`vendor/figtree/a.woff2` is `node_modules/figtree/a.woff2`, if NPM_FILES names `figtree/a.woff2`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=settings.BASE_DIR / "node_modules")
        self.storage.prefix = PREFIX  # type: ignore[attr-defined]  # collectstatic reads it
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Name each file that npm has not delivered. In production all are collected already, without npm."""
        if settings.PRODUCTION:
            return []
        return [
            Error(f"node_modules/{name} is missing.", hint="Run `make setup`; is the name right?", id="web.E001")
            for name in settings.NPM_FILES
            if not self.storage.exists(name)
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The file on disk behind the static `path`; a list of it when `find_all`; empty when it is not ours."""
        name = path.removeprefix(f"{PREFIX}/")
        here = Path(self.storage.path(name)) if path != name and name in settings.NPM_FILES else None
        found = str(here) if here and here.is_file() else None
        return ([found] if found else []) if find_all else (found or [])

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """What collectstatic copies."""
        for name in settings.NPM_FILES:
            if not matches_patterns(name, ignore_patterns or []):
                yield name, self.storage
