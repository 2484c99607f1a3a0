"""The pages as plain HTML: what a person without JavaScript can do."""

import pytest
from django.urls import reverse

from rides import streets
from rides.models import Asking, Booking, RideOffer, RideRequest
from rides.tasks import match_request
from tests.rides import world
from tests.web.forms import Form, send
from web import place_names

pytestmark = pytest.mark.django_db(transaction=True)


def next_week() -> str:
    return (world.soon(24 * 7)).date().isoformat()


def test_home_asks_where_to_and_shows_what_leaves_soon(client, ride):
    page = client.get("/")
    assert b"Where to?" in page.content
    assert b"IKEA" in page.content
    assert f'data-offer="{ride.pk}"'.encode() in page.content


def test_a_ride_is_found_by_the_name_of_the_store_alone(client, ride):
    page = client.get("/find/", {"to": "ikea"})
    assert page.status_code == 200
    assert f'id="ride-{ride.pk}"'.encode() in page.content


def test_a_place_that_nobody_knows_is_said_so(client, valley):
    page = client.get("/find/", {"to": "qqqqzzzz"})
    assert page.status_code == 400
    assert b"We know no place of this name" in page.content


def test_where_nobody_drives_the_page_offers_to_ask(client, ride):
    page = client.get("/find/", {"to": "Chantevigne"})
    assert b"Ask for a ride" in page.content


def test_bo_books_with_three_taps_and_two_seats_become_one(reader, ride):
    found = reader.get("/find/", {"to": "ikea"})
    assert reverse("ride", args=[ride.pk]) in found.content.decode()
    page = reader.get(reverse("ride", args=[ride.pk]), {"to": "ikea"})
    answer = send(reader, page, reverse("book", args=[ride.pk]))
    booking = Booking.objects.get()
    assert answer.url == reverse("booking", args=[booking.pk])
    assert b"Asked Dora L." in reader.get(answer.url).content
    world.require_books_balance()


def test_a_double_tap_books_once(reader, ride):
    page = reader.get(reverse("ride", args=[ride.pk]), {"to": "ikea"})
    form = Form(page, reverse("book", args=[ride.pk])).data
    first, second = (reader.post(reverse("book", args=[ride.pk]), form) for _ in range(2))
    assert first.url == second.url
    assert Booking.objects.count() == 1


def test_a_stranger_who_books_is_asked_for_a_name_and_comes_back_to_the_ride(client, ride):
    page = client.get(reverse("ride", args=[ride.pk]), {"to": "ikea"})
    answer = send(client, page, reverse("book", args=[ride.pk]))
    assert answer.url.startswith("/accounts/signup/")
    assert f"rides%2F{ride.pk}" in answer.url or f"rides/{ride.pk}" in answer.url


def test_who_comes_late_reads_that_the_seat_has_just_gone(client, reader, ride):
    page = reader.get(reverse("ride", args=[ride.pk]), {"to": "ikea"})
    cy = world.person("Cy")
    assert world.book(cy, ride, world.as_sent(ride_start(ride)), world.store(), seats=2).ok
    answer = send(reader, page, reverse("book", args=[ride.pk]))
    assert answer.status_code == 409
    assert b"That seat has just gone." in answer.content


def ride_start(ride: RideOffer):
    return ride.stops.order_by("sequence").first().place


def test_the_driver_accepts_in_the_inbox(client, dora, bo, ride):
    assert world.book(bo, ride, world.as_sent(ride_start(ride)), world.store()).ok
    client.force_login(dora)
    page = client.get("/inbox/")
    assert b"Bo wants to come along" in page.content
    booking = Booking.objects.get()
    send(client, page, reverse("answer_booking", args=[booking.pk, "accept"]))
    booking.refresh_from_db()
    assert booking.state == Booking.State.CONFIRMED


def test_the_badge_counts_what_waits(client, dora, bo, ride):
    client.force_login(dora)
    assert b"data-badge hidden" in client.get("/about/").content
    assert world.book(bo, ride, world.as_sent(ride_start(ride)), world.store()).ok
    assert b"data-badge>1" in client.get("/about/").content


def test_dora_publishes_with_one_short_form(client, dora, middle):
    client.force_login(dora)
    page = client.get("/drive/", {"to": "IKEA"})
    start = streets.place_from(middle)
    answer = client.post("/drive/", {
        "key": "k1", "origin": start.label, "origin_at": place_names.as_field(start), "to": "IKEA",
        "day": next_week(), "time": "09:30", "seats": "3", "car": "Blue Kangoo",
    })  # fmt: skip
    offer = RideOffer.objects.get()
    assert page.status_code == 200
    assert answer.url == reverse("drive_day", args=[offer.pk])
    assert offer.vehicle.name == "Blue Kangoo"
    assert offer.max_detour_s == 600
    assert b"Your way" in client.get(answer.url).content


