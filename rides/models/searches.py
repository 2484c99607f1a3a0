"""What somebody looks for and has not found yet: she hears of a new ride that suits her."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Place
from rides.models.carried import Carried, carries_something
from rides.models.offers import RideOffer


class SavedSearch(Carried):
    """A journey between two instants; with `weekdays`, on these days and between these hours of the wall clock only."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="searches")
    origin = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    destination = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    earliest_at = models.DateTimeField()
    latest_at = models.DateTimeField(help_text="then it is over")
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), size=7, default=list, blank=True, help_text="0 is Monday; none: every day"
    )
    first = models.TimeField(null=True, blank=True, help_text="wall time, on each of these days")
    last = models.TimeField(null=True, blank=True)
    max_walk_m = models.PositiveIntegerField(default=800)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "saved searches"
        constraints: ClassVar = [
            models.CheckConstraint(name="search_window", condition=Q(earliest_at__lte=F("latest_at"))),
            models.CheckConstraint(
                name="search_hours",
                condition=Q(first__isnull=True, last__isnull=True) | Q(first__lte=F("last")),
            ),
            carries_something("search_carries_something"),
        ]

    def __str__(self) -> str:
        return f"search {self.pk}"


class FoundRide(models.Model):
    """A ride that suits a saved search, and when it would pick her up and let her off."""

    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="found")
    offer = models.ForeignKey(RideOffer, on_delete=models.CASCADE, related_name="+")
    pickup_at = models.DateTimeField()
    dropoff_at = models.DateTimeField()
    told = models.BooleanField(help_text="whether she heard of it at once, or finds it in the list only")
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="found_once", fields=["search", "offer"])]

    def __str__(self) -> str:
        return f"search {self.search_id} found offer {self.offer_id}"
