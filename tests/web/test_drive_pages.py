"""What a driver can do: a way back, a draft, every week; change a ride, call it off, and see who is aboard."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from rides import commands, planner, streets
from rides.models import Booking, KerbSignal, OfferSeries, RideOffer, StandingBooking
from rides.tasks import book_standing, tend_offer
from tests.rides import world
from tests.web.forms import Form, send
from web import place_names

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def driver(client, dora):
    """Dora's window."""
    client.force_login(dora)
    return client


@pytest.fixture
def offer(driver, middle):
    """Fill in the drive form: the short one, and what is given of the rest."""
    start = streets.place_from(middle)

    def offer(**fields):
        page = driver.get("/drive/", {"to": "IKEA"})
        data = Form(page, None).data | {
            "origin": start.label, "origin_at": place_names.as_field(start), "to": "IKEA",
            "day": (timezone.localdate() + timedelta(days=7)).isoformat(), "time": "09:30", "seats": "2",
        }  # fmt: skip
        data.pop("open_ended", None)
        return driver.post("/drive/", data | fields)

    return offer


def day_of(client, ride) -> str:
    page = client.get(reverse("drive_day", args=[ride.pk]))
    assert page.status_code == 200
    return page.content.decode()


def test_there_and_back_with_tolls_and_somebody_aboard_already(offer, driver):
    offer(back="17:00", tolls="3.20", aboard="1", for_you="on")
    out, back = RideOffer.objects.order_by("departs_at")
    assert back.return_of == out
    assert (out.tolls_cents, out.already_aboard, out.purpose) == (320, 1, RideOffer.Purpose.FOR_YOU)
    assert "Way back" in day_of(driver, out)


def test_when_we_are_done_is_a_guess(offer):
    offer(open_ended="on")
    assert RideOffer.objects.get(return_of__isnull=False).open_ended


def test_the_suggestion_is_half_of_what_the_car_costs_and_free_is_free(offer, driver, dora):
    vehicle = world.car(dora)
    vehicle.energy, vehicle.consumption = "electric", 16
    vehicle.save()
    page = driver.get("/drive/").content.decode()
    assert "11 cents are half of what your car costs" in page
    offer()
    assert RideOffer.objects.get().cents_per_km == 11
    offer(cents="0", time="14:30")
    assert RideOffer.objects.order_by("-pk")[0].cents_per_km == 0


def test_a_draft_is_published_when_dora_is_ready(offer, driver, client):
    offer(draft="1")
    draft = RideOffer.objects.get()
    assert draft.state == RideOffer.State.DRAFT
    assert "nobody but you sees it" in day_of(driver, draft)
    send(driver, driver.get(reverse("drive_day", args=[draft.pk])), reverse("drive_step", args=[draft.pk, "publish"]))
    draft.refresh_from_db()
    assert draft.state == RideOffer.State.PUBLISHED


def test_every_week_with_its_own_page(offer, driver):
    answer = offer(weekdays=["0", "2"], back="17:00")
    series = OfferSeries.objects.get()
    assert answer.url == reverse("weekly", args=[series.pk])
    page = driver.get(answer.url).content.decode()
    assert "Mo We" in page
    assert "back at 17:00" in page
    assert "Every week" in driver.get("/me/").content.decode()


def test_a_weekly_ride_is_no_draft_and_comes_back_at_an_hour(offer):
    answer = offer(weekdays=["0"], draft="1", open_ended="on")
    assert answer.status_code == 400
    assert b"cannot be a draft" in answer.content
    assert b"a weekly ride needs an hour" in answer.content
    assert not RideOffer.objects.exists()


def test_bo_rides_every_week_after_one_yes(offer, driver, bo, dora):
    offer(weekdays=["0", "2"])
    first = RideOffer.objects.order_by("departs_at")[0]
    driver.force_login(bo)
    page = driver.get(reverse("ride", args=[first.pk]))
    data = Form(page, reverse("book", args=[first.pk])).data
    driver.post(reverse("stand", args=[first.pk]), data | {"every": ["0", "2"]})
    standing = StandingBooking.objects.get()
    driver.force_login(dora)
    inbox = driver.get("/inbox/")
    assert b"Bo wants to ride along every week" in inbox.content
    send(driver, inbox, reverse("answer_standing", args=[standing.pk, "accept"]))
    book_standing.func(offer_id=first.pk)
    assert Booking.objects.get(offer=first).state == Booking.State.CONFIRMED
    driver.force_login(bo)
    page = driver.get("/me/")
    send(driver, page, reverse("standing_end", args=[standing.pk]))
    assert Booking.objects.get(offer=first).state == Booking.State.CANCELLED


