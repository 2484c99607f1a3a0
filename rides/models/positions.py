"""Where the car of a ride under way is: only what each of its riders may know, the newest of it, for a day at most."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rides.models.bookings import Booking
from rides.models.offers import RideOffer


class Sharing(models.Model):
    """A driver lets the people of her ride see the car. Where it is stands in nobody's row but theirs (`Sight`)."""

    offer = models.OneToOneField(RideOffer, on_delete=models.CASCADE, primary_key=True, related_name="sharing")
    is_on = models.BooleanField(default=True, help_text="the driver may stop at any time")
    heard_at = models.DateTimeField(help_text="when her phone spoke last")
    passed = models.PositiveSmallIntegerField(default=0, help_text="sequence of the last stop that the car has reached")
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"sharing of offer {self.offer_id}"


class Sight(models.Model):
    """What one rider may know of the car. A point near somebody's home is never written down for anybody else."""

    booking = models.OneToOneField(Booking, on_delete=models.CASCADE, primary_key=True, related_name="sight")
    lat = models.FloatField(null=True, blank=True, help_text="where she may know it was last")
    lon = models.FloatField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True, help_text="when it was there")
    is_hidden = models.BooleanField(default=False, help_text="it is near somebody's home now")
    was_aboard = models.BooleanField(default=False, help_text="so what comes is the dropoff")
    arrives_at = models.DateTimeField(null=True, blank=True, help_text="at her next stop, by the roads from there")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="sight_has_a_point_or_none",
                condition=Q(lat=None, lon=None, seen_at=None)
                | Q(lat__isnull=False, lon__isnull=False, seen_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"what booking {self.booking_id} sees"


class RideLink(models.Model):
    """An address under which somebody whom the rider chose sees her ride, as long as it is under way."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="links")
    token = models.CharField(max_length=43, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"link {self.pk} to booking {self.booking_id}"
