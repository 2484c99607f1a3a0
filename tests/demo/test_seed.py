"""What a visitor finds on the first day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from demo import people, seed, trips
from demo.neighbourhood import Neighbourhood
from demo.town import survey
from rides import commands, streets, tasks
from rides.models import Asking, Booking, Outing, RideOffer, RideRequest
from tests.rides.world import require_books_balance


@pytest.fixture
def now(demo_site):
    """The instant of the seeding; afterwards the neighbours are there."""
    at = timezone.now()
    seed.fill(at)
    return at


def test_sixty_neighbours_have_plans_and_all_of_them_are_still_to_come(now):
    assert User.objects.filter(is_demo=True).count() == User.objects.count() == 60
    assert RideOffer.objects.count() == 60
    assert not RideOffer.objects.filter(departs_at__lte=now).exists()
    assert not RideOffer.objects.filter(departs_at__gt=now + timedelta(days=2)).exists()
    assert RideOffer.objects.filter(departs_at__lt=now + timedelta(hours=1)).count() >= 8
    assert RideRequest.objects.filter(state=RideRequest.State.OPEN, latest_at__gt=now).count() == 10
    booked = Booking.objects.filter(state__in=Booking.HOLDS, pickup_at__gt=now)
    assert booked.count() >= 10
    assert booked.filter(state=Booking.State.WAITING).exists() or booked.filter(state=Booking.State.CONFIRMED).exists()
    require_books_balance()

    outing = Outing.objects.get()
    assert outing.earliest_at.weekday() == 5
    assert now < outing.earliest_at <= now + timedelta(days=8)
    assert "IKEA" in outing.title
    assert outing.organiser == people.played_by("organiser")
    assert sorted(outing.participants.values_list("role", flat=True)) == ["drive"] * 2 + ["either"] * 2 + ["ride"] * 4
    assert outing.participants.get(back_length_cm__gt=180).back_litres > 500, "nobody brings the wardrobe home"

    driver = people.played_by("driver")
    assert driver.vehicles.get().configurations.count() > 1
    assert driver.offers.get().departs_at > now + timedelta(minutes=30)
    assert not people.played_by("rider").vehicles.exists()

    assert commands.propose_cars(outing.organiser, outing.pk).ok
    outing.refresh_from_db()
    tasks.group_outing(outing.pk, outing.version)
    proposal = outing.proposals.get()
    assert {car.direction for car in proposal.cars.all()} == {"out", "back"}
    assert proposal.saved["cars"] >= 2

    for request in RideRequest.objects.all():
        tasks.match_request(request.pk)
    assert Asking.objects.exists(), "no wish suits any driver"


def test_the_same_dice_make_the_same_plans(valley):
    def plans(seed: int) -> list[trips.Trip]:
        hood = Neighbourhood.here(seed)
        return [trips.draw(hood.town, home, hood.rng) for home in hood.town.homes]

    assert plans(1) == plans(1)
    assert plans(1) != plans(2)


def test_everybody_lives_somewhere_and_can_drive_everywhere(valley):
    region = streets.the_region()
    town = survey(region, people.COUNT)
    assert len({(home.lat, home.lon) for home in town.homes}) == people.COUNT
    assert town.store.label.startswith("IKEA")
    assert set(town.haunts) == set(trips.LIKED)
    seconds, _ = region.travel.matrix([*town.homes, *town.haunts.values()], [*town.homes, *town.haunts.values()])
    assert seconds.max() < 3600
