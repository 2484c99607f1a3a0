"""I13: homes with names and coordinates of their own, every route read as every person, and no trace of them."""

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from realtime import registry
from realtime.models import Event
from rides import streets
from rides.driving import stops
from rides.driving.offer_view import public_offer
from rides.models import RideOffer
from rides.search import find_offers
from rides.serializers.offers import FoundOut
from tests.privacy.neighbourhood import PHONE, Neighbourhood
from tests.privacy.routes import addresses, patterns
from tests.privacy.traces import traces
from tests.rides import world
from tests.rides.trips import trip

pytestmark = pytest.mark.django_db
READERS = ("", "Zoe", "Ida", "Cy", "Bo", "Gus", "Dora")


def sign_in(client: Client, person: User) -> None:
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")


def read(client: Client, address: str) -> str:
    """What the site answers, headers too; a picture of the map is no text."""
    answer = client.get(address)
    assert answer.status_code < 500, address
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if answer.get("Content-Type", "").startswith("application/vnd.mapbox-vector-tile"):
        body = b""
    return f"{dict(answer.headers)}\n{body.decode(errors='replace')}"


def test_there_is_something_to_leak(neighbourhood: Neighbourhood):
    """Control: Bo reads his own home in many places, and Dora, who fetches him, reads it too."""
    bo, home = Client(), {"Bo": neighbourhood.homes["Bo"]}
    sign_in(bo, neighbourhood.people["Bo"])
    assert sum(bool(traces(read(bo, address), home)) for route in patterns() for address in addresses(route)) >= 3
    dora = Client()
    sign_in(dora, neighbourhood.people["Dora"])
    booking = neighbourhood.people["Bo"].bookings.get()
    assert traces(read(dora, f"/api/v1/bookings/{booking.pk}/"), home) == {"Bo"}
    hal = Client()
    sign_in(hal, neighbourhood.people["Hal"])
    assert all(PHONE in read(hal, address) for address in ("/calls/", "/api/v1/calls/")), "who calls Fay"


def test_no_route_tells_anybody_where_others_live(neighbourhood: Neighbourhood, caplog):
    leaks, crawled = {}, 0
    for reader in READERS:
        client, secrets = Client(), neighbourhood.secrets_from(reader)
        if reader:
            sign_in(client, neighbourhood.people[reader])
        for route in patterns():
            for address in addresses(route):
                crawled += 1
                answer = read(client, address)
                if found := traces(answer, secrets) | ({"Fay's number"} if PHONE in answer else set()):
                    leaks[reader, address] = found
    assert crawled > 100 * len(READERS)
    assert not leaks
    assert not traces(caplog.text, neighbourhood.homes)


def test_no_event_mail_or_public_news_tells_it(neighbourhood: Neighbourhood):
    assert Event.objects.count() > 10
    for event in Event.objects.select_related("stream__person"):
        person = event.stream.person
        told = registry.require_event(event.kind)(event.refs, person)
        assert not traces(str(told), neighbourhood.secrets_from(person.first_name)), event.kind
    for offer in RideOffer.objects.all():
        assert not traces(str(public_offer(offer, stops.read(offer))), neighbourhood.homes)
    assert not traces(str([(letter.subject, letter.body) for letter in mail.outbox]), neighbourhood.homes)


def test_no_search_tells_it(neighbourhood: Neighbourhood):
    """From next door to everybody's home, as a stranger."""
    for home in neighbourhood.homes.values():
        for metres in (60, 200):
            found = find_offers(trip=trip(world.near(home, metres, 0), world.store()), person=None, now=timezone.now())
            shown = FoundOut(found, many=True, context={"person": None}).data
            others = {name: one for name, one in neighbourhood.homes.items() if one is not home}
            assert not traces(str(shown), others)


def test_a_private_place_is_known_to_differ_from_its_public_point(neighbourhood: Neighbourhood):
    """Control for the fifty metres: no home here happens to be its own public point."""
    for name, home in neighbourhood.homes.items():
        point = streets.kerb(streets.place_from(home))
        assert not traces(f"{point.lat} {point.lon}", {name: home})
