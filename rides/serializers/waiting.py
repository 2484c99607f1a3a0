"""Waiting lists as JSON."""

from typing import Any

from rest_framework import serializers

from rides.models import WaitingEntry


class WaitingOut(serializers.ModelSerializer[WaitingEntry]):
    """My place in a ride's waiting list; the first in line is number 1."""

    state_label = serializers.CharField(source="get_state_display", read_only=True)
    position = serializers.SerializerMethodField()

    class Meta:
        model = WaitingEntry
        fields = ("id", "offer", "request", "companions", "state", "state_label", "position", "booking", "created_at")
        read_only_fields: Any = fields

    def get_position(self, entry: WaitingEntry) -> int | None:
        if entry.state != WaitingEntry.State.WAITING:
            return None
        if not hasattr(entry, "ahead"):  # one that was just written
            return self.get_position(WaitingEntry.objects.with_place().get(pk=entry.pk))
        return int(entry.ahead) + 1
