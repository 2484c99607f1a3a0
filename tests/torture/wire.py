"""Requests over HTTP, of which some are cut: right after they were sent, or after the first byte of the answer."""

import hashlib
import http.client
import json
import random
import time
from typing import Any

from tests.torture.history import Call, Journal, Told
from tests.torture.processes import Site

TIMEOUT_S = 12
CUT = {"sent": 0.03, "first byte": 0.03}
"""Of all commands, so many never hear their answer, though the server may have done what it was told."""


class Wire:
    """How people reach the site."""

    def __init__(self, site: Site, journal: Journal) -> None:
        self._site, self._journal = site, journal

    def look(self, token: str, path: str, chance: random.Random) -> Any:
        """What a GET answers, or None."""
        try:
            connection = self._connect(chance)
            try:
                connection.request("GET", f"/api/v1/{path}", headers=_headers(token))
                answer = connection.getresponse()
                body = answer.read()
            finally:
                connection.close()
        except (OSError, http.client.HTTPException):
            return None
        return json.loads(body) if answer.status == 200 else None

    def send(self, token: str, call: Call, chance: random.Random) -> Told | None:
        """One attempt, written down before and after. None when its outcome is unknown."""
        [cut] = chance.choices(["", *CUT], [1 - sum(CUT.values()), *CUT.values()])
        try:
            connection = self._connect(chance)
        except OSError:
            return None
        number = self._journal.sending(call, time.monotonic())
        try:
            told, why = _exchange(connection, token, call, cut), f"cut: {cut}"
        except (OSError, http.client.HTTPException) as error:
            told, why = None, type(error).__name__
        finally:
            connection.close()
        if told is None:
            self._journal.lost(number, why)
        else:
            self._journal.told(number, told)
        return told

    def _connect(self, chance: random.Random) -> http.client.HTTPConnection:
        """To any web server that listens; raises OSError when none does."""
        ports = self._site.ports
        for port in chance.sample(ports, len(ports)):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
            try:
                connection.connect()
            except OSError:
                continue
            return connection
        raise ConnectionRefusedError


def _exchange(connection: http.client.HTTPConnection, token: str, call: Call, cut: str) -> Told | None:
    headers = _headers(token) | {"Idempotency-Key": call.key, "Content-Type": "application/json"}
    body = None if call.body is None else json.dumps(call.body)
    connection.request(call.method, f"/api/v1/{call.path}", body, headers)
    if cut == "sent":
        return None
    if cut == "first byte":
        connection.sock.recv(1)
        return None
    answer = connection.getresponse()
    content = answer.read()
    said = json.loads(content) if answer.status < 500 or content[:1] == b"{" else {}
    return Told(
        at=time.monotonic(),
        status=answer.status,
        code=said.get("code", ""),
        made=said.get("id"),
        digest=hashlib.sha256(content).hexdigest(),
        replayed=answer.headers.get("Idempotency-Replayed") == "true",
    )


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Token {token}", "Accept-Language": "en"}
