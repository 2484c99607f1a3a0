"""Which days a weekly ride has, and at which instant the clock on the wall shows its hour. Plain calendar, no rows."""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


def dates(
    *,
    weekdays: Collection[int],
    starts_on: date,
    ends_on: date | None,
    exceptions: Collection[date],
    after: date,
    until: date,
) -> Iterator[date]:
    """The days later than `after` and no later than `until`, in order; weekday 0 is Monday (ISO 8601 less one)."""
    first = max(starts_on, after + DAY)
    last = until if ends_on is None else min(until, ends_on)
    for number in range((last - first).days + 1):
        day = first + number * DAY
        if day.weekday() in weekdays and day not in exceptions:
            yield day


def instant(*, date: date, wall_time: time, zone: str) -> datetime:
    """When clocks in the IANA `zone` show `wall_time` on that date; aware, UTC.

    An hour that does not exist moves forward by as much as the clocks do; of an hour that comes twice it is the first
    (PEP 495, fold=0). Where clocks jump over midnight (Greenland, 23:00 to 00:00) a late hour falls on the next date:
    that is why a ride is known by the date it is for, and not by the date of its instant.
    """
    return datetime.combine(date, wall_time.replace(fold=0), ZoneInfo(zone)).astimezone(UTC)


def local_date(at: datetime, zone: str) -> date:
    """The date on the wall at that instant."""
    return at.astimezone(ZoneInfo(zone)).date()
