"""Publish a ride, start it, finish it, call it off."""

from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Vehicle
from rides import offers, search
from rides.commands.execute import Answer, execute
from rides.errors import RideError
from rides.models import RideOffer
from rides.serializers.offers import OfferOut


class NoVehicle(RideError):
    """Who drives needs a car."""

    code = "no_vehicle"
    status = 400
    sentence = _("Please tell us first which car you drive.")


def publish_offer(person: User, sent: dict[str, Any], key: str = "") -> Answer:
    """A new ride (`OfferIn`)."""
    now = timezone.now()

    def change() -> RideOffer:
        mine = Vehicle.objects.filter(owner=person).order_by("pk")
        vehicle = mine.filter(pk=sent["vehicle"]).first() if sent.get("vehicle") else mine.first()
        if vehicle is None:
            raise NoVehicle
        draft = offers.Draft(**{name: sent[name] for name in offers.Draft.__dataclass_fields__})
        return offers.publish(driver=person, vehicle=vehicle, draft=draft, seats=sent.get("seats"), now=now)

    return execute(
        person=person, name="publish_offer", body=sent, key=key, change=change, render=partial(as_seen_by, person),
        status=201,
    )  # fmt: skip


def depart_offer(person: User, offer_id: int, key: str = "") -> Answer:
    """The driver starts."""
    return _step(
        person, "depart_offer", offer_id, key,
        lambda: offers.depart(offer_id=offer_id, driver=person, now=timezone.now()),
    )  # fmt: skip


def complete_offer(person: User, offer_id: int, key: str = "") -> Answer:
    """Everybody has arrived."""
    return _step(
        person, "complete_offer", offer_id, key, lambda: offers.complete(offer_id=offer_id, driver=person)
    )  # fmt: skip


def cancel_offer(person: User, offer_id: int, key: str = "") -> Answer:
    """The ride is called off."""
    return _step(person, "cancel_offer", offer_id, key, lambda: offers.cancel(offer_id=offer_id, driver=person))


def _step(person: User, name: str, offer_id: int, key: str, change: Any) -> Answer:
    return execute(person=person, name=name, body=offer_id, key=key, change=change, render=partial(as_seen_by, person))


def as_seen_by(person: User, offer: RideOffer) -> dict[str, Any]:
    """An offer as JSON."""
    return dict(
        OfferOut(search.with_plan(RideOffer.objects.filter(pk=offer.pk)).get(), context={"person": person}).data
    )
