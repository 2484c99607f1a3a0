"""Addresses of the pages."""

from django.urls import path
from django.views.generic import TemplateView
from django.views.i18n import set_language

from web import tiles
from web.pages import account, ask, bookings, drive, find, home, inbox, kerb, maps, me, outings, ride, waiting

urlpatterns = [
    path("", home.home, name="home"),
    path("find/", find.find, name="find"),
    path("rides/<int:offer_id>/", ride.ride, name="ride"),
    path("rides/<int:offer_id>/book/", ride.book, name="book"),
    path("rides/<int:offer_id>/wait/", ride.wait, name="wait"),
    path("waiting/<int:entry_id>/leave/", waiting.leave, name="waiting_leave"),
    path("bookings/<int:booking_id>/", bookings.booking, name="booking"),
    path("bookings/<int:booking_id>/cancel/", bookings.cancel, name="booking_cancel"),
    path("bookings/<int:booking_id>/reduce/", bookings.reduce, name="booking_reduce"),
    path("bookings/<int:booking_id>/<str:step>/", kerb.step, name="kerb"),
    path("drive/", drive.drive, name="drive"),
    path("drive/<int:offer_id>/", drive.day, name="drive_day"),
    path("drive/<int:offer_id>/<str:step>/", drive.step, name="drive_step"),
    path("ask/", ask.ask, name="ask"),
    path("requests/<int:request_id>/", ask.request_page, name="request"),
    path("requests/<int:request_id>/cancel/", ask.cancel, name="request_cancel"),
    path("requests/<int:request_id>/<str:step>/", ask.step, name="request_step"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/asking/<int:asking_id>/<str:answer>/", inbox.answer_asking, name="answer_asking"),
    path("inbox/booking/<int:booking_id>/<str:answer>/", inbox.answer_booking, name="answer_booking"),
    path("me/", me.me, name="me"),
    path("account/", account.account, name="account"),
    path("outings/", outings.outings, name="outings"),
    path("outings/new/", outings.new, name="outing_new"),
    path("o/<slug:slug>/", outings.outing, name="outing"),
    path("o/<slug:slug>/join/", outings.join, name="outing_join"),
    path("o/<slug:slug>/leave/", outings.leave, name="outing_leave"),
    path("o/<slug:slug>/group/", outings.group, name="outing_group"),
    path("o/<slug:slug>/answer/<str:answer>/", outings.answer, name="outing_answer"),
    path("map/view/", maps.view, name="map_view"),
    path("map/line/", maps.line_view, name="map_line"),
    path("map/style-<str:theme>.json", tiles.style, name="map_style"),
    path("tiles/<int:z>/<int:x>/<int:y>", tiles.tile, name="tile"),
    path("about/", TemplateView.as_view(template_name="about.html"), name="about"),
    path("language/", set_language, name="set_language"),
]