def test_a_request_reaches_the_drivers_inbox(client, reader, dora, ride):
    start = ride_start(ride)
    answer = reader.post("/ask/", {
        "key": "k2", "kind": "shopping", "origin": start.label, "origin_at": place_names.as_field(start),
        "to": "IKEA", "day": "", "load": "bag",
    })  # fmt: skip
    wish = RideRequest.objects.get()
    assert answer.url == reverse("request", args=[wish.pk])
    match_request.func(request_id=wish.pk)
    assert Asking.objects.filter(offer=ride).exists()
    client.force_login(dora)
    assert b"Bo is on your way" in client.get("/inbox/").content


def test_an_outing_is_planned_joined_and_left(reader, valley):
    answer = reader.post("/outings/new/", {
        "key": "k3", "title": "IKEA on Saturday", "to": "IKEA", "day": next_week(),
        "arrive": "10:00", "leave": "12:00",
    })  # fmt: skip
    page = reader.get(answer.url)
    assert b"IKEA on Saturday" in page.content
    joined = send(reader, page, f"{answer.url}join/", role="ride", back_load="wardrobe")
    page = reader.get(joined.url)
    assert b"1 neighbour goes" in page.content
    assert b"home with it" in page.content
    send(reader, page, f"{answer.url}leave/")
    assert b"0 neighbours go" in reader.get(answer.url).content


@pytest.mark.parametrize("path", ["/ask/", "/drive/", "/outings/new/", "join"])
@pytest.mark.parametrize("sent", [{}, {"origin": "qqqqzzzz", "to": "qqqqzzzz"}], ids=["nothing", "no such place"])
def test_a_form_that_lacks_something_comes_back_and_says_so(reader, dora, path, sent):
    if path == "join":
        path = f"/o/{world.plan_outing(dora, world.store()).data['slug']}/join/"
    page = reader.post(path, sent)
    assert page.status_code == 400
    typed = sent.get("to", "")
    assert f'value="{typed}"'.encode() in page.content


@pytest.mark.parametrize("path", ["/", "/find/", "/drive/", "/ask/", "/outings/", "/outings/new/", "/about/"])
def test_every_page_opens_for_a_stranger(client, valley, path):
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/inbox/", "/me/", "/account/"])
def test_own_pages_ask_a_stranger_to_sign_in(client, valley, path):
    assert client.get(path).url.startswith("/accounts/login/code/")


def test_nobody_reads_the_booking_of_somebody_else(client, bo, ride):
    assert world.book(bo, ride, world.as_sent(ride_start(ride)), world.store()).ok
    booking = Booking.objects.get()
    client.force_login(world.person("Eve"))
    assert client.get(reverse("booking", args=[booking.pk])).status_code == 404
    assert client.get(reverse("booking", args=[booking.pk + 1000])).status_code == 404


def test_the_page_speaks_french_to_who_reads_french(client, valley):
    page = client.get("/", headers={"accept-language": "fr"})
    assert "Où allez-vous ?" in page.content.decode()
    assert 'lang="fr"' in page.content.decode()


def test_the_language_is_kept_when_it_was_chosen(client, valley):
    client.post(reverse("set_language"), {"language": "fr", "next": "/"})
    assert "Où allez-vous ?" in client.get("/").content.decode()


def test_a_missing_page_says_so_in_our_own_words(client, valley):
    page = client.get("/nowhere/")
    assert page.status_code == 404
    assert b"This road ends here" in page.content


def test_a_stranger_with_the_link_does_not_read_where_people_come_from(client, bo, valley):
    home = world.homes(1)[0]
    answer = world.plan_outing(world.person("Ana"), world.store())
    assert world.join(bo, answer.data["id"], "ride", home).ok
    start = bo.participations.get().origin
    page = client.get(reverse("outing", args=[answer.data["slug"]])).content.decode()
    assert f"{start.public_lat}" not in page
    assert start.public_label not in page
    assert start.label not in page
    client.force_login(bo)
    assert start.public_label in client.get(reverse("outing", args=[answer.data["slug"]])).content.decode()


def test_a_day_in_another_century_is_refused_with_a_sentence(client, ride):
    page = client.get("/find/", {"to": "IKEA", "day": "2199-01-01"})
    assert page.status_code == 400
    assert b"within a year" in page.content
