"""The operator's view of what did not arrive outside (I10): which kind, by which way, when, why; never what it said."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, CharField, F, QuerySet, Value, When
from django.db.models.functions import Concat, Left
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from realtime.models import FailedMessage, Message
from realtime.notices import again

OF_A_PUSH_SERVICE = r"^[0-9]{3}( |$)"
REASON = Case(
    # What a push service says beside its status may have anything in it, also the address of the device.
    When(
        way=Message.Way.PUSH,
        why__regex=OF_A_PUSH_SERVICE,
        then=Concat(Value("HTTP "), Left("why", 3), output_field=CharField()),
    ),
    default=F("why"),
    output_field=CharField(),
)


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # Django has no generic admin at run time
    """Rows that a form must not write: locks, legs and news would be left behind."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReasonFilter(admin.SimpleListFilter):
    """Those that failed alike."""

    title = _("why")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        reasons = model_admin.get_queryset(request).order_by("reason").values_list("reason", flat=True).distinct()
        return [(reason, reason) for reason in reasons]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.value() is None else queryset.filter(reason=self.value())


@admin.register(FailedMessage)
class FailedAdmin(ReadOnly):
    list_display = ("id", "kind", "way", "settled_at", "reason", "tries", "person_id")
    list_filter = ("way", "kind", ReasonFilter)
    ordering = ("-settled_at", "-pk")
    fields = readonly_fields = ("kind", "way", "told_at", "settled_at", "reason", "tries", "person_id")
    actions = ("try_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        failed = super().get_queryset(request).filter(state=Message.State.FAILED)
        listed: QuerySet[Any] = failed.annotate(reason=REASON).defer("refs", "said")
        return listed

    @admin.display(description=_("why"), ordering="reason")
    def reason(self, message: Any) -> str:
        return str(message.reason)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("realtime.change_message")

    @admin.action(description=_("Try again"), permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """What is still news, and has reached nobody by another way."""
        wanted = set(queryset.values_list("pk", flat=True))
        tried = again.try_again(wanted, timezone.now())
        said = ngettext("%(count)s message leaves again.", "%(count)s messages leave again.", tried) % {"count": tried}
        messages.success(request, said)
        if tried < len(wanted):
            why = _("The others were told by another way, or their device is gone, or they are calls.")
            messages.warning(request, why)
