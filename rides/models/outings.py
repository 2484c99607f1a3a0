"""Everyone who goes to the same place on the same day, and the cars proposed to them."""

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Place, Vehicle
from rides.models.offers import RideOffer


def new_slug() -> str:
    """A short link nobody guesses (48 random bits)."""
    return secrets.token_urlsafe(6)


class Outings(models.QuerySet["Outing"]):
    """Outings, to be shown."""

    def with_people(self) -> "Outings":
        """With who goes, and the latest proposal with its cars: in as many queries for one as for many."""
        latest = Proposal.objects.filter(outing=models.OuterRef("outing")).order_by("-version").values("pk")[:1]
        cars = ("driver__person", "driver__vehicle", "seats__participant__person", "seats__participant__origin")
        proposals = Proposal.objects.filter(pk=models.Subquery(latest))
        return self.select_related("organiser", "destination").prefetch_related(
            "participants__person",
            "participants__origin",
            models.Prefetch("proposals", proposals.prefetch_related("answers", *(f"cars__{one}" for one in cars))),
        )


class Outing(models.Model):
    """A destination, a day and an arrival window; `return_at` is when people go home again."""

    class State(models.TextChoices):
        GATHERING = "gathering", _("people are joining")
        GROUPING = "grouping", _("cars are being worked out")
        PROPOSED = "proposed", _("cars are proposed")
        CANCELLED = "cancelled", _("cancelled")

    slug = models.SlugField(max_length=12, unique=True, default=new_slug)
    organiser = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="outings")
    title = models.CharField(max_length=80)
    destination = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    earliest_at = models.DateTimeField(help_text="arrive not before")
    latest_at = models.DateTimeField(help_text="arrive not after")
    return_at = models.DateTimeField(help_text="leave for home")
    time_zone = models.CharField(max_length=40)
    state = models.CharField(max_length=12, choices=State.choices, default=State.GATHERING)
    version = models.PositiveIntegerField(default=1, help_text="changes when people or their wishes do")
    created_at = models.DateTimeField(default=timezone.now)

    objects = Outings.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="outing_window", condition=Q(earliest_at__lte=F("latest_at"))),
            models.CheckConstraint(name="outing_returns_later", condition=Q(return_at__gte=F("latest_at"))),
        ]

    def __str__(self) -> str:
        return self.title


class Participant(models.Model):
    """A person who goes: as driver, rider or either; from where; with what, there and back."""

    class Role(models.TextChoices):
        DRIVE = "drive", _("I drive")
        RIDE = "ride", _("I ride along")
        EITHER = "either", _("either is fine")

    outing = models.ForeignKey(Outing, on_delete=models.CASCADE, related_name="participants")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="participations")
    role = models.CharField(max_length=8, choices=Role.choices)
    origin = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    party = models.PositiveSmallIntegerField(default=1, help_text="people, the person herself included")
    max_detour_s = models.PositiveIntegerField(default=900)
    out_litres = models.PositiveIntegerField(default=0)
    out_length_cm = models.PositiveSmallIntegerField(default=0)
    back_litres = models.PositiveIntegerField(default=0)
    back_length_cm = models.PositiveSmallIntegerField(default=0)
    joined_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["joined_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="participant_once", fields=["outing", "person"]),
            models.CheckConstraint(name="who_drives_has_a_car", condition=Q(role="ride") | Q(vehicle__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"participant {self.pk}"


class Proposal(models.Model):
    """One answer to "who rides with whom", with its certificate; a regroup makes the next version."""

    outing = models.ForeignKey(Outing, on_delete=models.CASCADE, related_name="proposals")
    version = models.PositiveIntegerField()
    certificate = models.JSONField(help_text="per direction: value_m, lower_bound_m, gap, proven")
    saved = models.JSONField(help_text="km, cars and kg of CO2 against everyone driving alone")
    left_out = models.JSONField(default=list, help_text="participant id, direction, reason")
    answer_by = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="proposal_version_once", fields=["outing", "version"])]

    def __str__(self) -> str:
        return f"proposal {self.version} of outing {self.outing_id}"


class ProposedCar(models.Model):
    """A car of a proposal; once all its people said yes it has an offer."""

    class Direction(models.TextChoices):
        OUT = "out", _("there")
        BACK = "back", _("home")

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="cars")
    direction = models.CharField(max_length=4, choices=Direction.choices)
    driver = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="+")
    departs_at = models.DateTimeField()
    arrives_at = models.DateTimeField()
    detour_s = models.PositiveIntegerField()
    distance_m = models.PositiveIntegerField()
    offer = models.OneToOneField(RideOffer, on_delete=models.SET_NULL, null=True, blank=True, related_name="car")

    class Meta:
        ordering: ClassVar = ["proposal", "-direction", "departs_at", "id"]

    def __str__(self) -> str:
        return f"car {self.pk}"


class ProposedSeat(models.Model):
    """A rider in a proposed car; on the way there `at` is when she gets on, on the way home when she gets off."""

    car = models.ForeignKey(ProposedCar, on_delete=models.CASCADE, related_name="seats")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="+")
    sequence = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["car", "sequence"]
        constraints: ClassVar = [models.UniqueConstraint(name="seat_sequence_once", fields=["car", "sequence"])]

    def __str__(self) -> str:
        return f"seat {self.sequence} of car {self.car_id}"


class ProposalAnswer(models.Model):
    """A participant's own yes or no to a proposal; nobody is booked without it."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="answers")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="answers")
    yes = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="answer_once", fields=["proposal", "participant"])]

    def __str__(self) -> str:
        return f"{'yes' if self.yes else 'no'} of participant {self.participant_id}"
