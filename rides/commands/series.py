"""Offer a weekly ride, change it, call it off; and what a worker does for it."""

import logging
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from rides.commands.execute import NEW_PLANS, Answer, by_itself, execute
from rides.commands.offers import vehicle_of
from rides.errors import PlanChanged, RideError
from rides.models import OfferSeries
from rides.serializers.series import SeriesOut
from rides.weekly import recurrence, series, series_changes, series_pattern
from rides.weekly.series_changes import Scope

logger = logging.getLogger(__name__)


def begin_series(person: User, sent: dict[str, Any], key: str = "") -> Answer:
    """A weekly ride (`SeriesIn`); its rides of the next weeks are there with the answer."""
    now = timezone.now()
    pattern = series.Pattern(**{name: sent[name] for name in series.Pattern.__dataclass_fields__ if name in sent})

    def change(roads: series_pattern.Roads) -> OfferSeries:
        vehicle = vehicle_of(person, sent.get("vehicle"))
        return series.begin(driver=person, vehicle=vehicle, roads=roads, pattern=pattern, terms=sent, now=now)

    return execute(
        person=person,
        name="begin_series",
        body=sent,
        key=key,
        prepare=lambda: series_pattern.look_up(sent["origin"], sent["destination"]),
        change=change,
        render=partial(as_seen_by, person),
        status=201,
    )


def change_series(person: User, series_id: int, sent: dict[str, Any], key: str = "") -> Answer:
    """Another hour, day, place, price for one ride, that and the following ones, or all (`SeriesChangeIn`)."""
    now = timezone.now()
    what: dict[str, Any] = _meant(person, series_id, sent) | {"edit": sent["changes"], "now": now}
    return execute(
        person=person,
        name="change_series",
        body=[series_id, sent],
        key=key,
        prepare=lambda: series_changes.prepare(**what),
        change=lambda prepared: series_changes.change(**what, prepared=prepared),
        render=partial(as_seen_by, person),
    )


def cancel_series(person: User, series_id: int, sent: dict[str, Any], key: str = "") -> Answer:
    """No ride on one day, from a day on, or at all (`SeriesCancelIn`)."""
    now = timezone.now()
    what: dict[str, Any] = _meant(person, series_id, sent) | {"now": now}
    return execute(
        person=person,
        name="cancel_series",
        body=[series_id, sent],
        key=key,
        prepare=lambda: series_changes.prepare_cancel(**what),
        change=lambda prepared: series_changes.cancel(**what, prepared=prepared, note=sent.get("note", "")),
        render=partial(as_seen_by, person),
    )


def skip_day(person: User, series_id: int, sent: dict[str, Any], key: str = "") -> Answer:
    """No ride on one day (`SkipIn`): a holiday, made already or not."""
    return cancel_series(person, series_id, {"scope": Scope.THIS.value, **sent}, key)


def extend_all(now: datetime) -> None:
    """Make the rides of every series up to the horizon; one that cannot be made holds up none of the others."""
    behind = Q(made_until__isnull=True) | Q(made_until__lt=(now + series.HORIZON).date())
    active = OfferSeries.objects.filter(behind, state=OfferSeries.State.ACTIVE)
    for pattern in active.select_related("origin", "destination"):
        try:
            extend(pattern, now)
        except PlanChanged:
            logger.info("Series %s changed while its rides were made; the next time again.", pattern.pk)
        except RideError:
            logger.exception("Series %s cannot be made.", pattern.pk)


def extend(pattern: OfferSeries, now: datetime) -> None:
    """Make the rides of one series; end it when its last day has passed."""
    if pattern.ends_on and pattern.ends_on < recurrence.local_date(now, pattern.time_zone):
        by_itself(partial(series.over, series_id=pattern.pk, now=now))
        return
    roads = series_pattern.roads_of(pattern)
    by_itself(partial(series.make_instances, series_id=pattern.pk, roads=roads, now=now))


def follow(series_id: int, ride_ids: list[int], fields: list[str], note: str) -> None:
    """The next rides of a series that has changed; worked out again when one of them changes meanwhile."""
    for last in (*[False] * NEW_PLANS, True):
        now = timezone.now()
        prepared = series_changes.prepare_rest(series_id=series_id, ride_ids=ride_ids, fields=fields, now=now)
        try:
            by_itself(
                partial(
                    series_changes.follow_rest,
                    series_id=series_id,
                    fields=fields,
                    prepared=prepared,
                    now=now,
                    note=note,
                )
            )
            return
        except PlanChanged:
            if last:
                raise


def as_seen_by(person: User, pattern: OfferSeries) -> dict[str, Any]:
    """A series as JSON."""
    return dict(SeriesOut(pattern, context={"person": person}).data)


def _meant(person: User, series_id: int, sent: dict[str, Any]) -> dict[str, Any]:
    return {"series_id": series_id, "driver": person, "scope": Scope(sent["scope"]), "day": sent.get("date")}
