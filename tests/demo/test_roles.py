"""Whoever arrives, and whenever, finds something to do."""

from datetime import timedelta

import pytest
from django.utils import timezone

from demo import people
from demo.roles import arrive
from rides.models import Outing, RideOffer


def test_the_driver_always_has_a_ride_to_come(hood):
    now = timezone.now()
    driver, page = arrive("driver", now)
    assert (driver, page) == (people.played_by("driver"), "/inbox/")
    first = driver.offers.get()
    arrive("driver", now + timedelta(minutes=30))
    assert driver.offers.count() == 1, "there is one already"
    RideOffer.objects.filter(pk=first.pk).update(departs_at=now - timedelta(hours=1), state=RideOffer.State.COMPLETED)
    arrive("driver", now)
    assert driver.offers.latest("pk").departs_at > now + timedelta(minutes=30)


def test_the_organiser_always_has_an_outing_to_come(hood):
    now = timezone.now()
    organiser, page = arrive("organiser", now)
    outing = Outing.objects.get()
    assert (outing.organiser, page) == (organiser, f"/o/{outing.slug}/")
    Outing.objects.update(earliest_at=now - timedelta(hours=1))
    _, other_page = arrive("organiser", now)
    assert other_page != page


def test_there_are_three_roles_and_no_other(hood):
    with pytest.raises(KeyError):
        arrive("mayor", timezone.now())
