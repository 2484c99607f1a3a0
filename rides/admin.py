"""The operator's view: looking, not editing; rides change through commands only."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from realtime.admin import ReadOnly
from realtime.shut_out import let_in, shut_out
from rides.models import Asking, Booking, Case, KerbSignal, OfferSeries, Outing, RideOffer, RideRequest, StandingBooking


@admin.register(RideOffer)
class OfferAdmin(ReadOnly):
    list_display = ("id", "state", "driver", "departs_at", "version")
    list_filter = ("state", "audience")


@admin.register(RideRequest)
class RequestAdmin(ReadOnly):
    list_display = ("id", "kind", "state", "rider", "earliest_at")
    list_filter = ("kind", "state")


@admin.register(Asking)
class AskingAdmin(ReadOnly):
    list_display = ("id", "request", "offer", "state", "deadline_at")
    list_filter = ("state",)


@admin.register(Booking)
class BookingAdmin(ReadOnly):
    list_display = ("id", "state", "reason", "offer", "rider", "pickup_at")
    list_filter = ("state", "reason")


@admin.register(KerbSignal)
class SignalAdmin(ReadOnly):
    list_display = ("id", "booking", "by", "kind", "minutes", "wait_until", "at")
    list_filter = ("kind", "by")
    exclude = ("lat", "lon")  # for the other of the two alone


@admin.register(Outing)
class OutingAdmin(ReadOnly):
    list_display = ("id", "title", "state", "organiser", "earliest_at")
    list_filter = ("state",)


@admin.register(OfferSeries)
class SeriesAdmin(ReadOnly):
    list_display = ("id", "state", "driver", "weekdays", "leaves_at", "starts_on", "ends_on", "made_until")
    list_filter = ("state",)


@admin.register(StandingBooking)
class StandingAdmin(ReadOnly):
    list_display = ("id", "state", "series", "rider", "weekdays", "accepted_at")
    list_filter = ("state",)


@admin.register(Case)
class CaseAdmin(ReadOnly):
    list_display = ("id", "kind", "person", "community", "taken_by", "opened_at", "closed_at")
    list_filter = ("kind",)


@admin.register(User)
class PeopleAdmin(ReadOnly):
    """Who is on the site; nothing of theirs but the name is shown here."""

    list_display = ("id", "first_name", "is_active", "date_joined")
    list_filter = ("is_active",)
    search_fields = ("first_name", "email")
    fields = readonly_fields = ("first_name", "is_active", "date_joined")
    actions = ("shut_out", "let_in")

    def has_switch_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_user")

    @admin.action(description=_("Shut out: sign out everywhere, at once"), permissions=["switch"])
    def shut_out(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """All but oneself: somebody has to be able to undo it."""
        shut_out(set(queryset.values_list("pk", flat=True)) - {request.user.pk})

    @admin.action(description=_("Let in again"), permissions=["switch"])
    def let_in(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        let_in(set(queryset.values_list("pk", flat=True)))
