"""What a person has to hear: one numbered stream each, and what of it goes out to those whose page is closed."""

import hashlib
import json
import uuid
from datetime import time
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Stream(models.Model):
    """A person's counter row. Whoever holds its lock gives the next numbers, so that number order is commit order.

    `epoch` names this counter: a stream made anew has another one, and cursors of the old one mean nothing to it.
    `head` is the last number given, `acked` the last one a page of this person says it has shown.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    epoch = models.UUIDField(default=uuid.uuid4, editable=False)
    head = models.BigIntegerField(default=0)
    acked = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="acked_within_stream", condition=models.Q(acked__gte=0, acked__lte=models.F("head"))
            )
        ]

    def __str__(self) -> str:
        return f"stream of {self.pk} at {self.head}"


class Event(models.Model):
    """One piece of news. It keeps ids only; how it reads is decided when it is sent, for who the person is then."""

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="events")
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    refs = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    considered = models.BooleanField(db_default=False, help_text="whoever has no page open was told, or need not be")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="event_number_once", fields=["stream", "seq"])]
        indexes: ClassVar = [
            models.Index(name="event_to_consider", fields=["id"], condition=models.Q(considered=False))
        ]

    def __str__(self) -> str:
        return f"{self.stream_id}:{self.seq} {self.kind}"


class PushSubscription(models.Model):
    """A browser that lets us wake it: the address its maker gave it, and the keys only it can read with."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    endpoint = models.TextField(unique=True)
    p256dh = models.CharField(max_length=90)
    auth = models.CharField(max_length=30)
    device = models.CharField(max_length=60, blank=True, help_text="browser and system, as they call themselves")
    session_sha256 = models.CharField(max_length=64, blank=True, help_text="signing out of it ends the subscription")
    created_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.device} of {self.person_id}"


class NoticeHours(models.Model):
    """When a person wants to be left alone, and when to get the mail of the day; wall time of the region."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    quiet_from = models.TimeField(_("quiet from"), default=time(22), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), default=time(7), null=True, blank=True)
    digest_at = models.TimeField(_("mail of the day at"), default=time(18))

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="quiet_hours_end",
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"quiet hours of {self.person_id}"


class NoticeChoice(models.Model):
    """How a person wants to hear of one subject; without a row, as the subject says."""

    class Mail(models.TextChoices):
        INSTEAD = "instead", _("when no device of mine is reached")
        ALWAYS = "always", _("always")
        DAILY = "daily", _("once a day, all together")
        NEVER = "never", _("never")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=30)
    push = models.BooleanField()
    mail = models.CharField(max_length=8, choices=Mail.choices)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="one_choice_a_subject", fields=["person", "subject"])]

    def __str__(self) -> str:
        return f"{self.person_id} hears of {self.subject}"


class Message(models.Model):
    """One message to the outside, by one way: it is delivered, or no longer needed, or reported as failed (I10).

    Like an event it keeps ids only. `said` is a hash of how it read, so that nobody is told the same thing twice.
    """

    class Way(models.TextChoices):
        PUSH = "push", _("on a device")
        MAIL = "mail", _("by mail")
        DIGEST = "digest", _("in the mail of the day")
        CALL = "call", _("by telephone")

    class State(models.TextChoices):
        WAITING = "waiting", _("on its way")
        DELIVERED = "delivered", _("delivered")
        DROPPED = "dropped", _("no longer needed")
        FAILED = "failed", _("failed")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    refs = models.JSONField()
    told_at = models.DateTimeField(help_text="when the event was written")
    said = models.CharField(max_length=64)
    way = models.CharField(max_length=6, choices=Way.choices)
    subscription = models.ForeignKey(
        PushSubscription, on_delete=models.SET_NULL, null=True, blank=True, related_name="messages"
    )
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    why = models.CharField(max_length=200, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(name="message_waiting", fields=["due_at"], condition=models.Q(state="waiting")),
            models.Index(name="message_of_person", fields=["person", "seq"]),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="message_is_settled_or_waits",
                condition=models.Q(state="waiting", settled_at=None)
                | (~models.Q(state="waiting") & models.Q(settled_at__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.pk} to {self.person_id}: {self.state}"

    @property
    def tag(self) -> str:
        """One for all messages about a thing to a person; a hash, since a push service reads it, too."""
        thing = json.dumps([self.person_id, self.kind, self.refs], sort_keys=True)
        return hashlib.sha256(f"{settings.SECRET_KEY} {thing}".encode()).hexdigest()[:32]


class FailedMessage(Message):
    """As the operator reads of it."""

    class Meta:
        proxy = True
        verbose_name = _("failed message")
        verbose_name_plural = _("failed messages")


class Call(models.Model):
    """Somebody without a device has to be told something by a person: open until someone ticks that she knows.

    What to say is how the newest event about this thing (`seq`) read for her, in her language; it is forgotten with
    the closing.
    """

    class State(models.TextChoices):
        OPEN = "open", _("to be told")
        TOLD = "told", _("told")
        OVER = "over", _("over before she was told")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    refs = models.JSONField()
    seq = models.BigIntegerField()
    told_at = models.DateTimeField(help_text="when that event was written")
    title = models.TextField(blank=True)
    body = models.TextField(blank=True)
    urgent = models.BooleanField(default=False)
    before = models.DateTimeField(null=True, blank=True, help_text="later it is of no use")
    state = models.CharField(max_length=4, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    helper_until = models.DateTimeField(help_text="then coordinators call, too")
    shared_at = models.DateTimeField(null=True, blank=True, help_text="since when coordinators see it")
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="one_open_call", fields=["person", "kind", "refs"], condition=models.Q(state="open")
            ),
            models.CheckConstraint(
                name="call_is_open_or_closed",
                condition=models.Q(state="open", closed_at=None)
                | (~models.Q(state="open") & models.Q(closed_at__isnull=False)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(name="call_waiting", fields=["helper_until"], condition=models.Q(state="open"))
        ]

    def __str__(self) -> str:
        return f"call {self.pk} to {self.person_id}: {self.state}"
