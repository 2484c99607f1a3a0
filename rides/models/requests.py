"""Someone or something wants to go from A to B; and the cards on which drivers are asked."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Place
from rides.models.carried import Carried, carries_something
from rides.models.offers import RideOffer


class RideRequest(Carried):
    """A wish to go from origin to destination, leaving between `earliest_at` and `latest_at`.

    Every booking serves one. While its rider asks drivers of her own choice it is `chosen`; once it is `open`, drivers
    whom it suits are asked, and the circle of them widens by itself.
    """

    class Kind(models.TextChoices):
        RIDE = "ride", _("a ride")
        SHOPPING = "shopping", _("shopping")
        FETCH = "fetch", _("fetch something")
        MOVING = "moving", _("moving house")

    class NotYet(models.TextChoices):
        """Kinds that nobody may ask for before the rules are there that protect children and assisted people."""

        SCHOOL_RUN = "school_run", _("school run")
        ACCOMPANY = "accompany", _("accompany somebody")

    class State(models.TextChoices):
        CHOSEN = "chosen", _("asking the drivers you chose")
        OPEN = "open", _("looking for a car")
        MATCHED = "matched", _("has a car")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("nobody came by")

    class Stage(models.TextChoices):
        KNOWN = "known", _("people you rode with")
        COMMUNITIES = "communities", _("members of your communities")
        EVERYONE = "everyone", _("everyone who drives that way")
        LATER = "later", _("earlier and later hours too")
        COORDINATOR = "coordinator", _("a coordinator looks for you")

    rider = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="requests")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.RIDE)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    origin = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    destination = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    earliest_at = models.DateTimeField()
    latest_at = models.DateTimeField()
    max_walk_m = models.PositiveIntegerField(default=800)
    note = models.CharField(max_length=300, blank=True)
    return_of = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="way_back", help_text="the way out"
    )
    both_or_none = models.BooleanField(default=False, help_text="of a way out and its way back, or neither")
    home_at = models.DateTimeField(null=True, blank=True, help_text="when its rider said that she is home")
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.EVERYONE)
    widens_at = models.DateTimeField(null=True, blank=True, help_text="when the next circle is asked")
    told_nobody_at = models.DateTimeField(null=True, blank=True, help_text="when its rider read: no one yet")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(name="request_open", fields=["latest_at"], condition=Q(state="open")),
            models.Index(name="request_widens", fields=["widens_at"], condition=Q(state="open")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="request_window", condition=Q(earliest_at__lte=F("latest_at"))),
            carries_something("request_carries_something"),
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
    later_at = models.DateTimeField(null=True, blank=True, help_text="put off: when the card comes back")
    put_off = models.PositiveSmallIntegerField(default=0, help_text="how often")
    created_at = models.DateTimeField(default=timezone.now, help_text="when it was put to her, the last time")

    class Meta:
        indexes: ClassVar = [models.Index(name="asking_lately", fields=["created_at"])]
        constraints: ClassVar = [models.UniqueConstraint(name="asked_once", fields=["request", "offer"])]

    def __str__(self) -> str:
        return f"request {self.request_id} put to offer {self.offer_id}"
