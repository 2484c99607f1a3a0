"""A refusal as JSON: problem+json (RFC 9457) with a stable code."""

from typing import Any

from rest_framework import serializers


class ProblemOut(serializers.Serializer[Any]):
    """What went wrong, in a sentence for a person and a `code` for a program; some codes bring more along."""

    type = serializers.CharField(default="about:blank")
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="stable: decide by this")
    detail = serializers.CharField(help_text="in the reader's language: show this")
    errors = serializers.JSONField(required=False, help_text="`invalid`: what is wrong, by field")  # type: ignore[assignment]
