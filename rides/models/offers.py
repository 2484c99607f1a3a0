"""A driver's planned trip: the offer, the stops it makes, and the legs on which seats are counted."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Place, Vehicle

MAX_CENTS_PER_KM = 15
"""Half of what a kilometre costs (about 0.30 €): the share of one rider beside the driver, so nobody earns."""


class RideOffer(models.Model):
    """A car that goes somewhere anyway. Its first stop is where the driver starts, its last where she wants to be."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        DEPARTED = "departed", _("on the way")
        COMPLETED = "completed", _("completed")
        CANCELLED = "cancelled", _("cancelled")

    class Audience(models.TextChoices):
        PUBLIC = "public", _("everyone")
        LINK = "link", _("people with the link")

    driver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="offers")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="offers")
    state = models.CharField(max_length=12, choices=State.choices, default=State.PUBLISHED)
    audience = models.CharField(max_length=12, choices=Audience.choices, default=Audience.PUBLIC)
    departs_at = models.DateTimeField()
    time_zone = models.CharField(max_length=40)
    flexibility_s = models.PositiveIntegerField(default=0, help_text="how much later than planned the driver may leave")
    configurations = models.JSONField(help_text="a snapshot of the vehicle's load configurations")
    max_detour_s = models.PositiveIntegerField()
    max_detour_m = models.PositiveIntegerField()
    empty_s = models.PositiveIntegerField(help_text="the trip without any rider")
    empty_m = models.PositiveIntegerField()
    cents_per_km = models.PositiveSmallIntegerField(default=8, validators=[MaxValueValidator(MAX_CENTS_PER_KM)])
    automatic = models.BooleanField(default=False, help_text="the driver accepts without being asked")
    note = models.CharField(max_length=300, blank=True)
    plan_version = models.PositiveIntegerField(default=1, help_text="changes when stops or legs do")
    version = models.PositiveIntegerField(default=1, help_text="changes when anything that a screen shows does")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(name="offer_live", fields=["departs_at"], condition=Q(state="published")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="offer_fair_price", condition=Q(cents_per_km__lte=MAX_CENTS_PER_KM)),
        ]

    def __str__(self) -> str:
        return f"offer {self.pk}"


class Stop(models.Model):
    """A point the plan visits. Bookings refer to stops by id, so an insertion may renumber `sequence`."""

    offer = models.ForeignKey(RideOffer, on_delete=models.CASCADE, related_name="stops")
    sequence = models.PositiveSmallIntegerField()
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    dwell_s = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["offer", "sequence"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="stop_sequence_once", fields=["offer", "sequence"], deferrable=models.Deferrable.DEFERRED
            )
        ]

    def __str__(self) -> str:
        return f"stop {self.sequence} of offer {self.offer_id}"


class Leg(models.Model):
    """From `start` to the next stop. `taken_*` is what the bookings that hold it add up to (lengths: the maximum).

    The CHECK guards the envelope of all load configurations; that one configuration covers every leg of the trip is
    a rule over several rows and stands in `rides.booking`.
    """

    offer = models.ForeignKey(RideOffer, on_delete=models.CASCADE, related_name="legs")
    start = models.OneToOneField(Stop, on_delete=models.CASCADE, related_name="leg")
    duration_s = models.PositiveIntegerField()
    distance_m = models.PositiveIntegerField()
    taken_seats = models.PositiveSmallIntegerField(default=0)
    taken_litres = models.PositiveIntegerField(default=0)
    taken_length_cm = models.PositiveSmallIntegerField(default=0)
    capacity_seats = models.PositiveSmallIntegerField()
    capacity_litres = models.PositiveIntegerField(default=0)
    capacity_length_cm = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["offer", "start__sequence"]
        constraints: ClassVar = [
            models.CheckConstraint(name="leg_seats", condition=Q(taken_seats__lte=F("capacity_seats"))),
            models.CheckConstraint(name="leg_litres", condition=Q(taken_litres__lte=F("capacity_litres"))),
            models.CheckConstraint(name="leg_length", condition=Q(taken_length_cm__lte=F("capacity_length_cm"))),
        ]

    def __str__(self) -> str:
        return f"leg after stop {self.start_id}"
