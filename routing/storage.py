"""Keeps a dataclass of arrays as a folder of .npy files, read back memory-mapped."""

from dataclasses import fields
from pathlib import Path
from tokenize import TokenError
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from routing.errors import BadRegion

Arrays = TypeVar("Arrays")
_BROKEN = (OSError, ValueError, TypeError, SyntaxError, TokenError, EOFError, KeyError, AttributeError)
"""What NumPy raises over the header of a file that is none of its own."""


def save_arrays(arrays: Any, folder: Path) -> None:
    """Write each field of a dataclass of arrays to a file of its own."""
    folder.mkdir(parents=True)
    for field in fields(arrays):
        np.save(folder / f"{field.name}.npy", getattr(arrays, field.name), allow_pickle=False)


def load_arrays(kind: type[Arrays], folder: Path) -> Arrays:
    """Read them back without copying, so that all processes share one copy; they cannot be written to."""
    return kind(**{field.name: _mapped(folder, field.name) for field in fields(kind)})  # type: ignore[arg-type]


def _mapped(folder: Path, name: str) -> NDArray[Any]:
    """One array. Its file holds the array that it announces, and not a byte more."""
    path = folder / f"{name}.npy"
    try:
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)
        if mapped.offset + mapped.nbytes != path.stat().st_size:
            raise ValueError(f"{path.name} announces {mapped.shape} {mapped.dtype}")
    except _BROKEN as error:
        raise BadRegion(f"The region in {folder.parent} is damaged ({error}); build it again.") from error
    # A plain array over the map: compiled kernels take it without a second compilation.
    return np.asarray(mapped)
