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
        waiting = WaitingEntry.objects.filter(offer=entry.offer_id, state=WaitingEntry.State.WAITING)
        return waiting.filter(created_at__lt=entry.created_at).count() + 1
