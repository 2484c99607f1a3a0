"""Many short texts as two arrays, so that they can be memory-mapped like all the rest."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Blob = NDArray[np.uint8]
Starts = NDArray[np.int64]


def pack_texts(texts: Iterable[str]) -> tuple[Blob, Starts]:
    """UTF-8 bytes one after the other, and where each text starts; one start more than texts."""
    encoded = [text.encode() for text in texts]
    starts = np.concatenate([[0], np.cumsum([len(piece) for piece in encoded], dtype=np.int64)]).astype(np.int64)
    return np.frombuffer(b"".join(encoded), np.uint8), starts


def text_at(blob: Blob, starts: Starts, position: int) -> str:
    """One text."""
    return blob[starts[position] : starts[position + 1]].tobytes().decode(errors="replace")


def all_texts(blob: Blob, starts: Starts) -> list[str]:
    """All of them."""
    whole = blob.tobytes()
    return [whole[begin:end].decode(errors="replace") for begin, end in pairwise(starts.tolist())]
