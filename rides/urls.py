"""Every address of the API."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from realtime.api import events
from rides.api import bookings, kerb, me, offers, outings, requests, search, waiting

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="api-schema"), name="api-docs"),
    path("v1/search/", search.Search.as_view(), name="api-search"),
    path("v1/places/", search.Places.as_view(), name="api-places"),
    path("v1/offers/", offers.OfferList.as_view(), name="api-offers"),
    path("v1/offers/<int:offer_id>/", offers.OfferDetail.as_view(), name="api-offer"),
    path("v1/offers/<int:offer_id>/line/", offers.OfferLine.as_view(), name="api-offer-line"),
    path("v1/offers/<int:offer_id>/hold/", waiting.OfferHold.as_view(), name="api-offer-hold"),
    path("v1/offers/<int:offer_id>/waiting/", waiting.OfferWaiting.as_view(), name="api-offer-waiting"),
    path("v1/waiting/", waiting.WaitingList.as_view(), name="api-waiting"),
    path("v1/waiting/<int:entry_id>/leave/", waiting.WaitingLeave.as_view(), name="api-waiting-leave"),
    path("v1/offers/<int:offer_id>/<slug:step>/", offers.OfferStep.as_view(), name="api-offer-step"),
    path("v1/requests/", requests.RequestList.as_view(), name="api-requests"),
    path("v1/requests/<int:request_id>/cancel/", requests.RequestCancel.as_view(), name="api-request-cancel"),
    path("v1/requests/<int:request_id>/rides/", kerb.RequestRides.as_view(), name="api-request-rides"),
    path("v1/requests/<int:request_id>/look_on/", kerb.RequestLookOn.as_view(), name="api-request-look-on"),
    path("v1/askings/", requests.AskingList.as_view(), name="api-askings"),
    path("v1/askings/<int:asking_id>/<slug:step>/", requests.AskingStep.as_view(), name="api-asking-step"),
    path("v1/bookings/", bookings.BookingList.as_view(), name="api-bookings"),
    path("v1/bookings/<int:booking_id>/", bookings.BookingDetail.as_view(), name="api-booking"),
    path("v1/bookings/<int:booking_id>/reduce/", bookings.BookingReduce.as_view(), name="api-booking-reduce"),
    path("v1/bookings/<int:booking_id>/signals/", kerb.BookingSignals.as_view(), name="api-booking-signals"),
    path("v1/bookings/<int:booking_id>/aboard/", kerb.BookingAboard.as_view(), name="api-booking-aboard"),
    path("v1/bookings/<int:booking_id>/got_off/", kerb.BookingGotOff.as_view(), name="api-booking-got-off"),
    path("v1/bookings/<int:booking_id>/no_show/", kerb.BookingNoShow.as_view(), name="api-booking-no-show"),
    path("v1/bookings/<int:booking_id>/contradict/", kerb.BookingContradict.as_view(), name="api-booking-contradict"),
    path("v1/bookings/<int:booking_id>/took_place/", kerb.BookingTookPlace.as_view(), name="api-booking-took-place"),
    path(
        "v1/bookings/<int:booking_id>/did_not_happen/",
        kerb.BookingDidNotHappen.as_view(),
        name="api-booking-did-not-happen",
    ),
    path("v1/bookings/<int:booking_id>/<slug:step>/", bookings.BookingStep.as_view(), name="api-booking-step"),
    path("v1/outings/", outings.OutingList.as_view(), name="api-outings"),
    path("v1/outings/<slug:slug>/", outings.OutingDetail.as_view(), name="api-outing"),
    path("v1/outings/<slug:slug>/join/", outings.OutingJoin.as_view(), name="api-outing-join"),
    path("v1/outings/<slug:slug>/answer/", outings.OutingAnswer.as_view(), name="api-outing-answer"),
    path("v1/outings/<slug:slug>/<slug:step>/", outings.OutingStep.as_view(), name="api-outing-step"),
    path("v1/me/", me.Me.as_view(), name="api-me"),
    path("v1/me/vehicles/", me.Vehicles.as_view(), name="api-vehicles"),
    path("v1/me/tokens/", me.TokenList.as_view(), name="api-tokens"),
    path("v1/me/tokens/<int:token_id>/", me.TokenDetail.as_view(), name="api-token"),
    path("v1/events/", events, name="api-events"),
]
