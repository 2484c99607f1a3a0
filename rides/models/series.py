"""Rides that come again every week, and seats taken on each of them."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Place, Vehicle
from rides.models.carried import Carried, carries_something


class Weekly(models.Model):
    """Days of the week, from a first to a last date, as somebody reads them off the calendar on the wall."""

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        ENDED = "ended", _("ended")

    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), size=7, help_text="0 is Monday (ISO 8601 less one)")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="the last day; open without")
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


class OfferSeries(Weekly):
    """The pattern of a weekly ride: local wall time and zone; each day's instant is worked out when it is made."""

    driver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="series")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="+")
    origin = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    destination = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    leaves_at = models.TimeField(help_text="wall time")
    returns_at = models.TimeField(null=True, blank=True, help_text="wall time of the linked way back, if there is one")
    time_zone = models.CharField(max_length=40)
    terms = models.JSONField(default=dict, help_text="seats, detour, price, note: what each instance starts with")
    made_until = models.DateField(null=True, blank=True, help_text="instances exist up to this day")

    class Meta:
        verbose_name_plural = "offer series"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="series_ends_after_start", condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on") - 1)
            ),
        ]

    def __str__(self) -> str:
        return f"series {self.pk}"


class SeriesException(models.Model):
    """A date on which the series makes no ride (a holiday, or called off)."""

    series = models.ForeignKey(OfferSeries, on_delete=models.CASCADE, related_name="exceptions")
    date = models.DateField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="series_exception_once", fields=["series", "date"])]

    def __str__(self) -> str:
        return f"series {self.series_id} not on {self.date}"


class StandingBooking(Carried, Weekly):
    """A rider's seat on every instance of a series, on these days; each instance is booked as it appears."""

    series = models.ForeignKey(OfferSeries, on_delete=models.CASCADE, related_name="standing_bookings")
    rider = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="standing_bookings")
    origin = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    destination = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    companions = models.JSONField(default=list, blank=True)
    max_walk_m = models.PositiveIntegerField(default=800)
    accepted_at = models.DateTimeField(
        null=True, blank=True, help_text="the driver's yes, which counts for every ride to come"
    )
    way_back = models.BooleanField(default=False, help_text="this is a seat on the linked way back")

    class Meta:
        constraints: ClassVar = [
            carries_something("standing_carries_something"),
            models.UniqueConstraint(
                name="one_standing_booking",
                fields=["series", "rider", "way_back"],
                condition=Q(state="active"),
            ),
        ]

    def __str__(self) -> str:
        return f"standing booking {self.pk}"
