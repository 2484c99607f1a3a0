"""What our own server offers beyond ASGI, under `scope["extensions"][SEND_NOW]`; with another server all works without.

`send_now(text) -> bool` writes a text to the socket at once, without a turn of the event loop. False: the page reads
too slowly, or is gone, and nothing was written. It must not overtake what an earlier `send` still waits to write.
"""

from collections.abc import Callable

SEND_NOW = "detour.send_now"
SendNow = Callable[[str], bool]


def never(text: str) -> bool:
    """Where the server has no such thing."""
    return False
