"""What "live" costs and how soon it is: open pages by the thousand, changes, a dead Redis, a process that restarts.

It starts a private PostgreSQL, a Redis, and processes as docker-compose.yml starts them, with the settings of
production; the pages are in this process, on the same machine. Beside it, in the same run, what people would use
instead: the consumer of the Channels tutorial, the `websockets` library's broadcast, a page that asks every 10 seconds.

python -m bench.live [--json] [--only memory,fan_out,…] [--sockets 10000] [--viewers 1000] [--rounds 20]
"""

import argparse
import asyncio
import json
import os
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.selling.site import database, set_up_django
from bench.watching import asked, dead_redis, fan_out, memory, polling, restart
from tests.realtime.redis_server import RedisServer

Part = Callable[[argparse.Namespace, RedisServer], Any]
PARTS: dict[str, Part] = {
    "polling": lambda given, _redis: asyncio.run(polling.measure(100)),
    "dead_redis": lambda given, redis: asyncio.run(dead_redis.measure(redis, given.viewers, given.rounds)),
    "memory": lambda given, _redis: asyncio.run(memory.measure(given.sockets)),
    "asked": lambda given, _redis: asked.measure(given.requests, given.seconds, given.offers),
    "restart": lambda given, _redis: asyncio.run(restart.measure(given.clients)),
    "fan_out": lambda given, _redis: asyncio.run(fan_out.measure(given.viewers, given.rounds)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="on one line")
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {', '.join(PARTS)}")
    parser.add_argument("--sockets", type=int, default=10_000)
    parser.add_argument("--viewers", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--clients", type=int, default=5000, help="who come back after a restart")
    parser.add_argument("--requests", type=float, default=20, help="a second")
    parser.add_argument("--seconds", type=float, default=25)
    parser.add_argument("--offers", type=int, default=1000, help="live while requests come")
    given = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory() as name, database(Path(name)) as url:
        redis = RedisServer(Path(name))
        redis.start()
        try:
            os.environ["REDIS_URL"] = redis.url
            set_up_django(Path(name), url)
            told = {part: PARTS[part](given, redis) for part in given.only.split(",")}
        finally:
            redis.kill()
    print(json.dumps(told, indent=None if given.json else 1))


if __name__ == "__main__":
    main()
