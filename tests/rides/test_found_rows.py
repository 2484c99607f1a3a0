"""What a search reads by hand is what Django would have read."""

import pytest
from django.db import connection
from django.db.models import Prefetch
from django.test.utils import CaptureQueriesContext

from accounts import blocks, communities, sight
from accounts.models import Block, Community, Membership
from rides import found_rows, search
from rides.models import Booking, RideOffer, Stop
from rides.serializers.offers import OfferOut
from tests.rides import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def offers(dora, bo, cy, far_home, half_way, store):
    """Dora's way out and back, with Bo aboard and Cy asking; and one that nobody has booked."""
    world.car(dora)
    out = world.publish(dora, far_home, store, return_at=world.soon(6).isoformat(), note="with a dog", tolls_cents=250)
    assert world.book(bo, out, half_way, store, litres=40, companions=["Ada"], seats=2).ok
    assert world.book(cy, out, far_home, store).ok
    other = world.publish(dora, store, far_home, departs_at=world.soon(12).isoformat())
    return [out.pk, out.way_back.pk, other.pk]


def plain(row):
    """Every column of a row, if there is one."""
    return row and {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def whole(offer):
    """Every column of everything that hangs on an offer."""
    back = getattr(offer, "way_back", None)
    stops = [(plain(stop), plain(stop.place), plain(getattr(stop, "leg", None))) for stop in offer.stops.all()]
    bookings = sorted(map(plain, offer.bookings.all()), key=lambda row: row["id"])
    return plain(offer), plain(offer.driver), plain(offer.vehicle), plain(back), stops, bookings


def test_the_offers_are_those_of_django_to_the_last_column(offers):
    read = found_rows.read(offers)
    found_rows.add_riders(read.values())
    with CaptureQueriesContext(connection) as queries:
        mine = {pk: whole(offer) for pk, offer in read.items()}
        shown = {pk: OfferOut(offer).data for pk, offer in read.items()}
    assert len(queries) == 0
    stops = Prefetch("stops", Stop.objects.select_related("place", "leg").order_by("sequence"))
    holding = Prefetch("bookings", Booking.objects.filter(state__in=Booking.HOLDS))
    theirs = RideOffer.objects.filter(pk__in=offers).prefetch_related(stops, holding)
    assert mine == {offer.pk: whole(offer) for offer in theirs}
    assert shown == {offer.pk: OfferOut(offer).data for offer in search.with_riders(RideOffer.objects.all())}
    assert [len(mine[pk][5]) for pk in offers] == [2, 0, 0]
    assert [mine[pk][3] is not None for pk in offers] == [True, False, False]


def test_of_no_offers_nothing_is_asked(db):
    with CaptureQueriesContext(connection) as queries:
        assert found_rows.read([]) == {}
    assert len(queries) == 0


def test_who_sees_whom_is_what_blocks_and_communities_say(dora, bo, cy):
    street, school = (Community.objects.create(name=name, slug=name) for name in ("street", "school"))
    for community, person in ((street, dora), (street, bo), (school, dora), (school, cy), (school, bo)):
        Membership.objects.create(community=community, person=person)
    stranger = world.person("Eve")
    Block.objects.create(blocker=dora, blocked=stranger)
    Block.objects.create(blocker=cy, blocked=dora)
    for person in (dora, bo, cy, stranger):
        seen = sight.of(person.pk)
        assert seen.unseen == blocks.unseen_by(person)
        assert seen.neighbours == set(communities.neighbours_of(person).values_list("pk", flat=True))
    assert sight.of(dora.pk).unseen == {stranger.pk, cy.pk}
    assert sight.of(dora.pk).neighbours == {dora.pk, bo.pk, cy.pk}
