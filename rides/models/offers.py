"""A driver's planned trip: the offer, the stops it makes, and the legs on which seats are counted."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Place, Vehicle
from rides.models.series import OfferSeries
from routing import capacity

MAX_CENTS_PER_KM = 60
"""More than any car costs: a guard against slips of the hand. What a rider pays `rides.bookings.pricing` bounds."""
AVERAGE_COST_CENTS_PER_KM = 30


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
        COMMUNITY = "community", _("members of my communities")
        LINK = "link", _("people with the link")

    class Purpose(models.TextChoices):
        OWN = "own", _("a trip I make anyway")
        FOR_YOU = "for_you", _("a trip made for somebody")

    UNDER_WAY: ClassVar = [State.PUBLISHED, State.DEPARTED]
    """In these states somebody counts on the driver."""

    driver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="offers")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="offers")
    state = models.CharField(max_length=12, choices=State.choices, default=State.PUBLISHED)
    audience = models.CharField(max_length=12, choices=Audience.choices, default=Audience.PUBLIC)
    purpose = models.CharField(max_length=8, choices=Purpose.choices, default=Purpose.OWN)
    series = models.ForeignKey(OfferSeries, on_delete=models.SET_NULL, null=True, blank=True, related_name="offers")
    local_date = models.DateField(null=True, blank=True, help_text="which day of the series this is")
    apart = models.BooleanField(default=False, help_text="changed by itself: follows the series no more")
    return_of = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="way_back", help_text="the way out"
    )
    open_ended = models.BooleanField(default=False, help_text="leaves again when they are done: the hour is a guess")
    departs_at = models.DateTimeField()
    time_zone = models.CharField(max_length=40)
    flexibility_s = models.PositiveIntegerField(default=0, help_text="how much later than planned the driver may leave")
    configurations = models.JSONField(help_text="a snapshot of the vehicle's load configurations")
    max_detour_s = models.PositiveIntegerField()
    max_detour_m = models.PositiveIntegerField()
    empty_s = models.PositiveIntegerField(help_text="the trip without any rider")
    empty_m = models.PositiveIntegerField()
    already_aboard = models.PositiveSmallIntegerField(default=0, help_text="people who are with the driver anyway")
    cents_per_km = models.PositiveSmallIntegerField(
        default=8, validators=[MaxValueValidator(MAX_CENTS_PER_KM)], help_text="the most a rider is asked for"
    )
    cost_cents_per_km = models.PositiveSmallIntegerField(
        default=AVERAGE_COST_CENTS_PER_KM, help_text="what a kilometre with this car really costs"
    )
    tolls_cents = models.PositiveIntegerField(default=0)
    automatic = models.BooleanField(default=False, help_text="the driver accepts without being asked")
    note = models.CharField(max_length=300, blank=True)
    reserved_until = models.DateTimeField(
        null=True, blank=True, help_text="seats that came free are for the waiting list first, until then"
    )
    plan_version = models.PositiveIntegerField(default=1, help_text="changes when stops or legs do")
    version = models.PositiveIntegerField(default=1, help_text="changes when anything that a screen shows does")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(name="offer_live", fields=["departs_at"], condition=Q(state="published")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="offer_fair_price", condition=Q(cents_per_km__lte=MAX_CENTS_PER_KM)),
            models.UniqueConstraint(name="offer_once_a_day", fields=["series", "local_date"]),
        ]

    def __str__(self) -> str:
        return f"offer {self.pk}"


class Stop(models.Model):
    """A point the plan visits. Bookings refer to stops by id, so an insertion may renumber `sequence`."""

    offer = models.ForeignKey(RideOffer, on_delete=models.CASCADE, related_name="stops")
    sequence = models.PositiveSmallIntegerField()
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    promised_at = models.DateTimeField(
        null=True, blank=True, help_text="the latest hour that somebody who gets on or off here was promised"
    )
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
    a rule over several rows and stands in `rides.bookings.booking`.
    """

    offer = models.ForeignKey(RideOffer, on_delete=models.CASCADE, related_name="legs")
    start = models.OneToOneField(Stop, on_delete=models.CASCADE, related_name="leg")
    duration_s = models.PositiveIntegerField()
    distance_m = models.PositiveIntegerField()
    taken_seats = models.PositiveSmallIntegerField(default=0)
    taken_child_seats = models.PositiveSmallIntegerField(default=0)
    taken_wheelchairs = models.PositiveSmallIntegerField(default=0)
    taken_litres = models.PositiveIntegerField(default=0)
    taken_roof_kg = models.PositiveSmallIntegerField(default=0)
    taken_length_cm = models.PositiveSmallIntegerField(default=0)
    capacity_seats = models.PositiveSmallIntegerField()
    capacity_child_seats = models.PositiveSmallIntegerField(default=0)
    capacity_wheelchairs = models.PositiveSmallIntegerField(default=0)
    capacity_litres = models.PositiveIntegerField(default=0)
    capacity_roof_kg = models.PositiveSmallIntegerField(default=0)
    capacity_length_cm = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["offer", "start__sequence"]
        constraints: ClassVar = [
            models.CheckConstraint(name=f"leg_{kind}", condition=Q(**{f"taken_{kind}__lte": F(f"capacity_{kind}")}))
            for kind in capacity.KINDS
        ]

    def __str__(self) -> str:
        return f"leg after stop {self.start_id}"
