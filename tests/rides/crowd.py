"""Another process of the same site: people in it do things at once when it is told to, and it says what they were told.

Started by `start`; it says "ready", and then answers each line of JSON (`Deed`s) with one of JSON.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

AT_ONCE = 25


class Crowd:
    """A process, and what to tell it; a control takes its locks away."""

    def __init__(self, *, locks: bool = True) -> None:
        from django.conf import settings

        name, region = settings.DATABASES["default"]["NAME"], str(settings.REGION_DIR)
        more = {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": settings.DATABASE_URL}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.rides.crowd", name, region, *([] if locks else ["--without-locks"])],
            env=os.environ | more | {"DATABASE_POOL": str(AT_ONCE)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def hears(self) -> Any:
        """What it says next."""
        assert self._process.stdout
        return json.loads(self._process.stdout.readline())

    def begins(self, deeds: Sequence[Any]) -> None:
        """Each deed is (person's id, name of the command, its arguments)."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(deeds) + "\n")
        self._process.stdin.flush()

    def ends(self) -> None:
        """It has nothing more to do."""
        with self._process as process:  # closes both ends
            process.communicate(timeout=20)


def at_once(crowds: Sequence[Crowd], deeds: Sequence[Any]) -> list[Any]:
    """The deeds dealt to the processes; what each was told, as [code or status, answer]."""
    parts = [list(deeds[number :: len(crowds)]) for number in range(len(crowds))]
    for crowd, part in zip(crowds, parts, strict=True):
        crowd.begins(part)
    return [outcome for crowd in crowds for outcome in crowd.hears()]


def main(database: str, region: str, *control: str) -> None:
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    settings.REGION_DIR = Path(region)
    import django

    django.setup()
    from accounts.models import User
    from rides import commands, locks, streets
    from rides.serializers.bookings import BookingIn
    from tests.realtime.race import race
    from tests.rides import unlocked, world

    if control == ("--without-locks",):
        locks._locked = unlocked.read

    def do(person_id: int, name: str, *arguments: Any) -> Any:
        person = User.objects.get(pk=person_id)
        if name == "book":
            body, *arguments = arguments
            arguments = [world.valid(BookingIn, body), *arguments]
        return getattr(commands, name)(person, *arguments)

    streets.the_region()
    print(json.dumps("ready"), flush=True)  # noqa: T201
    for line in sys.stdin:
        outcomes = race(*(partial(do, *deed) for deed in json.loads(line)))
        answers = [[world.told(one), one.data if isinstance(one, commands.Answer) else str(one)] for one in outcomes]
        print(json.dumps(answers), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
