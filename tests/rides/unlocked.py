"""What `rides.locks` does with its locks taken away: rows are read as ever, but nobody waits for anybody."""

from collections.abc import Collection
from typing import Any


def read(model: Any, ids: Collection[int]) -> list[Any]:
    """In place of `rides.locks._locked`."""
    return list(model._default_manager.filter(pk__in=set(ids)).order_by("pk"))
