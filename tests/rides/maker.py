"""Another process of the same site: it makes the rides of one series when it is told to, and says how many."""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from django.conf import settings


def start(series_id: int, now: datetime, horizon_days: int) -> subprocess.Popen[str]:
    """Its standard output says "ready", then after a line of input how many rides it made."""
    name, region = settings.DATABASES["default"]["NAME"], str(settings.REGION_DIR)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.rides.maker", name, region, str(series_id), now.isoformat(), str(horizon_days)],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": settings.DATABASE_URL},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def main(database: str, region: str, series_id: str, now: str, horizon_days: str) -> None:
    settings.DATABASES["default"]["NAME"] = database
    settings.REGION_DIR = Path(region)
    import django

    django.setup()
    from datetime import timedelta
    from functools import partial

    from rides.commands.execute import by_itself
    from rides.weekly import series, series_pattern

    roads = series_pattern.roads_of(series.get(int(series_id)))
    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    made = by_itself(
        partial(
            series.make_instances,
            series_id=int(series_id),
            roads=roads,
            now=datetime.fromisoformat(now),
            horizon=timedelta(days=int(horizon_days)),
        )
    )
    print(len(made))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
