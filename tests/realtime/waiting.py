"""Waiting for a condition in another thread or process, never for a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

PATIENCE_S = 20


async def until(condition: Callable[[], Awaitable[Any]]) -> None:
    """Ask until the answer is yes."""
    async with asyncio.timeout(PATIENCE_S):
        while not await condition():
            await asyncio.sleep(0.01)
