"""A phone with the page open: speaks to config.asgi as a browser does."""

import json

from asgiref.testing import ApplicationCommunicator

PATIENCE_S = 10


class Phone:
    """channels.testing has the like, but needs Daphne."""

    def __init__(self, browser=None, query="", origin="http://127.0.0.1", path="/ws/"):
        from config.asgi import application

        headers = [(b"host", b"127.0.0.1"), (b"origin", origin.encode())]
        if browser is not None:
            headers.append((b"cookie", f"sessionid={browser.cookies['sessionid'].value}".encode()))
        scope = {"type": "websocket", "path": path, "query_string": query.encode(), "headers": headers}
        self.wire = ApplicationCommunicator(application, {**scope, "subprotocols": []})
        self.closed_with = None

    async def open(self):
        """True when the server takes the socket."""
        await self.wire.send_input({"type": "websocket.connect"})
        return (await self._output())["type"] == "websocket.accept"

    async def next(self):
        """The next message; the close code comes as one, too."""
        output = await self._output()
        return (
            {"type": "closed", "code": output["code"]}
            if output["type"] == "websocket.close"
            else json.loads(output["text"])
        )

    async def hears(self, kind):
        """The next message of this type; what else comes meanwhile is passed over."""
        while (message := await self.next())["type"] != kind:
            assert message["type"] != "closed" or kind == "closed", (
                f"closed with {message['code']} while waiting for {kind}"
            )
        return message

    async def is_silent(self):
        """Nothing waits to be heard but the answer to a ping."""
        await self.says(do="ping")
        return (await self.next())["type"] == "pong"

    async def says(self, text=None, **message):
        await self.wire.send_input({"type": "websocket.receive", "text": text or json.dumps(message)})

    async def joins(self, *topics):
        await self.says(do="join", topics=list(topics))
        return await self.hears("joined")

    async def close(self):
        if not self.wire.future.done():
            await self.wire.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wire.wait(PATIENCE_S)

    async def _output(self):
        output = await self.wire.receive_output(PATIENCE_S)
        if output["type"] == "websocket.close":
            self.closed_with = output.get("code", 1000)
        return output
