"""Someone or something wants to go from A to B; and the cards on which drivers are asked."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Place
from rides.models.offers import RideOffer


class RideRequest(models.Model):
    """A wish to go from origin to destination, leaving between `earliest_at` and `latest_at`."""

    class Kind(models.TextChoices):
        RIDE = "ride", _("a ride")
        SHOPPING = "shopping", _("shopping")
        FETCH = "fetch", _("fetch something")
        MOVING = "moving", _("moving house")

    class State(models.TextChoices):
        OPEN = "open", _("looking for a car")
        MATCHED = "matched", _("has a car")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("nobody came by")

    rider = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="requests")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.RIDE)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    origin = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    destination = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    earliest_at = models.DateTimeField()
    latest_at = models.DateTimeField()
    seats = models.PositiveSmallIntegerField(default=1)
    litres = models.PositiveIntegerField(default=0)
    length_cm = models.PositiveSmallIntegerField(default=0)
    max_walk_m = models.PositiveIntegerField(default=800)
    note = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(name="request_open", fields=["latest_at"], condition=Q(state="open"))]
        constraints: ClassVar = [
            models.CheckConstraint(name="request_window", condition=Q(earliest_at__lte=F("latest_at"))),
            models.CheckConstraint(
                name="request_carries_something", condition=Q(seats__gt=0) | Q(litres__gt=0) | Q(length_cm__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"request {self.pk}"


class Asking(models.Model):
    """A request put to one driver: the card with Accept and Decline. What it costs her is a snapshot of the match."""

    class State(models.TextChoices):
        ASKED = "asked", _("waiting for an answer")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        TAKEN = "taken", _("somebody else takes it")
        CLOSED = "closed", _("no longer wanted")

    request = models.ForeignKey(RideRequest, on_delete=models.CASCADE, related_name="askings")
    offer = models.ForeignKey(RideOffer, on_delete=models.CASCADE, related_name="askings")
    state = models.CharField(max_length=12, choices=State.choices, default=State.ASKED)
    added_s = models.IntegerField()
    detour_s = models.IntegerField()
    deadline_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="asked_once", fields=["request", "offer"])]

    def __str__(self) -> str:
        return f"request {self.request_id} put to offer {self.offer_id}"
