"""Devices that may be woken, and what a woken one asks: how its message reads."""

from typing import Any

from django.db.models import QuerySet
from django.middleware.csrf import get_token
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from realtime.models import Message, PushSubscription
from realtime.notices import addresses, looking, subscriptions, vapid
from rides.api.base import Listing, PersonView, Scope, me, sent
from rides.api.problems import problems
from rides.errors import Invalid, NotFound, RideError


class PushOff(RideError):
    """The site has no key for Web Push."""

    code = "push_off"
    sentence = _("This site cannot wake devices.")


class NotAnEndpoint(Invalid):
    """Neither an address of a push service, or keys that nothing could be sealed with."""

    code = "not_an_endpoint"
    sentence = _("This is not what a browser gives to be woken.")


class DeviceIn(serializers.Serializer[Any]):
    """A PushSubscription as the browser has made it, in base64url."""

    endpoint = serializers.CharField(max_length=addresses.LONGEST)
    p256dh = serializers.CharField(max_length=90)
    auth = serializers.CharField(max_length=30)


class DeviceOut(serializers.ModelSerializer[PushSubscription]):
    """One of my devices; its endpoint is shown to nobody."""

    class Meta:
        model = PushSubscription
        fields = ("id", "device", "created_at", "delivered_at")
        read_only_fields: Any = fields


class NoticeOut(serializers.Serializer[Any]):
    """What stands in the notification; `accept` is the address of the API that says yes, if one can from here."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    body = serializers.CharField()
    path = serializers.CharField(help_text="the page behind it")
    tag = serializers.CharField(help_text="of two with one tag, the later takes the place of the other")
    urgent = serializers.BooleanField()
    accept = serializers.CharField(allow_blank=True)
    csrf_token = serializers.CharField(help_text="for that POST, which a session needs")


class DeviceList(Listing, PersonView):
    """My devices; let one more be woken."""

    scope = Scope.ACCOUNT
    out = DeviceOut

    def rows(self, request: Request) -> QuerySet[PushSubscription]:
        return PushSubscription.objects.filter(person=me(request))

    @problems(NotAnEndpoint, PushOff)
    @extend_schema(request=DeviceIn, responses={201: DeviceOut})
    def post(self, request: Request) -> Response:
        """Wake this browser for me, and for nobody else any more; the same one again changes its keys."""
        found = sent(DeviceIn, request)
        if not vapid.is_on():
            raise PushOff
        try:
            added = subscriptions.add(
                me(request).pk,
                **found,
                device=subscriptions.device_name(request.headers.get("User-Agent", "")),
                session_key=request._request.session.session_key or "" if request.auth is None else "",
            )
        except (addresses.NotPublic, subscriptions.BadKeys):
            raise NotAnEndpoint from None
        return Response(DeviceOut(added).data, status=201)


class DeviceDetail(PersonView):
    """One of my devices."""

    scope = Scope.ACCOUNT

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, device_id: int) -> Response:
        """Leave it in peace."""
        if not subscriptions.remove(me(request).pk, subscription_id=device_id):
            raise NotFound
        return Response(status=204)


class NoticeDetail(PersonView):
    """What a message to one of my devices is about, as I may read it now."""

    @problems(NotFound)
    @extend_schema(responses=NoticeOut)
    def get(self, request: Request, message_id: int) -> Response:
        """Not found when it is over, or no longer mine to see."""
        message = Message.objects.filter(pk=message_id, person=me(request)).first()
        if message is None or (notice := looking.render(message, me(request), message.told_at)) is None:
            raise NotFound
        shown = {
            "id": message.pk,
            "title": notice.title,
            "body": notice.body,
            "path": notice.path,
            "tag": message.tag,
            "urgent": notice.urgent,
            "accept": notice.accept,
            "csrf_token": get_token(request._request) if request.auth is None else "",
        }
        return Response(shown, headers={"Cache-Control": "no-store"})
