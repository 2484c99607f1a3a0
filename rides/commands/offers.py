"""Publish a ride, change it, start it, finish it, call it off."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Vehicle
from rides import search
from rides.commands.answer import Answer
from rides.commands.execute import execute
from rides.driving import offer_changes, offers
from rides.errors import Invalid, NotFound, RideError
from rides.models import RideOffer
from rides.serializers.offers import OfferOut
from rides.weekly import series_pattern


class NoVehicle(RideError):
    """Who drives needs a car."""

    code = "no_vehicle"
    status = 400
    sentence = _("Please tell us first which car you drive.")


def publish_offer(person: User, sent: dict[str, Any], key: str = "") -> Answer:
    """A new ride (`OfferIn`), with its linked way back when `return_at` says when."""
    now = timezone.now()

    def change() -> RideOffer:
        vehicle = vehicle_of(person, sent.get("vehicle"))
        fields = {name: sent[name] for name in offers.Draft.__dataclass_fields__ if name in sent}
        out = offers.publish(driver=person, vehicle=vehicle, draft=offers.Draft(**fields), now=now)
        if return_at := sent.get("return_at"):
            if return_at <= sent["departs_at"]:
                raise Invalid(_("The way back leaves after the way out."))
            fields |= {"origin": sent["destination"], "destination": sent["origin"], "departs_at": return_at}
            if open_ended := sent.get("return_open", False):
                fields["flexibility_s"] = max(fields["flexibility_s"], OPEN_ENDED_S)
            offers.publish(
                driver=person,
                vehicle=vehicle,
                draft=offers.Draft(**fields),
                now=now,
                return_of=out,
                open_ended=open_ended,
            )
        return out

    return execute(
        person=person, name="publish_offer", body=sent, key=key, change=change, render=partial(as_seen_by, person),
        status=201,
    )  # fmt: skip


OPEN_ENDED_S = 3600
"""Whoever leaves again "when we are done" may be an hour later than guessed without a word."""


def vehicle_of(person: User, vehicle_id: int | None) -> Vehicle:
    """The person's own vehicle of that id, or her first one; raises NoVehicle."""
    mine = Vehicle.objects.filter(owner=person).order_by("pk")
    vehicle = mine.filter(pk=vehicle_id).first() if vehicle_id else mine.first()
    if vehicle is None:
        raise NoVehicle
    return vehicle


def change_offer(person: User, offer_id: int, sent: dict[str, Any], key: str = "") -> Answer:
    """Another hour, place, number of seats (`OfferChangeIn`); who has booked is told, and may be free to leave."""
    now, changes = timezone.now(), offer_changes.Changes(**sent)

    def prepare() -> offer_changes.Relaid | None:
        offer = RideOffer.objects.filter(pk=offer_id, driver=person).first()
        if offer is None:
            raise NotFound
        return offer_changes.prepare(offer, changes)

    def change(relaid: offer_changes.Relaid | None) -> RideOffer:
        offer = offers.lock_with_riders(offer_id, person)[offer_id]
        offer.apart = offer.apart or series_pattern.has_ride(offer)
        offer_changes.change(offer, changes=changes, relaid=relaid, now=now)
        return offer

    return execute(
        person=person, name="change_offer", body=[offer_id, sent], key=key, prepare=prepare, change=change,
        render=partial(as_seen_by, person),
    )  # fmt: skip


def publish_draft(person: User, offer_id: int, key: str = "") -> Answer:
    """A draft becomes a ride that others see."""
    return _step(person, "publish_draft", offer_id, key, partial(offers.publish_draft, now=timezone.now()))


def depart_offer(person: User, offer_id: int, key: str = "") -> Answer:
    """The driver starts."""
    return _step(person, "depart_offer", offer_id, key, partial(offers.depart, now=timezone.now()))


def complete_offer(person: User, offer_id: int, key: str = "") -> Answer:
    """Everybody has arrived."""
    return _step(person, "complete_offer", offer_id, key, offers.complete)


def cancel_offer(person: User, offer_id: int, key: str = "", *, note: str = "") -> Answer:
    """The ride is called off, with a word of why."""
    change = partial(offers.cancel, now=timezone.now(), note=note)
    return _step(person, "cancel_offer", offer_id, key, change, note)


def _step(
    person: User, name: str, offer_id: int, key: str, change: Callable[..., RideOffer], sent: Any = None
) -> Answer:
    return execute(
        person=person,
        name=name,
        body=[offer_id, sent] if sent else offer_id,
        key=key,
        change=lambda: change(offer_id=offer_id, driver=person),
        render=partial(as_seen_by, person),
    )


def as_seen_by(person: User, offer: RideOffer) -> dict[str, Any]:
    """An offer as JSON."""
    return dict(
        OfferOut(search.with_riders(RideOffer.objects.filter(pk=offer.pk)).get(), context={"person": person}).data
    )
