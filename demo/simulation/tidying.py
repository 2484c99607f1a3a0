"""What is long over among simulated neighbours is forgotten, so that the database of a demo stays small."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, ManyToOneRel, Max, OuterRef, QuerySet

from accounts.models import Place
from demo import people
from demo.neighbourhood import Neighbourhood
from demo.simulation.initiative import rides
from realtime.models import Event
from rides.models import Asking, Booking, RideOffer, RideRequest

KEPT = timedelta(hours=1)


def tidy(hood: Neighbourhood, now: datetime) -> None:
    """Delete rides, requests, places and news that no visitor has a part in."""
    before = now - KEPT
    with transaction.atomic():
        old = list(_rides_among_themselves(before).values_list("pk", flat=True))
        Booking.objects.filter(offer__in=old).delete()
        RideOffer.objects.filter(pk__in=old).delete()
        _requests_among_themselves(before).delete()
        Event.objects.filter(stream__person__in=people.simulated(), created_at__lt=before).delete()
        unused_places(before).delete()


def unused_places(before: datetime) -> QuerySet[Place]:
    """Places made before then that no row of any table names any more."""
    places = Place.objects.filter(created_at__lt=before)
    for relation in Place._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel):
            naming = relation.field.model._default_manager.filter(**{relation.field.name: OuterRef("pk")})
            places = places.exclude(Exists(naming))
    return places


def _rides_among_themselves(before: datetime) -> QuerySet[RideOffer]:
    """Over or called off, and no visitor ever booked or was asked to come along."""
    finished = (RideOffer.State.COMPLETED, RideOffer.State.CANCELLED)
    with_visitors = Booking.objects.filter(people.of_a_visitor("rider"), offer=OuterRef("pk"))
    return (
        rides()
        .annotate(arrives_at=Max("stops__planned_at"))
        .filter(~Exists(with_visitors), state__in=finished, arrives_at__lt=before)
    )


def _requests_among_themselves(before: datetime) -> QuerySet[RideRequest]:
    """Settled, and put to no visitor."""
    to_visitors = Asking.objects.filter(people.of_a_visitor("offer__driver"), request=OuterRef("pk"))
    settled = RideRequest.objects.exclude(state=RideRequest.State.OPEN)
    return settled.filter(~Exists(to_visitors), rider__in=people.simulated(), latest_at__lt=before)