def test_one_week_is_skipped_and_another_hour_is_for_this_and_the_following(offer, driver):
    offer(weekdays=["0", "1", "2", "3", "4"])
    series = OfferSeries.objects.get()
    first, second, *_more = RideOffer.objects.order_by("departs_at")
    weekly = driver.get(reverse("weekly", args=[series.pk]))
    send(driver, weekly, reverse("weekly_skip", args=[series.pk]), date=first.local_date.isoformat())
    first.refresh_from_db()
    assert first.state == RideOffer.State.CANCELLED
    page = driver.get(reverse("drive_day", args=[second.pk]))
    send(driver, page, reverse("drive_change", args=[second.pk]), time="10:15", scope="following")
    second.refresh_from_db()
    assert f"{timezone.localtime(second.departs_at):%H:%M}" == "10:15"
    assert {f"{one.leaves_at:%H:%M}" for one in OfferSeries.objects.filter(state="active")} == {"10:15"}


def test_a_change_sends_only_what_is_otherwise(driver, ride):
    def change(**fields):
        page = driver.get(reverse("drive_day", args=[ride.pk]))
        send(driver, page, reverse("drive_change", args=[ride.pk]), **fields)
        ride.refresh_from_db()

    before = ride.departs_at
    change(note="I stop for bread", seats="1")
    assert (ride.note, max(way["seats"] for way in ride.configurations)) == ("I stop for bread", 1)
    version = ride.version
    change()
    assert (ride.departs_at, ride.version) == (before, version)
    day = (timezone.localdate() + timedelta(days=2)).isoformat()
    change(day=day, time="08:05")
    assert timezone.localtime(ride.departs_at).isoformat().startswith(f"{day}T08:05")


def test_a_place_that_nobody_knows_is_said_on_the_form(driver, ride):
    page = driver.get(reverse("drive_day", args=[ride.pk]))
    answer = send(driver, page, reverse("drive_change", args=[ride.pk]), to="qqqqzzzz", to_at="")
    assert answer.status_code == 400
    assert b"We know no place of this name" in answer.content


def test_calling_off_says_what_happens_and_carries_a_word(driver, bo, dora, ride, middle):
    booking = world.book(bo, ride, middle, world.store()).data["id"]
    assert commands.accept_booking(dora, booking).ok
    page = driver.get(reverse("drive_day", args=[ride.pk]))
    assert b"1 person aboard hears of it at once" in page.content
    send(driver, page, reverse("drive_step", args=[ride.pk, "cancel"]), note="The car broke down")
    assert Booking.objects.get().reason_note == "The car broke down"


