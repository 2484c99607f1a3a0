"""Calls as JSON: what to say to whom, at which number; nothing of it once it is closed."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from realtime.models import Call
from realtime.notices import calls


class KnowsIn(serializers.Serializer[Any]):
    """What she was told."""

    seq = serializers.IntegerField(min_value=0, max_value=2**63 - 1, help_text="`seq` of the call as it was read")


class CallOut(serializers.ModelSerializer[Call]):
    """A call of `calls.shown_to`, as whoever makes it (`context["person"]`) reads it."""

    person = serializers.CharField(source="person.display_name", read_only=True)
    phone = serializers.SerializerMethodField(help_text="while it is open")
    language = serializers.CharField(source="person.language", read_only=True, help_text="of title and body")
    shared = serializers.SerializerMethodField(help_text="whether her coordinators see it, too")
    closed_by = serializers.CharField(source="closed_by.display_name", default=None, read_only=True)
    undo_until = serializers.SerializerMethodField(help_text="when I can no longer take back that she knows")

    class Meta:
        model = Call
        fields = (
            "id",
            "seq",
            "person",
            "phone",
            "language",
            "title",
            "body",
            "urgent",
            "state",
            "opened_at",
            "shared",
            "tries",
            "tried_at",
            "closed_at",
            "closed_by",
            "undo_until",
            "version",
        )
        read_only_fields = fields

    def get_phone(self, call: Call) -> str:
        is_open = call.state == Call.State.OPEN
        return (getattr(call, "phone", None) or "") if is_open else ""

    def get_shared(self, call: Call) -> bool:
        return call.shared_at is not None

    def get_undo_until(self, call: Call) -> datetime | None:
        return calls.undo_until(call, self.context["person"])
