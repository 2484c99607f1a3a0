"""People, the cars they own, and the places they come from."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Creates people; the address is kept in lower case, so that one person is one row."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. The e-mail address is the user name; strangers see a first name and an initial."""

    email = models.EmailField(_("e-mail address"), unique=True)
    first_name = models.CharField(_("first name"), max_length=60, blank=True)
    last_name = models.CharField(_("last name"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES, default="en")
    is_demo = models.BooleanField(default=False, editable=False)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """What others read: "Bo L."."""
        initial = f" {self.last_name[0]}." if self.last_name else ""
        return (self.first_name or _("A neighbour")) + initial


class Place(models.Model):
    """A point with a name; a row never changes. What is private (a home) also carries its public point.

    The exact latitude, longitude (degrees, WGS 84) and label of a private place are for its owner and, after an
    accepted booking, for those the booking names. Everyone else reads the `public_*` columns.
    """

    lat = models.FloatField()
    lon = models.FloatField()
    label = models.CharField(max_length=200)
    osm_key = models.CharField(max_length=40, blank=True)
    site_key = models.CharField(max_length=40, blank=True)
    private = models.BooleanField(default=False)
    public_lat = models.FloatField()
    public_lon = models.FloatField()
    public_label = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="place_on_earth", condition=models.Q(lat__range=(-90, 90), lon__range=(-180, 180))
            )
        ]

    def __str__(self) -> str:
        return self.public_label


class Vehicle(models.Model):
    """A car somebody drives."""

    class Energy(models.TextChoices):
        PETROL = "petrol", _("petrol")
        DIESEL = "diesel", _("diesel")
        LPG = "lpg", _("LPG")
        ELECTRIC = "electric", _("electricity")

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="vehicles")
    name = models.CharField(_("what it is"), max_length=60)
    colour = models.CharField(_("colour"), max_length=30, blank=True)
    plate = models.CharField(_("number plate"), max_length=15, blank=True)
    energy = models.CharField(_("runs on"), max_length=8, choices=Energy.choices, blank=True)
    consumption = models.DecimalField(
        max_digits=4, decimal_places=1, null=True, blank=True, help_text="litres, or kWh, per 100 km"
    )

    def __str__(self) -> str:
        return self.name


class LoadConfiguration(models.Model):
    """One way a vehicle can be set up: "4 seats, boot 300 l" or "2 seats, rear folded: 900 l, 180 cm long"."""

    vehicle = models.ForeignKey(Vehicle, on_delete=models.CASCADE, related_name="configurations")
    name = models.CharField(max_length=60)
    seats = models.PositiveSmallIntegerField(help_text="passengers beside the driver")
    child_seats = models.PositiveSmallIntegerField(default=0, help_text="that the car has, for so many of the seats")
    wheelchairs = models.PositiveSmallIntegerField(default=0, help_text="places for people in their wheelchair")
    litres = models.PositiveIntegerField(default=0)
    roof_kg = models.PositiveSmallIntegerField(default=0)
    length_cm = models.PositiveSmallIntegerField(default=0, help_text="the longest thing that fits")

    class Meta:
        ordering: ClassVar = ["vehicle", "-seats", "id"]

    def __str__(self) -> str:
        return self.name


class Community(models.Model):
    """A street, a school, an association: people who ask each other first."""

    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=40, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "communities"

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """Somebody belongs to a community; a coordinator is told when its members need a person's help."""

    class Role(models.TextChoices):
        MEMBER = "member", _("member")
        COORDINATOR = "coordinator", _("coordinator")

    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.MEMBER)
    joined_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="member_once", fields=["community", "person"])]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.community_id}"


class ByPhone(models.Model):
    """Somebody without a device: she is called, first by a helper who has said yes, then by her coordinators.

    `phone` is for them alone, while there is something to tell her; that of the person (`User.phone`) is another.
    """

    person = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="by_phone")
    phone = models.CharField(_("telephone"), max_length=30)
    helper = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="calls_for", verbose_name=_("who calls")
    )
    helper_agreed_at = models.DateTimeField(null=True, blank=True)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "people who are called"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="another_calls", condition=models.Q(helper=None) | ~models.Q(helper=models.F("person"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} is called"

    @property
    def caller_id(self) -> int | None:
        """Who has agreed to call."""
        return self.helper_id if self.helper_agreed_at else None


class Block(models.Model):
    """`blocker` does not want to meet `blocked`; it holds both ways and is told to nobody."""

    blocker = models.ForeignKey(User, on_delete=models.CASCADE, related_name="blocks")
    blocked = models.ForeignKey(User, on_delete=models.CASCADE, related_name="blocked_by")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="block_once", fields=["blocker", "blocked"]),
            models.CheckConstraint(name="block_not_oneself", condition=~models.Q(blocker=models.F("blocked"))),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"


class ApiToken(models.Model):
    """What a program shows to act for a person; only its secret's hash is kept, so a stolen table opens nothing."""

    class Scope(models.TextChoices):
        READ = "read", _("read what I can read")
        RIDE = "ride", _("ask, book and join for me")
        DRIVE = "drive", _("offer rides and answer riders for me")
        ACCOUNT = "account", _("change my account, my cars and my tokens")

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80, help_text="the program it is for")
    secret_sha256 = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope.choices))
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="to the minute")
    expires_at = models.DateTimeField(null=True, blank=True, help_text="never without")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="token_has_scopes", condition=models.Q(scopes__len__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name


class Bucket(models.Model):
    """How much of a limit somebody has used: each request pours in a drop, and drops leak out at an even pace.

    One row is one limit of one person or one address. The table is UNLOGGED: a crash of the database forgets it.
    """

    key = models.CharField(max_length=80, primary_key=True)
    empty_at = models.DateTimeField(help_text="when all of it will have leaked out")

    def __str__(self) -> str:
        return self.key
