"""Numba's compiler with our settings, and typed, so that mypy sees through the decorator."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])

# Cached on disk, so that only the first run compiles; without the GIL, so that threads of one server sweep together.
kernel = cast(Callable[[Function], Function], numba.njit(cache=True, nogil=True))
