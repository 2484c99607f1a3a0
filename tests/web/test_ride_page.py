"""The page of one ride: who comes along, what may come free, and the waiting list of a full one."""

import pytest
from django.urls import reverse

from rides import commands
from rides.models import Booking, RideOffer, RideRequest, WaitingEntry
from rides.serializers.bookings import BookingIn
from tests.rides import world
from tests.web.forms import send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def full(dora, ride, middle):
    """Cy has both seats of Dora's ride, and Dora said yes."""
    answer = world.book(world.person("Cy"), ride, middle, world.store(), seats=2)
    assert commands.accept_booking(dora, answer.data["id"]).ok
    return ride


def page_of(client, ride, **query):
    return client.get(reverse("ride", args=[ride.pk]), {"to": "ikea", **query})


def text_of(page) -> str:
    return page.content.decode()


def test_who_comes_along_is_named_and_children_get_their_seat(reader, dora, middle):
    vehicle = world.car(dora, 3)
    vehicle.configurations.update(child_seats=1)
    ride = world.publish(dora, middle, world.store(), departs_at=world.soon(3).isoformat())
    send(
        reader,
        page_of(reader, ride),
        reverse("book", args=[ride.pk]),
        seats="3",
        companions="Ana, Ben",
        child_seats="1",
    )
    booking = Booking.objects.get()
    assert (booking.seats, booking.child_seats, booking.companions) == (3, 1, ["Ana", "Ben"])
    assert "You, Ana, Ben" in text_of(reader.get(reverse("booking", args=[booking.pk])))


def test_who_counts_fewer_people_than_wheelchairs_reads_so_on_the_form(reader, ride):
    answer = send(reader, page_of(reader, ride), reverse("book", args=[ride.pk]), seats="1", wheelchairs="2")
    assert answer.status_code == 400
    assert "Please count everybody" in text_of(answer)
    assert not Booking.objects.exists()


def test_a_seat_that_is_asked_for_is_said_to_may_come_free(client, ride, middle):
    assert world.book(world.person("Cy"), ride, middle, world.store()).ok
    page = text_of(page_of(client, ride))
    assert "1 seat left · 1 may come free" in page
    assert '<i class="is-free"></i><i class="is-held"></i>' in page


def test_my_own_open_form_does_not_stand_in_my_way(reader, bo, ride, middle):
    sent = world.valid(BookingIn, {"offer": ride.pk, "origin": middle, "destination": world.store(), "seats": 2})
    assert commands.hold(bo, sent).ok
    mine = text_of(reader.get("/me/"))
    assert "We keep your seat until" in mine
    assert f"{reverse('ride', args=[ride.pk])}#book" in mine
    page = page_of(reader, ride, seats=2)
    assert "This ride is full" not in text_of(page)
    send(reader, page, reverse("book", args=[ride.pk]))
    assert Booking.objects.get().state == Booking.State.WAITING


def test_bo_waits_in_line_and_leaves_it_again(reader, bo, full):
    page = page_of(reader, full)
    assert "This ride is full." in text_of(page)
    send(reader, page, reverse("wait", args=[full.pk]))
    entry = WaitingEntry.objects.get()
    page = page_of(reader, full)
    assert "You are number 1 on the waiting list." in text_of(page)
    assert "number 1" in text_of(reader.get("/me/"))
    send(reader, page, reverse("waiting_leave", args=[entry.pk]))
    entry.refresh_from_db()
    assert entry.state == WaitingEntry.State.LEFT
    assert "Join the waiting list" in text_of(page_of(reader, full))


def test_beside_a_full_ride_stand_the_next_best(reader, middle, full):
    eve = world.person("Eve")
    world.car(eve)
    other = world.publish(eve, middle, world.store(), departs_at=world.soon(3.2).isoformat())
    page = text_of(page_of(reader, full))
    assert f'id="ride-{other.pk}"' in page
    assert f'id="ride-{full.pk}"' not in page


def test_a_stranger_who_wants_to_wait_joins_in_first(client, full):
    answer = send(client, page_of(client, full), reverse("wait", args=[full.pk]))
    assert answer.url.startswith("/accounts/signup/")


def test_who_has_a_seat_is_led_to_the_booking(reader, bo, ride, middle):
    booking = world.book(bo, ride, middle, world.store()).data["id"]
    page = text_of(page_of(reader, ride))
    assert "You have asked for a seat on this ride." in page
    assert reverse("booking", args=[booking]) in page
    assert 'id="book"' not in page


def test_both_ways_or_none(reader, bo, ride):
    answer = send(reader, page_of(reader, ride), reverse("book", args=[ride.pk]), back="18:30", both="on")
    assert answer.url.endswith("?back=18:30")
    assert RideRequest.objects.get().both_or_none
    booking = text_of(reader.get(answer.url))
    assert "Find the way back" in booking
    assert "both ways or none" in booking
    assert f"return_of={RideRequest.objects.get().pk}" in booking
    assert "time=18%3A30" in booking


def test_the_way_back_is_booked_as_the_other_half(reader, bo, ride, dora, middle):
    assert world.book(bo, ride, middle, world.store(), both_or_none=True).ok
    way_out = RideRequest.objects.get()
    eve = world.person("Eve")
    world.car(eve)
    back = world.publish(eve, world.store(), middle, departs_at=world.soon(6).isoformat())
    page = reader.get(reverse("ride", args=[back.pk]), {"return_of": way_out.pk})
    assert "This is your way back." in text_of(page)
    send(reader, page, reverse("book", args=[back.pk]))
    assert RideRequest.objects.get(return_of=way_out).bookings.get().offer == back
    assert commands.accept_booking(dora, way_out.bookings.get().pk).ok
    assert "Waiting for the way back" in text_of(reader.get(reverse("booking", args=[way_out.bookings.get().pk])))
    assert commands.accept_booking(eve, back.bookings.get().pk).ok
    assert "Your seat is booked" in text_of(reader.get(reverse("booking", args=[way_out.bookings.get().pk])))


def test_a_draft_is_no_page_for_others(client, dora, middle):
    world.car(dora)
    draft = world.publish(dora, middle, world.store(), draft=True)
    assert client.get(reverse("ride", args=[draft.pk])).status_code == 404
    assert RideOffer.objects.get().state == RideOffer.State.DRAFT
