"""A real Redis of our own, which a test may kill and start again."""

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import redis


class RedisServer:
    def __init__(self, directory: Path) -> None:
        self.program = shutil.which("redis-server")
        assert self.program, "redis-server is not installed (Debian and Ubuntu: apt install redis-server)"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.directory = directory
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        settings = {"port": self.port, "bind": "127.0.0.1", "dir": self.directory, "save": "", "appendonly": "no"}
        arguments = [str(part) for name, value in settings.items() for part in (f"--{name}", value)]
        self.process = subprocess.Popen([self.program, *arguments], stdout=subprocess.DEVNULL)
        with redis.Redis.from_url(self.url) as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.ConnectionError:
                    assert self.process.poll() is None, "redis-server did not start"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def freeze(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def flush(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def subscribers(self, topic: str) -> int:
        with redis.Redis.from_url(self.url) as client:
            return dict(client.pubsub_numsub(f"asgi__group__{topic}"))[f"asgi__group__{topic}".encode()]
