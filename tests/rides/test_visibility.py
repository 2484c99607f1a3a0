"""Which rides somebody finds, and which she may open, are one rule asked in two ways."""

from itertools import product

import pytest

from accounts.models import Block, Community, Membership
from rides import search
from rides.errors import NotFound
from rides.models import RideOffer
from tests.rides import world

pytestmark = pytest.mark.django_db(transaction=True)


def opens(person, offer):
    """Asked of one and of several: what a page shows, and what a socket may join."""
    among_others = search.visible_among(person, [offer.pk, 0]) == {offer.pk}
    try:
        alone = search.offer_for(person, offer.pk).pk == offer.pk
    except NotFound:
        alone = False
    assert alone == among_others
    return alone


@pytest.fixture
def people(dora, bo, cy):
    """Bo lives in Dora's street; Cy does not; Dora has blocked Eve, who does too."""
    eve = world.person("Eve")
    street = Community.objects.create(name="Our street", slug="our-street")
    Membership.objects.bulk_create(Membership(community=street, person=one) for one in (dora, bo, eve))
    Block.objects.create(blocker=dora, blocked=eve)
    return {"neighbour": bo, "somebody": cy, "blocked": eve, "stranger": None}


def test_who_may_open_a_ride_may_find_it_and_the_other_way_round(dora, people, far_home, store):
    world.car(dora)
    offer = world.publish(dora, far_home, store)
    seen = set()
    for audience, state in product(RideOffer.Audience, RideOffer.State):
        RideOffer.objects.filter(pk=offer.pk).update(audience=audience, state=state)
        for name, person in people.items():
            found = search.visible_offers(person).filter(pk=offer.pk).exists()
            assert opens(person, offer) == found, (audience, state, name)
            if found:
                seen.add((str(audience), name))
        assert opens(dora, offer)
    everyone = {("public", name) for name in ("neighbour", "somebody", "stranger")}
    assert seen == everyone | {("community", "neighbour")}


def test_a_place_in_the_car_opens_a_ride_that_nobody_finds(to_the_store, bo, cy, far_home, store):
    assert world.book(bo, to_the_store, far_home, store).ok
    RideOffer.objects.filter(pk=to_the_store.pk).update(audience=RideOffer.Audience.LINK)
    assert opens(bo, to_the_store)
    assert not opens(cy, to_the_store)
