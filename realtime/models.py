"""What a person has to hear: one numbered stream each."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


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

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="event_number_once", fields=["stream", "seq"])]

    def __str__(self) -> str:
        return f"{self.stream_id}:{self.seq} {self.kind}"
