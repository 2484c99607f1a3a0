"""Who would come along if a seat came free, in the order in which they asked."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rides.models.bookings import Booking
from rides.models.offers import RideOffer
from rides.models.requests import RideRequest


class InLine(models.QuerySet["WaitingEntry"]):
    """Places in waiting lists."""

    def with_place(self) -> "InLine":
        """Each with `ahead`: how many wait for the same ride, and have for longer."""
        waiting = WaitingEntry.objects.filter(offer=models.OuterRef("offer"), state=WaitingEntry.State.WAITING)
        before = waiting.filter(created_at__lt=models.OuterRef("created_at")).order_by().values("offer")
        return self.annotate(ahead=Coalesce(models.Subquery(before.annotate(n=models.Count("pk")).values("n")), 0))


class WaitingEntry(models.Model):
    """A place in an offer's waiting list; the journey and what it carries are the request's."""

    class State(models.TextChoices):
        WAITING = "waiting", _("on the waiting list")
        PROMOTED = "promoted", _("a seat came free")
        LEFT = "left", _("left the list")
        OVER = "over", _("the ride is over")

    offer = models.ForeignKey(RideOffer, on_delete=models.CASCADE, related_name="waiting_list")
    request = models.ForeignKey(RideRequest, on_delete=models.CASCADE, related_name="waiting_for")
    companions = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    booking = models.OneToOneField(Booking, on_delete=models.SET_NULL, null=True, blank=True, related_name="waited")
    created_at = models.DateTimeField(default=timezone.now)

    objects = InLine.as_manager()

    class Meta:
        ordering: ClassVar = ["created_at", "id"]
        verbose_name_plural = "waiting entries"
        constraints: ClassVar = [
            models.UniqueConstraint(name="waits_once", fields=["offer", "request"], condition=Q(state="waiting"))
        ]

    def __str__(self) -> str:
        return f"request {self.request_id} waits for offer {self.offer_id}"
