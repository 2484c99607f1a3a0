"""Days and hours as people choose them, in the region's time, and the instants they mean."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from web import place_names

SATURDAY = 5
ONE_DAY, ONE_YEAR = timedelta(days=1), timedelta(days=365)
MIDNIGHT = time.min
END_OF_DAY = time(4)
"""A day ends in the small hours: who looks for "today" at eleven also wants the ride at half past twelve."""
BEFORE, AFTER = timedelta(minutes=20), timedelta(minutes=100)
"""A rider who names an hour also takes a car a little before, or a while after."""

A_WHILE = timedelta(hours=1)
"""What people usually do where they go, as long as nobody says otherwise."""


def zone() -> ZoneInfo:
    """The time zone of the region, or the site's before there is one."""
    manifest = place_names.manifest()
    return (
        ZoneInfo(manifest.time_zone)
        if manifest and manifest.time_zone
        else ZoneInfo(str(timezone.get_default_timezone()))
    )


def today() -> date:
    """The date in the region."""
    return timezone.localdate(timezone=zone())


def coming_days() -> list[tuple[date, str]]:
    """Today, tomorrow and the coming Saturday, with their names; each day once."""
    first = today()
    saturday = first + timedelta(days=(SATURDAY - first.weekday()) % 7)
    days = {first: _("Today"), first + timedelta(days=1): _("Tomorrow")}
    days.setdefault(saturday, _("Saturday"))
    return list(days.items())


def at(day: date, hour: time) -> datetime:
    """The instant of a wall time; the hour that comes twice is the first, the one that is not moves forward."""
    wall = datetime.combine(day, hour, zone())
    return wall.astimezone(ZoneInfo("UTC"))


def window(day: date, hour: time | None, now: datetime) -> tuple[datetime, datetime]:
    """Earliest and latest departure: around the hour, or any time of the day that is still to come."""
    if hour is None:
        return max(now, at(day, MIDNIGHT)), at(day + timedelta(days=1), END_OF_DAY)
    wanted = at(day, hour)
    return max(now, wanted - BEFORE), max(now, wanted) + AFTER


def back_at(day: date, hour: time | None, back: time) -> datetime:
    """When somebody who leaves at `hour` comes back around `back`: on that day, or after midnight."""
    return at(day + ONE_DAY if hour is not None and back <= hour else day, back)


def window_back(day: date, hour: time | None, back: time) -> tuple[datetime, datetime]:
    """Earliest and latest departure of a way back."""
    wanted = back_at(day, hour, back)
    return wanted - BEFORE, wanted + AFTER
