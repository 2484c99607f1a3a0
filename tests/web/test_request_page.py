"""The page of a request: who is asked, what else can be done, and that somebody is home."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Community, Membership
from rides import commands, streets
from rides.models import Case, RideRequest
from rides.tasks import match_request
from tests.rides import world
from tests.web.forms import send
from web import place_names

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def wish(bo, middle, ride) -> RideRequest:
    """Bo asks for a ride to the store in the hours of Dora's."""
    assert world.ask(bo, middle, world.store()).ok
    return RideRequest.objects.get()


def address(wish: RideRequest) -> str:
    return reverse("request", args=[wish.pk])


def read(client, wish: RideRequest, **query) -> str:
    page = client.get(address(wish), query)
    assert page.status_code == 200
    return page.content.decode()


def test_the_stage_is_said_in_words(reader, wish):
    match_request.func(request_id=wish.pk)
    page = read(reader, wish)
    assert "Still looking: now asking everyone who drives that way." in page
    assert "1 driver on your way is being asked." in page


def test_what_else_can_be_done_goes_on_with_the_same_request(reader, wish, ride):
    assert "What you can do" not in read(reader, wish)
    page = read(reader, wish, options=1)
    assert f'id="ride-{ride.pk}"' in page
    found = reader.get(reverse("ride", args=[ride.pk]), {"request": wish.pk})
    send(reader, found, reverse("book", args=[ride.pk]))
    assert wish.bookings.get().offer == ride
    assert RideRequest.objects.count() == 1


def test_who_was_told_that_nobody_comes_reads_at_once_what_to_do(reader, wish):
    RideRequest.objects.update(stage=RideRequest.Stage.LATER, told_nobody_at=timezone.now())
    page = read(reader, wish)
    assert "No one yet." in page
    assert "What you can do" in page
    day = (timezone.localdate() + timedelta(days=1)).isoformat()
    action = reverse("request_move", args=[wish.pk])
    send(reader, reader.get(address(wish)), action, day=day, first="08:00", last="10:00")
    wish.refresh_from_db()
    assert timezone.localtime(wish.latest_at).isoformat().startswith(f"{day}T10:00")


def test_hours_that_are_none_are_refused_at_their_field(reader, wish):
    before = wish.latest_at
    answer = reader.post(
        reverse("request_move", args=[wish.pk]), {"day": "2026-01-01", "first": "soon", "last": "10:00"}
    )
    assert answer.status_code == 400
    assert 'aria-describedby="error_first"' in answer.content.decode()
    wish.refresh_from_db()
    assert wish.latest_at == before


def test_more_people_are_asked_now(reader, wish):
    page = reader.get(address(wish), {"options": 1})
    answer = send(reader, page, reverse("request_step", args=[wish.pk, "hurry"]))
    assert answer.url == address(wish)


def test_there_and_back_are_asked_together(reader, middle, valley):
    start = streets.place_from(middle)
    reader.post("/ask/", {
        "key": "k9", "kind": "ride", "origin": start.label, "origin_at": place_names.as_field(start), "to": "IKEA",
        "day": (timezone.localdate() + timedelta(days=3)).isoformat(), "time": "09:00", "back": "12:00", "both": "on",
    })  # fmt: skip
    way_out = RideRequest.objects.get(return_of=None)
    back = RideRequest.objects.get(return_of=way_out)
    assert (back.origin.label, way_out.both_or_none) == (way_out.destination.label, True)
    page = reader.get(address(way_out))
    assert "both ways or none" in page.content.decode()
    send(reader, page, reverse("request_step", args=[way_out.pk, "one_is_enough"]))
    way_out.refresh_from_db()
    assert not way_out.both_or_none


def test_a_wish_that_was_taken_back_can_be_wanted_again(reader, wish):
    send(reader, reader.get(address(wish)), reverse("request_cancel", args=[wish.pk]))
    send(reader, reader.get(address(wish)), reverse("request_step", args=[wish.pk, "look_on"]))
    wish.refresh_from_db()
    assert wish.state == RideRequest.State.OPEN


def test_who_has_no_way_home_says_when_she_is_home_and_her_coordinator_reads_of_it(client, reader, bo, wish):
    street = Community.objects.create(name="Rue du Lac", slug="rue-du-lac")
    ana = world.person("Ana")
    for person, role in ((bo, "member"), (ana, "coordinator")):
        Membership.objects.create(community=street, person=person, role=role)
    Case.objects.create(kind=Case.Kind.WAY_HOME, person=bo, request=wish, community=street)
    page = reader.get(address(wish))
    assert "We are looking for your way home." in page.content.decode()
    client.force_login(ana)
    mine = client.get("/me/")
    assert "Bo has no way home" in mine.content.decode()
    case = Case.objects.get()
    send(client, mine, reverse("case_take", args=[case.pk]))
    client.force_login(bo)
    assert "Ana looks after it." in read(client, wish)
    send(client, client.get(address(wish)), reverse("request_step", args=[wish.pk, "home"]))
    case.refresh_from_db()
    assert case.closed_at is not None


def test_a_coordinator_closes_with_a_word_of_who_spoke(client, bo, valley):
    street = Community.objects.create(name="Rue du Lac", slug="rue-du-lac")
    ana = world.person("Ana")
    for person, role in ((bo, "member"), (ana, "coordinator")):
        Membership.objects.create(community=street, person=person, role=role)
    case = Case.objects.create(kind=Case.Kind.STRANDED, person=bo, community=street)
    client.force_login(ana)
    client.post(reverse("case_close", args=[case.pk]), {"note": ""})
    case.refresh_from_db()
    assert case.closed_at is None
    client.post(reverse("case_close", args=[case.pk]), {"note": "I spoke with Bo, he took the bus."})
    case.refresh_from_db()
    assert case.closed_at is not None


def test_nobody_reads_the_request_of_somebody_else(client, wish):
    client.force_login(world.person("Eve"))
    assert client.get(address(wish)).status_code == 404
    client.post(reverse("request_step", args=[wish.pk, "home"]))
    wish.refresh_from_db()
    assert wish.home_at is None
    assert not commands.say_home(world.person("Ida"), wish.pk).ok


def test_a_car_says_what_it_runs_on(client, dora):
    vehicle = world.car(dora)
    client.force_login(dora)
    page = client.get("/account/")
    prefix = f"car{vehicle.pk}"
    send(client, page, reverse("car", args=[vehicle.pk]),
         **{f"{prefix}-energy": "petrol", f"{prefix}-consumption": "6.5"})  # fmt: skip
    vehicle.refresh_from_db()
    assert (vehicle.energy, float(vehicle.consumption)) == ("petrol", 6.5)
    client.force_login(world.person("Eve"))
    assert client.post(reverse("car", args=[vehicle.pk]), {}).status_code == 404
