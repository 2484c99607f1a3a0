"""A process that keeps sockets, without its sockets: it does for one person all that a socket asks of other rooms.

`python -m tests.config.lean DATABASE PERSON TOPIC… ` prints what was rendered, and which modules that took.
"""

import importlib
import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.socket_settings")
DOORS = {"config.socket_settings": "config.sockets", "config.settings": "config.asgi"}


def main(database: str, person_id: str, *topics: str) -> None:
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    importlib.import_module(DOORS[os.environ["DJANGO_SETTINGS_MODULE"]])
    from realtime import registry, streams
    from realtime.access import access, person_now
    from realtime.delivery import deliver
    from realtime.pulse import take_pulse

    head = streams.head(int(person_id))
    delivery = deliver(person_now(int(person_id)), streams.Cursor(head.epoch, 0))
    may = access(int(person_id), topics).topics
    marks = take_pulse(set(), set(may), ()).marks
    told = {
        "kinds": sorted(message["kind"] for message in delivery.messages),
        "all_kinds": sorted(registry.kinds()),
        "topics": sorted(may),
        "marks": len(marks),
        "modules": sorted(sys.modules),
    }
    print(json.dumps(told))  # noqa: T201 - whoever started this reads it


if __name__ == "__main__":
    main(*sys.argv[1:])