def test_a_stop_that_nobody_uses_is_not_shown(driver, bo, dora, ride, middle):
    line = planner.drive([streets.place_from(middle), streets.place_from(world.store())]).geometry
    lon, lat = line[len(line) // 2]
    door = world.near({"lat": lat, "lon": lon}, 30, 30)
    booking = world.book(bo, ride, door, world.store()).data["id"]
    assert day_of(driver, ride).count('class="way__stop') > 4  # the card that asks has two
    assert commands.cancel_booking(bo, booking).ok
    assert RideOffer.objects.get().stops.count() > 2, "the stop is still there until the plan is tidied"
    assert day_of(driver, ride).count('class="way__stop') == 2
    tend_offer.func(offer_id=ride.pk)


def test_near_the_hour_dora_ticks_who_is_aboard(driver, bo, dora, middle):
    world.car(dora)
    ride = world.publish(dora, middle, world.store(), departs_at=world.soon(0.4).isoformat(), automatic=True)
    booking = Booking.objects.get(pk=world.book(bo, ride, middle, world.store()).data["id"])
    page = driver.get(reverse("drive_day", args=[ride.pk]))
    answer = send(driver, page, reverse("kerb", args=[booking.pk, "aboard"]))
    assert answer.url == reverse("drive_day", args=[ride.pk])
    booking.refresh_from_db()
    assert booking.boarded_at is not None
    assert "Bo got off" in day_of(driver, ride)


def test_at_the_kerb_dora_says_late_and_that_bo_did_not_come_from_her_day(driver, bo, middle, dora):
    world.car(dora)
    ride = world.publish(dora, middle, world.store(), departs_at=world.soon(0.4).isoformat(), automatic=True)
    booking = Booking.objects.get(pk=world.book(bo, ride, middle, world.store()).data["id"])
    day = reverse("drive_day", args=[ride.pk])
    assert "Bo did not come" not in day_of(driver, ride), "the wait has not begun"
    driver.post(reverse("kerb", args=[booking.pk, "late"]), {"minutes": "5", "next": day})
    assert "Dora L. is late (5 min)" in day_of(driver, ride)
    passed = timezone.now() - timedelta(minutes=11)
    Booking.objects.filter(pk=booking.pk).update(pickup_at=passed, dropoff_at=passed + timedelta(hours=1))
    assert "Bo did not come" not in day_of(driver, ride), "Dora was not there"
    driver.post(reverse("kerb", args=[booking.pk, "here"]), {"next": day})
    assert "Bo did not come" not in day_of(driver, ride), "she has just come"
    KerbSignal.objects.update(wait_until=passed)
    assert "Bo did not come" in day_of(driver, ride)
    driver.post(reverse("kerb", args=[booking.pk, "nobody_came"]), {"next": day})
    booking.refresh_from_db()
    assert booking.state == Booking.State.CANCELLED


def test_a_ride_of_another_day_cannot_be_left_by_a_slip(driver, ride, middle, dora):
    later = world.publish(dora, middle, world.store(), departs_at=world.soon(30).isoformat())
    assert "I leave now" not in day_of(driver, later)
    RideOffer.objects.filter(pk=later.pk).update(departs_at=world.soon(1))
    assert "I leave now" in day_of(driver, later)


def test_a_form_of_the_weekly_ride_that_lacks_something_says_so_at_its_field(offer, driver):
    offer(weekdays=["0"])
    series = OfferSeries.objects.get()

    def says(form, sentence, **fields):
        answer = driver.post(reverse(form, args=[series.pk]), fields)
        assert answer.status_code == 400
        assert f'<p class="field__error" id="error_{sentence}' in answer.content.decode()

    says("weekly_skip", 'skip">This field is required.', date="")
    says("weekly_cancel", 'last">Enter a valid date.', date="some day")
    says("weekly_change", 'time">Enter a valid time.', time="late", weekdays="0")
    series.refresh_from_db()
    assert (series.state, series.exceptions.count()) == ("active", 0)


def test_how_many_wait_is_said_and_not_who(driver, ride, dora, middle):
    from rides.serializers.bookings import BookingIn

    cy, yann = world.person("Cy"), world.person("Yann")
    assert commands.accept_booking(dora, world.book(cy, ride, middle, world.store(), seats=2).data["id"]).ok
    sent = world.valid(BookingIn, {"offer": ride.pk, "origin": middle, "destination": world.store()})
    assert commands.join_waiting_list(yann, sent).ok
    page = day_of(driver, ride)
    assert "1 neighbour on the waiting list" in page
    assert "Yann" not in page


def test_a_longer_way_to_the_door_is_asked_once_more(driver, ride, monkeypatch, bo, middle):
    from rides.bookings import doors

    booking = world.book(bo, ride, middle, world.store()).data["id"]

    def too_far(_booking):
        raise doors.LongerDetour(detour_s=840, allowed_s=600)

    monkeypatch.setattr(doors, "require_within_limit", too_far)
    accept = reverse("answer_booking", args=[booking, "accept"])
    answer = send(driver, driver.get("/inbox/"), accept)
    page = driver.get(answer.url)
    assert b"the detour is 14 minutes, more than you allowed" in page.content
    send(driver, page, accept, anyway="1")
    assert Booking.objects.get().state == Booking.State.CONFIRMED
