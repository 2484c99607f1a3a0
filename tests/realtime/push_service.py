"""A push service on this machine, that answers as it is told, and the browser it belongs to."""

import base64
import json
import os
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Arrived:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushService:
    """Answers are used up, then it is 201: a status, one with headers and words, or an event to wait for."""

    answers: list[Any] = field(default_factory=list)
    arrived: list[Arrived] = field(default_factory=list)
    came: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                service.arrived.append(Arrived(self.path, headers, self.rfile.read(int(headers["content-length"]))))
                service.came.set()
                answer = service.answers.pop(0) if service.answers else 201
                if isinstance(answer, threading.Event):
                    answer.wait(60)
                    answer = 201
                status, more, said = (*answer, b"")[:3] if isinstance(answer, tuple) else (answer, {}, b"")
                try:
                    self.send_response(status)
                    for name, value in more.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(said)
                except OSError:
                    pass  # nobody waits any more

            def log_message(self, *_args: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class Browser:
    """Has the only keys that open what comes for it."""

    def __init__(self, service: PushService, name: str) -> None:
        self._private, self._secret = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        point = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.path = f"/push/{name}"
        self.subscription = {"endpoint": service.origin + self.path, "p256dh": b64(point), "auth": b64(self._secret)}

    def opened(self, arrived: Arrived) -> dict[str, Any]:
        text = http_ece.decrypt(arrived.body, private_key=self._private, auth_secret=self._secret, version="aes128gcm")
        found = json.loads(text)
        assert isinstance(found, dict)
        return found
