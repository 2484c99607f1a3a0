"""What makes a repeated command harmless."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class IdempotencyKey(models.Model):
    """A command somebody sent, and the answer it got; the same key and body get the same answer again.

    Source: draft-ietf-httpapi-idempotency-key-header.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the command's name and body")
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.TextField(default="", help_text="exact JSON: a repeated command reads the same bytes")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="idempotency_key_once", fields=["person", "key"])]

    def __str__(self) -> str:
        return self.key
