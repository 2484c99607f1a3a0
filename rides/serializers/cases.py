"""Cases as JSON: what a coordinator needs to help, and what the person herself reads."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from rides.models import Case
from rides.serializers.places import PlaceOut, shown

URGENT = (Case.Kind.WAY_HOME, Case.Kind.STRANDED)
"""Told at once, whatever the quiet hours."""


class NoteIn(serializers.Serializer[Any]):
    """What was found out."""

    note = serializers.CharField(max_length=300, allow_blank=True, default="", help_text="who spoke with her")


class CaseOut(serializers.ModelSerializer[Case]):
    """A case as `context["person"]`, its person or a coordinator of hers, reads it."""

    role = serializers.SerializerMethodField(help_text="person, or coordinator")
    kind_label = serializers.CharField(source="get_kind_display", read_only=True)
    urgent = serializers.SerializerMethodField(help_text="told at once, whatever the quiet hours")
    person = serializers.CharField(source="person.display_name", read_only=True)
    phone = serializers.SerializerMethodField(help_text="of the other side, while the case is open")
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

    def get_role(self, case: Case) -> str:
        return "person" if case.person_id == self.context["person"].pk else "coordinator"

    def get_urgent(self, case: Case) -> bool:
        return case.kind in URGENT and case.closed_at is None

    def get_phone(self, case: Case) -> str:
        """The person's, for her coordinators; whoever looks after it, for the person."""
        if case.closed_at:
            return ""
        if self.get_role(case) == "coordinator":
            return case.person.phone
        return case.taken_by.phone if case.taken_by else ""

    @extend_schema_field(PlaceOut(allow_null=True))
    def get_origin(self, case: Case) -> dict[str, Any] | None:
        return shown(case.request.origin, exact=self.get_role(case) == "person") if case.request else None

    @extend_schema_field(PlaceOut(allow_null=True))
    def get_destination(self, case: Case) -> dict[str, Any] | None:
        return shown(case.request.destination, exact=self.get_role(case) == "person") if case.request else None
