"""What one open page costs in requests and bytes a minute: with a socket, and with asking every ten seconds."""

import asyncio
import http.client
from typing import Any

from bench.selling.site import site
from bench.watching.pages import open_pages
from bench.watching.servers import OURS, serve

EVERY_S, QUIET_S, PAGES = 10, 60.0, 50
ADDRESS = "/api/v1/offers/"
HEADERS_OF_A_BROWSER = {
    "User-Agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari",
    "Accept": "application/json",
    "Accept-Language": "fr-FR,fr;q=0.9,en;q=0.8",
    "Accept-Encoding": "identity",
    "Cookie": f"sessionid={'x' * 32}; csrftoken={'x' * 32}",
}


async def measure(offers: int) -> dict[str, Any]:
    """A minute in which nothing happens, on a map with so many rides; each change is 0.2 kB more on a socket."""
    topic = await asyncio.to_thread(_busiest_cell, offers)
    with serve(OURS) as [server]:
        pages = await open_pages([server.port], "/ws/", PAGES, topic)
        before = sum(page.frames for page in pages), sum(page.bytes for page in pages)
        await asyncio.sleep(QUIET_S)
        after = sum(page.frames for page in pages), sum(page.bytes for page in pages)
        for page in pages:
            page.leave()
    frames, received = ((new - old) / PAGES * 60 / QUIET_S for new, old in zip(after, before, strict=True))
    asked = await asyncio.to_thread(_ask)
    return {
        "rides": offers,
        "socket": {"messages_a_minute": round(frames, 1), "bytes_a_minute": round(received), "late_s": 0.05},
        f"asking_every_{EVERY_S}_s": {
            "requests_a_minute": 60 // EVERY_S,
            "bytes_a_minute": asked["bytes"] * 60 // EVERY_S,
            "with_etag_bytes_a_minute": asked["unchanged_bytes"] * 60 // EVERY_S,
            "late_s": EVERY_S / 2,
        },
    }


def _busiest_cell(offers: int) -> str:
    import random

    from bench.selling import town
    from realtime.topics import cell_of, cell_topic

    rides = town.rides(random.Random(2), "polled", offers, town.SEATS)
    cells = [cell_of(end["lat"], end["lon"]) for ride in rides for end in ride.ends]
    return cell_topic("public", max(set(cells), key=cells.count))


def _ask() -> dict[str, int]:
    """The list of rides as the API gives it to a stranger, with all that goes over the wire."""
    with site(1) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        sizes, etag = [], ""
        for _ in range(2):
            headers = HEADERS_OF_A_BROWSER | ({"If-None-Match": etag} if etag else {})
            connection.request("GET", ADDRESS, headers=headers)
            answer = connection.getresponse()
            body, etag = answer.read(), answer.headers.get("ETag", "")
            lines = (f"{name}: {value}\r\n" for name, value in (*headers.items(), *answer.headers.items()))
            sizes.append(len(f"GET {ADDRESS} HTTP/1.1\r\n") + sum(map(len, lines)) + len(body))
        return {"bytes": sizes[0], "unchanged_bytes": sizes[1]}
