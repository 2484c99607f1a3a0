"""What everybody reads in her lists, before and after, and what she heard of the difference (I6)."""

import json
from collections.abc import Callable
from typing import Any
from unittest import mock

from django.db.models import QuerySet
from rest_framework.utils.encoders import JSONEncoder

from accounts.models import User
from realtime import streams
from realtime.delivery import deliver
from realtime.streams import Cursor
from rides import calls, news, search
from rides.api import bookings, requests, standing
from rides.driving.offer_view import public_offer
from rides.driving.stops import still
from rides.models import Booking, OfferSeries, RideOffer
from rides.serializers.bookings import BookingOut
from rides.serializers.calls import CallOut
from rides.serializers.cases import CaseOut
from rides.serializers.requests import AskingOut, RequestOut
from rides.serializers.series import SeriesOut
from rides.serializers.standing import StandingOut
from rides.underway import cases

Row = dict[str, Any]
Snapshot = dict[tuple[str, int], Row]
"""By kind of event and id."""


def _bookings(person: User) -> QuerySet[Any]:
    """All but open forms, which are nobody's news."""
    return bookings.mine(person).exclude(state=Booking.State.HELD)


def _series(person: User) -> QuerySet[Any]:
    mine = OfferSeries.objects.filter(driver=person)
    return mine.select_related("driver", "vehicle", "origin", "destination").prefetch_related("exceptions")


LISTS: dict[str, tuple[Callable[[User], QuerySet[Any]], Any]] = {
    "booking": (_bookings, BookingOut),
    "request": (requests.mine, RequestOut),
    "asking": (requests.asked, AskingOut),
    "standing": (standing.mine, StandingOut),
    "series": (_series, SeriesOut),
    "case": (cases.shown_to, CaseOut),
    "call": (calls.shown_to, CallOut),
}


def snapshot(person: User) -> Snapshot:
    """What her lists say."""
    return {
        (kind, row["id"]): _plain(row)
        for kind, (rows, out) in LISTS.items()
        for row in out(rows(person), many=True, context={"person": person}).data
    }


def public_snapshot() -> Snapshot:
    """What is true of every ride that anybody sees."""
    offers = search.with_riders(RideOffer.objects.exclude(state=RideOffer.State.DRAFT))
    return {("offer", one.pk): _plain(public_offer(one, still(one, one))) for one in offers}


class Ear:
    """Hears everything from now on: the streams of `people`, and what is published."""

    def __init__(self, people: list[User]) -> None:
        self._from = {person: streams.head(person.pk) for person in people}
        self.published: list[Row] = []
        self._patch = mock.patch.object(news, "publish", lambda _topic, event, **_about: self.published.append(event))

    def __enter__(self) -> "Ear":
        self._patch.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._patch.stop()

    def follow(self, person: User, before: Snapshot) -> Snapshot:
        """What her page shows that had `before` and heard her news since."""
        shown = dict(before)
        for kind, data in self._news(person):
            if kind in LISTS:
                shown[kind, data["id"]] = {name: data[name] for name in data if name in _fields(kind)}
        return shown

    def follow_public(self, before: Snapshot) -> Snapshot:
        """As `follow`, of what is published: the newest version of each ride."""
        shown = dict(before)
        for event in self.published:
            old = shown.get(("offer", event["offer_id"]))
            if old is None or old["version"] <= event["version"]:
                shown["offer", event["offer_id"]] = _plain(event)
        return shown

    def _news(self, person: User) -> list[tuple[str, Row]]:
        cursor: Cursor = self._from[person]
        told: list[tuple[str, Row]] = []
        while True:
            delivery = deliver(person, cursor)
            told += [(one["kind"], _plain(one["data"])) for one in delivery.messages if one["kind"] != "gone"]
            cursor = delivery.cursor
            if cursor.seq >= delivery.head:
                return told


def _fields(kind: str) -> set[str]:
    """An event may say more than the list, such as what became of one day."""
    return set(LISTS[kind][1]().fields)


def _plain(row: Any) -> Row:
    return json.loads(json.dumps(row, cls=JSONEncoder))  # type: ignore[no-any-return]
