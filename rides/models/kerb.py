"""What rider and driver say to each other in the minutes around the pickup."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rides.models.bookings import Booking


class KerbSignal(models.Model):
    """ "I am here", "ten minutes late", "I moved", "nobody came", "aboard": one of the two says it, both see it."""

    class By(models.TextChoices):
        RIDER = "rider", _("the rider")
        DRIVER = "driver", _("the driver")

    class Kind(models.TextChoices):
        HERE = "here", _("is here")
        LATE = "late", _("is late")
        MOVED = "moved", _("stands somewhere else")
        NOBODY_CAME = "nobody_came", _("nobody came")
        CONTRADICTS = "contradicts", _("says that this is not so")
        TOOK_PLACE = "took_place", _("says that the ride took place")

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="signals")
    by = models.CharField(max_length=6, choices=By.choices)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True, help_text="how late")
    lat = models.FloatField(null=True, blank=True, help_text="where instead; kept for a day")
    lon = models.FloatField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    wait_until = models.DateTimeField(null=True, blank=True, help_text="so long whoever is here waits")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.by} of booking {self.booking_id}: {self.kind}"
