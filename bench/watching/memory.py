"""What many open pages cost: processes that keep sockets as docker-compose.yml starts them, and nothing else."""

import asyncio
from typing import Any

from bench.watching.pages import open_pages
from bench.watching.servers import OURS, serve

TOPIC = "cell.public.871ed8916ffffff"
PROCESSES, WARM = 2, 20
A_HEARTBEAT_S = 9.0


async def measure(sockets: int) -> dict[str, Any]:
    """Resident memory in MB (shared pages counted in each process), before and with so many sockets on one cell."""
    with serve(OURS, PROCESSES) as servers:
        ports = [server.port for server in servers]
        warm = await open_pages(ports, "/ws/", WARM * PROCESSES, TOPIC)  # imports and connections are no socket's cost
        await asyncio.sleep(A_HEARTBEAT_S)
        before = [server.rss_mb for server in servers]
        pages = await open_pages(ports, "/ws/", sockets - len(warm), TOPIC)
        await asyncio.sleep(A_HEARTBEAT_S)
        after = [server.rss_mb for server in servers]
        alive = sum(not page.closed.done() for page in (*warm, *pages))
        for page in (*warm, *pages):
            page.leave()
    return {
        "sockets": alive,
        "processes": PROCESSES,
        "baseline_mb": [round(mb) for mb in before],
        "together_mb": round(sum(after)),
        "bytes_a_socket": round((sum(after) - sum(before)) * 2**20 / len(pages)),
    }
