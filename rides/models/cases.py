"""What a person has to look after because no machine can: somebody without a way home, a ride that never came."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Community
from rides.models.bookings import Booking
from rides.models.requests import RideRequest


class Case(models.Model):
    """Open until somebody closes it; a way home only until its rider says that she is home."""

    class Kind(models.TextChoices):
        WAY_HOME = "way_home", _("has no way home")
        STRANDED = "stranded", _("stands at the kerb, and nobody came")
        NO_SHOWS = "no_shows", _("did not come, more than once")
        UNANSWERED = "unanswered", _("nobody answers a request")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cases")
    request = models.ForeignKey(RideRequest, on_delete=models.CASCADE, null=True, blank=True, related_name="cases")
    booking = models.ForeignKey(Booking, on_delete=models.SET_NULL, null=True, blank=True, related_name="cases")
    community = models.ForeignKey(
        Community, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="whose coordinators"
    )
    note = models.CharField(max_length=300, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["-opened_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="one_open_case",
                fields=["kind", "person", "request"],
                condition=Q(closed_at__isnull=True),
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of person {self.person_id}"
