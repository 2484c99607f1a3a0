"""Numba's compiler with our settings, and typed, so that mypy sees through the decorator."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def _folder(base: Path) -> Path:
    """Where compiled kernels are kept: a folder for each state of all of them together.

    Numba compiles a kernel anew when its own file has changed, not when one that it calls has: after an upgrade, or a
    step back, it would run equations of before.
    """
    files = sorted(Path(__file__).parent.rglob("*.py"))
    texts = [text for file in files if b"@kernel" in (text := file.read_bytes())]
    return base / f"kernels-{hashlib.sha256(b''.join(texts)).hexdigest()[:16]}"


_settings: Any = numba.config
_base = Path(_settings.CACHE_DIR or Path(__file__).parent / "__pycache__")
if os.access(_base if _base.exists() else _base.parent, os.W_OK):
    _settings.CACHE_DIR = str(_folder(_base))

# Cached on disk, so that only the first run compiles; without the GIL, so that threads of one server sweep together.
kernel = cast(Callable[[Function], Function], numba.njit(cache=True, nogil=True))
