"""Keeps a dataclass of arrays as a folder of .npy files, read back memory-mapped."""

from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from routing.errors import BadRegion

Arrays = TypeVar("Arrays")


def save_arrays(arrays: Any, folder: Path) -> None:
    """Write each field of a dataclass of arrays to a file of its own."""
    folder.mkdir(parents=True)
    for field in fields(arrays):
        np.save(folder / f"{field.name}.npy", getattr(arrays, field.name), allow_pickle=False)


def load_arrays(kind: type[Arrays], folder: Path) -> Arrays:
    """Read them back without copying, so that all processes share one copy; they cannot be written to."""
    try:
        loaded = {
            # Plain arrays over the map: compiled kernels take them without a second compilation.
            field.name: np.asarray(np.load(folder / f"{field.name}.npy", mmap_mode="r", allow_pickle=False))
            for field in fields(kind)  # type: ignore[arg-type]
        }
    except (OSError, ValueError) as error:
        raise BadRegion(f"The region in {folder.parent} is damaged ({error}); build it again.") from error
    return kind(**loaded)
