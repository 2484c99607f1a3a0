"""Seats and load on a run of legs."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Place
from rides.models.carried import Carried, carries_something
from rides.models.offers import RideOffer, Stop
from rides.models.requests import RideRequest
from rides.models.series import StandingBooking


class Booking(Carried):
    """Seats from `pickup` to `dropoff`. The states are those of standard-covoiturage, and one for the open form."""

    class State(models.TextChoices):
        HELD = "HELD", _("held while the form is open")
        WAITING = "WAITING_CONFIRMATION", _("asked, waiting for the driver")
        CONFIRMED = "CONFIRMED", _("confirmed")
        CANCELLED = "CANCELLED", _("cancelled")
        COMPLETED = "COMPLETED_PENDING_VALIDATION", _("completed")
        VALIDATED = "VALIDATED", _("validated")

    class Reason(models.TextChoices):
        NONE = "", ""
        DECLINED = "declined", _("the driver cannot take it")
        NO_ANSWER = "no_answer", _("the driver did not answer in time")
        BY_RIDER = "by_rider", _("cancelled by the rider")
        BY_DRIVER = "by_driver", _("cancelled by the driver")
        OFFER_CANCELLED = "offer_cancelled", _("the ride is cancelled")
        WITHDRAWN = "withdrawn", _("another driver said yes")
        OTHER_HALF = "other_half", _("the other half of the round trip fell through")
        AFTER_CHANGE = "after_change", _("the ride was moved")
        RIDER_NO_SHOW = "rider_no_show", _("the rider did not come")
        DRIVER_NO_SHOW = "driver_no_show", _("the driver did not come")
        DID_NOT_HAPPEN = "did_not_happen", _("the trip did not take place")

    HOLDS: ClassVar = [State.HELD, State.WAITING, State.CONFIRMED]
    """In these states a booking takes capacity."""
    UNSURE: ClassVar = [State.HELD, State.WAITING]
    """In these it may come to nothing yet."""

    offer = models.ForeignKey(RideOffer, on_delete=models.PROTECT, related_name="bookings")
    rider = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="bookings")
    request = models.ForeignKey(RideRequest, on_delete=models.SET_NULL, null=True, blank=True, related_name="bookings")
    state = models.CharField(max_length=30, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True)
    reason_note = models.CharField(max_length=200, blank=True, help_text="in the words of who called off")
    companions = models.JSONField(default=list, blank=True, help_text="first names of who rides with the rider")
    standing = models.ForeignKey(
        StandingBooking, on_delete=models.SET_NULL, null=True, blank=True, related_name="bookings"
    )
    pickup = models.ForeignKey(Stop, on_delete=models.SET_NULL, null=True, related_name="boarding")
    dropoff = models.ForeignKey(Stop, on_delete=models.SET_NULL, null=True, related_name="leaving")
    pickup_place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    dropoff_place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    pickup_at = models.DateTimeField(help_text="as the plan now has it")
    dropoff_at = models.DateTimeField(help_text="as the plan now has it")
    latest_pickup_at = models.DateTimeField(help_text="no later booking makes the car later than that")
    latest_dropoff_at = models.DateTimeField()
    walk_to_m = models.PositiveIntegerField(default=0)
    walk_from_m = models.PositiveIntegerField(default=0)
    added_s = models.IntegerField(default=0, help_text="what this booking costs the driver")
    direct_m = models.PositiveIntegerField(default=0, help_text="the trip alone, without anybody's detour")
    price_cents = models.PositiveIntegerField(default=0)
    held_until = models.DateTimeField(null=True, blank=True, help_text="when an open form gives the seat back")
    deadline_at = models.DateTimeField(null=True, blank=True, help_text="when an unanswered request lapses")
    accepted_at = models.DateTimeField(
        null=True, blank=True, help_text="the driver's yes; a round trip then waits for the other half's"
    )
    may_leave_freely = models.BooleanField(default=False, help_text="the ride moved more than its rider agreed to")
    boarded_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True, help_text="when the rider got off")
    code = models.CharField(max_length=4, blank=True, help_text="what the rider shows to who fetches her, if she likes")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(name="booking_waiting", fields=["deadline_at"], condition=Q(state="WAITING_CONFIRMATION")),
            models.Index(name="booking_held", fields=["held_until"], condition=Q(state="HELD")),
            models.Index(name="booking_of_rider", fields=["rider", "pickup_at"]),
        ]
        constraints: ClassVar = [
            carries_something("booking_carries_something"),
            models.UniqueConstraint(name="one_hold_a_person", fields=["rider"], condition=Q(state="HELD")),
            models.UniqueConstraint(name="standing_booking_once", fields=["standing", "offer"]),
            models.CheckConstraint(name="booking_hold_ends", condition=~Q(state="HELD") | Q(held_until__isnull=False)),
            models.CheckConstraint(
                name="booking_that_holds_has_stops",
                condition=~Q(state__in=["HELD", "WAITING_CONFIRMATION", "CONFIRMED"])
                | Q(pickup__isnull=False, dropoff__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"booking {self.pk}"

    def rides_from(self, stop: Stop) -> bool:
        """Whether it is aboard when the car leaves `stop`."""
        return (
            self.pickup is not None
            and self.dropoff is not None
            and self.pickup.sequence <= stop.sequence < self.dropoff.sequence
        )

    @property
    def holds(self) -> bool:
        """Whether it takes seats."""
        return self.state in self.HOLDS
