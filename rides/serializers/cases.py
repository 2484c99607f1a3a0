"""Cases as JSON: what a coordinator needs to help, and what the person herself reads."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from rides.models import Case
from rides.serializers.bookings import WordIn
from rides.serializers.places import PlaceOut, shown

URGENT = (Case.Kind.WAY_HOME, Case.Kind.STRANDED)
"""Told at once, whatever the quiet hours."""


class NoteIn(WordIn):
    """What was found out."""

    note = serializers.CharField(max_length=300, allow_blank=True, default="", help_text="who spoke with her")


class CaseOut(serializers.ModelSerializer[Case]):
    """A case of `cases.shown_to`, as its `role` may read it: a neighbour only what she needs to offer help."""

    role = serializers.CharField(read_only=True, help_text="person, coordinator or neighbour")
    kind_label = serializers.CharField(source="get_kind_display", read_only=True)
    urgent = serializers.SerializerMethodField(help_text="told at once, whatever the quiet hours")
    person = serializers.CharField(source="person.display_name", read_only=True)
    phone = serializers.SerializerMethodField(help_text="of the other side, while the case is open")
    note = serializers.SerializerMethodField()
    request = serializers.SerializerMethodField(help_text="mine")
    booking = serializers.SerializerMethodField(help_text="mine")
    origin = serializers.SerializerMethodField()
    destination = serializers.SerializerMethodField()
    earliest_at = serializers.DateTimeField(source="request.earliest_at", default=None, read_only=True)
    latest_at = serializers.DateTimeField(source="request.latest_at", default=None, read_only=True)
    taken_by = serializers.CharField(source="taken_by.display_name", default=None, read_only=True)
    closed_by = serializers.CharField(source="closed_by.display_name", default=None, read_only=True)

    class Meta:
        model = Case
        fields = (
            "id",
            "role",
            "kind",
            "kind_label",
            "urgent",
            "person",
            "phone",
            "request",
            "booking",
            "origin",
            "destination",
            "earliest_at",
            "latest_at",
            "note",
            "taken_by",
            "opened_at",
            "closed_at",
            "closed_by",
            "version",
        )
        read_only_fields = fields

    def get_urgent(self, case: Case) -> bool:
        return case.kind in URGENT and case.closed_at is None

    def get_phone(self, case: Case) -> str:
        """The person's, for her coordinators; whoever looks after it, for the person."""
        if case.closed_at or _role(case) == "neighbour":
            return ""
        if _role(case) == "coordinator":
            return case.person.phone
        return case.taken_by.phone if case.taken_by else ""

    @extend_schema_field(PlaceOut(allow_null=True))
    def get_origin(self, case: Case) -> dict[str, Any] | None:
        return shown(case.request.origin, exact=_role(case) == "person") if case.request else None

    @extend_schema_field(PlaceOut(allow_null=True))
    def get_destination(self, case: Case) -> dict[str, Any] | None:
        return shown(case.request.destination, exact=_role(case) == "person") if case.request else None

    def get_note(self, case: Case) -> str:
        return "" if _role(case) == "neighbour" else case.note

    def get_request(self, case: Case) -> int | None:
        return case.request_id if _role(case) == "person" else None

    def get_booking(self, case: Case) -> int | None:
        return case.booking_id if _role(case) == "person" else None


def _role(case: Case) -> str:
    return str(getattr(case, "role", ""))
