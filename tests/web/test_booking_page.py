"""The page of a booking: how far it has come, fewer people, what is said at the kerb, and thanks."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from rides import commands
from rides.models import Booking, RideOffer
from tests.rides import world
from tests.web.forms import send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ride(dora, middle) -> RideOffer:
    """Dora drives to the store in half an hour, with three seats."""
    world.car(dora, 3)
    return world.publish(dora, middle, world.store(), departs_at=world.soon(0.5).isoformat(), cents_per_km=20)


@pytest.fixture
def booking(dora, bo, ride, middle) -> Booking:
    """Two of the seats are Bo's and Ana's."""
    answer = world.book(bo, ride, middle, world.store(), seats=2, companions=["Ana"])
    assert commands.accept_booking(dora, answer.data["id"]).ok
    return Booking.objects.get()


def address(booking: Booking) -> str:
    return reverse("booking", args=[booking.pk])


def read(client, booking: Booking) -> str:
    page = client.get(address(booking))
    assert page.status_code == 200
    return page.content.decode()


def at(client, booking: Booking, step: str, **fields):
    """Say something at the kerb."""
    return client.post(reverse("kerb", args=[booking.pk, step]), fields)


def test_the_picture_says_how_far_we_are(reader, booking):
    page = read(reader, booking)
    assert '<li class="is-now" aria-current="step">' in page
    for step in ("Asked", "Confirmed", "Aboard", "Arrived", "Thanked"):
        assert step in page
    assert "Your part of the way" in page
    assert "shared by up to 3 people" in page


def test_one_of_the_two_cannot_come(reader, booking):
    page = reader.get(address(booking))
    send(reader, page, reverse("booking_reduce", args=[booking.pk]), people="1", companions="")
    booking.refresh_from_db()
    assert (booking.seats, booking.companions) == (1, [])
    assert "One of us cannot come" not in read(reader, booking)
    world.require_books_balance()


def test_a_word_of_why_reaches_the_other_side(client, reader, dora, booking):
    page = reader.get(address(booking))
    assert "It costs you nothing." in page.content.decode()
    send(reader, page, reverse("booking_cancel", args=[booking.pk]), note="Ana is ill")
    client.force_login(dora)
    assert "Ana is ill" in read(client, booking)


def test_a_ride_that_was_moved_may_be_left_freely(reader, dora, ride, booking):
    assert commands.change_offer(dora, ride.pk, {"departs_at": ride.departs_at + timedelta(minutes=25)}).ok
    page = read(reader, booking)
    assert "The plan with Dora L. has changed since you agreed." in page
    assert "leave freely" in page


def test_at_the_kerb_both_read_who_is_late_and_who_waits(client, reader, dora, booking):
    assert "I am here" in read(reader, booking)
    at(reader, booking, "here")
    client.force_login(dora)
    at(client, booking, "late", minutes="10")
    page = read(client, booking)
    assert "<b>Bo</b> is here" in page
    assert "is late (10 min)" in page
    assert "Whoever is here waits until" in page


def test_days_before_nobody_is_asked_to_speak_at_the_kerb(reader, bo, dora, middle):
    world.car(dora)
    later = world.publish(dora, middle, world.store(), departs_at=world.soon(48).isoformat(), automatic=True)
    booking = Booking.objects.get(pk=world.book(bo, later, middle, world.store()).data["id"])
    page = read(reader, booking)
    assert "I am here" not in page
    assert "did not come" not in page


def test_nobody_came_can_be_said_once_the_wait_is_over(reader, booking):
    assert "did not come" not in read(reader, booking)
    move(booking, timedelta(minutes=-11))
    assert "Dora L. did not come: find me another ride" in read(reader, booking)
    at(reader, booking, "nobody_came")
    page = read(reader, booking)
    assert "the driver did not come" in page
    assert "Your request is open again" in page


def test_aboard_arrived_and_thanked(reader, booking):
    at(reader, booking, "aboard")
    assert "On the way" in read(reader, booking)
    move(booking, timedelta(hours=-1.5))
    assert "Thank you, Dora!" in read(reader, booking)
    at(reader, booking, "took_place")
    booking.refresh_from_db()
    assert booking.state == Booking.State.VALIDATED
    assert "You and Dora L. went together." in read(reader, booking)


def test_a_word_that_we_do_not_know_is_no_page(reader, booking):
    assert at(reader, booking, "sing").status_code == 404


def test_the_driver_does_not_read_how_far_bo_lives_from_the_corner(client, reader, dora, booking):
    Booking.objects.update(walk_to_m=420)
    assert "400 m" in read(reader, booking)
    client.force_login(dora)
    assert "400 m" not in read(client, booking)


def test_an_open_form_is_a_page_for_nobody(client, reader, bo, dora, ride, middle):
    from rides.serializers.bookings import BookingIn

    sent = world.valid(BookingIn, {"offer": ride.pk, "origin": middle, "destination": world.store()})
    held = Booking.objects.get(pk=commands.hold(bo, sent).data["id"])
    assert reader.get(address(held)).status_code == 404
    client.force_login(dora)
    assert client.get(address(held)).status_code == 404
    day = reverse("drive_day", args=[ride.pk])
    assert not re.search(r"\bBo\b", client.get(day).content.decode())
    assert world.book(bo, ride, middle, world.store()).ok
    assert re.search(r"\bBo\b", client.get(day).content.decode()), "who asks is named"


def move(booking: Booking, by: timedelta) -> None:
    """As if the hour had passed: only the clock of this booking is turned."""
    now = timezone.now()
    Booking.objects.filter(pk=booking.pk).update(pickup_at=now + by, dropoff_at=now + by + timedelta(minutes=20))


def test_who_was_signed_out_meanwhile_comes_back_to_the_page_with_the_form(client, booking):
    page, cancel = address(booking), reverse("booking_cancel", args=[booking.pk])
    answer = client.post(cancel, headers={"Referer": f"http://testserver{page}?lang=fr#cancel"})
    assert (answer.status_code, parse_qs(urlsplit(answer.url).query)["next"]) == (302, [f"{page}?lang=fr"])
    for elsewhere in ("https://example.org/", ""):
        answer = client.post(cancel, headers={"Referer": elsewhere})
        assert parse_qs(urlsplit(answer.url).query)["next"] == ["/me/"]
    booking.refresh_from_db()
    assert booking.state == Booking.State.CONFIRMED
