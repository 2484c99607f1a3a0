"""The whole site, but whoever changes something waits until Redis has heard of it: the control of test_redis_http.py.

`python -m tests.realtime.waiting_site`, with the options of config.socket_server.
"""

from realtime import outbox


def main() -> None:
    really = outbox.put

    def put_and_wait(topic: str, message: dict) -> None:
        really(topic, message)
        outbox.flush(1)

    outbox.put = put_and_wait
    from config import socket_server

    socket_server.main()


if __name__ == "__main__":
    main()
