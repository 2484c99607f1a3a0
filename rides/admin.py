"""The operator's view: looking, not editing; rides change through commands only."""

from django.contrib import admin

from realtime.admin import ReadOnly
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
