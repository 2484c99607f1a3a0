"""What I hear of while no page of mine is open, and how."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from realtime.models import NoticeChoice
from realtime.notices import choices, readers, vapid
from rides.api.base import PersonView, Scope, me, sent
from rides.notices import SUBJECTS

MAIL = NoticeChoice.Mail.choices


class WaysIn(serializers.Serializer[Any]):
    """For one subject."""

    subject = serializers.ChoiceField(choices=[(subject.code, subject.label) for subject in SUBJECTS])
    push = serializers.BooleanField(help_text="on my devices")
    mail = serializers.ChoiceField(choices=MAIL)


class WaysOut(serializers.Serializer[Any]):
    """For one subject, as I chose or as it is until I do."""

    subject = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    push = serializers.BooleanField(help_text="on my devices")
    mail = serializers.ChoiceField(choices=MAIL)


class NoticesIn(serializers.Serializer[Any]):
    """Hours are wall time of the region; quiet hours have both ends, or neither."""

    subjects = serializers.ListField(child=WaysIn(), help_text="those that are left out stay as they are")
    quiet_from = serializers.TimeField(allow_null=True)
    quiet_until = serializers.TimeField(allow_null=True)
    digest_at = serializers.TimeField(help_text="when the mail of the day is sent")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not choices.is_a_night(attrs["quiet_from"], attrs["quiet_until"]):
            raise serializers.ValidationError({"quiet_until": [_("Please give both hours, or neither.")]})
        named = [way["subject"] for way in attrs["subjects"]]
        if len(named) != len(set(named)):
            raise serializers.ValidationError({"subjects": [_("Each only once.")]})
        return attrs


class NoticesOut(serializers.Serializer[Any]):
    """Every subject there is, and when I want to be left alone."""

    subjects = WaysOut(many=True)
    quiet_from = serializers.TimeField(allow_null=True)
    quiet_until = serializers.TimeField(allow_null=True)
    digest_at = serializers.TimeField()
    push_on = serializers.BooleanField(help_text="whether this site can wake devices at all")


class Notices(PersonView):
    """What I hear of."""

    scope = Scope.ACCOUNT

    @extend_schema(responses=NoticesOut)
    def get(self, request: Request) -> Response:
        return Response(_chosen(me(request).pk))

    @extend_schema(request=NoticesIn, responses=NoticesOut)
    def put(self, request: Request) -> Response:
        """Choose; the same again changes nothing."""
        wanted = sent(NoticesIn, request)
        ways = {one["subject"]: choices.Ways(one["push"], one["mail"]) for one in wanted.pop("subjects")}
        choices.keep(me(request).pk, ways, **wanted)
        return Response(_chosen(me(request).pk))


def _chosen(person_id: int) -> dict[str, Any]:
    chosen = choices.of_person(person_id)
    ways = [(subject, chosen.of(subject)) for subject in readers.subjects()]
    shown = {
        "subjects": [
            {"subject": subject.code, "label": subject.label, "push": way.push, "mail": way.mail}
            for subject, way in ways
        ],
        "quiet_from": chosen.hours.quiet_from,
        "quiet_until": chosen.hours.quiet_until,
        "digest_at": chosen.hours.digest_at,
        "push_on": vapid.is_on(),
    }
    return dict(NoticesOut(shown).data)
