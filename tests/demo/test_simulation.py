"""The neighbourhood lives: it answers visitors, asks drivers along, and never acts for a real person."""

import logging
import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import Place, User
from demo import doings, people, sending, trips
from demo.neighbourhood import Neighbourhood
from demo.outings import plan_saturday
from demo.seed import publish_for_the_driver
from demo.simulation import Deed, Simulation, answers, driving, initiative, tidying
from demo.simulation.visitors import VisitingDrivers, come_by
from rides import commands, tasks
from rides.models import Asking, Booking, Outing, ProposalAnswer, RideOffer, RideRequest


def later(seconds: float) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)


def neighbour(number: int) -> User:
    return User.objects.get(email=people.email_of(number))


@pytest.fixture
def to_the_store(hood: Neighbourhood) -> RideOffer:
    """A simulated neighbour drives to the store in an hour."""
    return publish(hood, neighbour(5))


def publish(hood: Neighbourhood, driver: User, minutes: int = 60) -> RideOffer:
    trip = trips.Trip(hood.town.homes[5], hood.town.store, "store")
    assert doings.publish_trip(driver, trip, later(60 * minutes))
    return RideOffer.objects.latest("pk")


def book(hood: Neighbourhood, rider: User, offer: RideOffer) -> Booking:
    answer = sending.booking(rider, offer, hood.town.homes[5], hood.town.store)
    assert answer.ok, answer.data
    return Booking.objects.get(pk=answer.data["id"])


def with_a_car(person: User) -> User:
    vehicle = neighbour(5).vehicles.get()
    ways = list(vehicle.configurations.all())
    vehicle.pk, vehicle.owner = None, person
    vehicle.save()
    for way in ways:
        way.pk, way.vehicle = None, vehicle
        way.save()
    return person


def signed_in(person: User) -> User:
    person.last_login = timezone.now()
    person.save(update_fields=["last_login"])
    return person


# --- answers -----------------------------------------------------------------------------------------------------


def test_a_visitor_who_books_hears_yes_after_five_seconds(hood, vera, to_the_store):
    booking = book(hood, vera, to_the_store)
    answers.answer_bookings(hood, later(4))
    booking.refresh_from_db()
    assert booking.state == Booking.State.WAITING, "nobody reads that fast"
    answers.answer_bookings(hood, later(6))
    booking.refresh_from_db()
    assert booking.state == Booking.State.CONFIRMED


def test_what_is_asked_of_a_visitor_is_left_to_the_visitor(hood, vera):
    for driver in (with_a_car(vera), people.played_by("driver")):
        booking = book(hood, neighbour(4 if driver == vera else 6), publish(hood, driver))
        answers.answer_bookings(hood, later(3600))
        booking.refresh_from_db()
        assert booking.state == Booking.State.WAITING


def test_a_visitor_without_a_ride_is_picked_up(hood, vera):
    window = {"earliest_at": later(1800), "latest_at": later(5400)}
    asked = sending.request(vera, hood.town.homes[9], hood.town.store, **window)
    come_by(hood, later(3))
    assert not RideOffer.objects.exists(), "somebody came before anybody had time to look"
    come_by(hood, later(7))
    tasks.match_offer(RideOffer.objects.get().pk)
    answers.answer_cards(hood, later(7))
    assert RideRequest.objects.get(pk=asked.data["id"]).state == RideRequest.State.MATCHED
    assert Booking.objects.get(rider=vera).state == Booking.State.CONFIRMED


def test_everybody_but_the_visitor_agrees_to_the_cars(hood):
    organiser = people.played_by("organiser")
    outing = plan_saturday(hood, organiser, timezone.now())
    assert commands.propose_cars(organiser, outing.pk).ok
    outing.refresh_from_db()
    tasks.group_outing(outing.pk, outing.version)
    answers.answer_proposals(hood, later(1))
    assert not ProposalAnswer.objects.exists()
    answers.answer_proposals(hood, later(6))
    said_yes = ProposalAnswer.objects.filter(yes=True).values_list("participant__person", flat=True)
    everybody = Outing.objects.get().participants.values_list("person", flat=True)
    assert set(everybody) - set(said_yes) == {organiser.pk}


# --- a visitor who drives ----------------------------------------------------------------------------------------


@pytest.fixture
def visiting_driver(hood: Neighbourhood) -> User:
    """The driver's role, with the ride that the seed gives, among rides of others at the same time."""
    for number in (3, 5, 7, 9, 11, 13):
        publish(hood, neighbour(number), 70)
    driver = people.played_by("driver")
    assert publish_for_the_driver(hood, driver, timezone.now())
    return driver


def cards_of(driver: User) -> list[Asking]:
    """After the worker has matched every request."""
    for request in RideRequest.objects.filter(state=RideRequest.State.OPEN):
        tasks.match_request(request.pk)
    return list(Asking.objects.filter(offer__driver=driver).order_by("pk"))


def test_a_driver_who_signs_in_gets_one_fitting_request(hood, visiting_driver):
    look = VisitingDrivers()
    look(hood, later(0))
    assert not RideRequest.objects.exists(), "nobody has signed in"
    signed_in(visiting_driver)
    look(hood, later(1))
    [card] = cards_of(visiting_driver)
    assert card.state == Asking.State.ASKED
    assert commands.accept_asking(visiting_driver, card.pk).ok, "the request does not fit"


def test_the_next_request_comes_when_the_card_is_settled_and_some_time_has_passed(hood, visiting_driver):
    look = VisitingDrivers()
    signed_in(visiting_driver)
    look(hood, later(0))
    [card] = cards_of(visiting_driver)
    look(hood, later(300))
    assert len(cards_of(visiting_driver)) == 1, "a second card while the first is open"
    commands.decline_asking(visiting_driver, card.pk)
    look(hood, later(330))
    assert len(cards_of(visiting_driver)) == 1, "no time to breathe"
    look(hood, later(341))
    assert len(cards_of(visiting_driver)) == 2


def test_a_ride_that_suits_many_wishes_leaves_the_driver_one_card(hood, visiting_driver, vera):
    signed_in(visiting_driver)
    offer = visiting_driver.offers.get()
    window = {"earliest_at": offer.departs_at, "latest_at": later(3 * 3600)}
    for number in (4, 6, 8):
        assert sending.request(neighbour(number), hood.town.homes[1], hood.town.store, **window).ok
    assert sending.request(vera, hood.town.homes[1], hood.town.store, **window).ok
    assert len(cards_of(visiting_driver)) == 4
    VisitingDrivers()(hood, later(0))
    still_open = [card.request.rider for card in cards_of(visiting_driver) if card.state == Asking.State.ASKED]
    assert vera in still_open, "a real person's wish is not ours to withdraw"
    assert len(still_open) <= 2, "of the neighbours' wishes at most one is left"


def test_simulated_drivers_do_not_snatch_the_visitors_request(hood, visiting_driver):
    signed_in(visiting_driver)
    VisitingDrivers()(hood, later(0))
    [card] = cards_of(visiting_driver)
    assert Asking.objects.filter(request=card.request).count() > 1, "nobody else was asked: this proves nothing"
    answers.answer_cards(hood, later(3600))
    card.refresh_from_db()
    assert card.state == Asking.State.ASKED


def test_a_real_person_who_drives_is_asked_too(hood, vera):
    publish(hood, with_a_car(vera))
    VisitingDrivers()(hood, later(0))
    assert not RideRequest.objects.exists()
    signed_in(vera)
    VisitingDrivers()(hood, later(0))
    assert cards_of(vera)


# --- life --------------------------------------------------------------------------------------------------------


def test_a_simulated_driver_leaves_and_arrives(hood, vera, to_the_store):
    visitors = publish(hood, with_a_car(vera))
    driving.drive(hood, later(3000))
    to_the_store.refresh_from_db()
    assert to_the_store.state == RideOffer.State.PUBLISHED, "it is not time yet"
    driving.drive(hood, later(3660))
    to_the_store.refresh_from_db()
    assert to_the_store.state == RideOffer.State.DEPARTED
    driving.drive(hood, later(3 * 3600))
    to_the_store.refresh_from_db()
    assert to_the_store.state == RideOffer.State.COMPLETED
    visitors.refresh_from_db()
    assert visitors.state == RideOffer.State.PUBLISHED, "somebody drove a real person's car"


def test_the_neighbourhood_grows_lively_but_not_large(hood, vera, monkeypatch):
    monkeypatch.setattr(initiative, "LIVE_OFFERS", 12)
    monkeypatch.setattr(initiative, "OPEN_REQUESTS", 4)
    monkeypatch.setattr(initiative, "SEATS_HELD", 3)
    simulation = Simulation(hood)
    for step in range(40):
        simulation.step(later(30 * step))
    offers = RideOffer.objects.filter(state=RideOffer.State.PUBLISHED)
    assert offers.count() == 12
    assert RideRequest.objects.filter(bookings=None).count() == 4  # every booking has one of its own
    assert Booking.objects.filter(state__in=Booking.HOLDS).count() in (1, 2, 3)  # some cancel, some drive at that hour
    assert not RideOffer.objects.filter(driver=vera).exists()
    assert not Booking.objects.filter(rider=vera).exists()


def test_what_is_over_among_neighbours_is_forgotten_and_what_a_visitor_had_is_kept(hood, vera, to_the_store):
    among_themselves, with_vera = to_the_store, publish(hood, neighbour(7))
    book(hood, neighbour(4), among_themselves)
    book(hood, vera, with_vera)
    for offer in (among_themselves, with_vera):
        commands.depart_offer(offer.driver, offer.pk)
        commands.complete_offer(offer.driver, offer.pk)
    tidying.tidy(hood, later(3600))
    assert RideOffer.objects.count() == 2, "it has only just ended"
    tidying.tidy(hood, later(5 * 3600))
    assert RideOffer.objects.get() == with_vera
    assert Booking.objects.get().rider == vera
    named = {stop.place_id for stop in with_vera.stops.all()}
    assert named <= set(Place.objects.values_list("pk", flat=True))
    assert not tidying.unused_places(later(5 * 3600)).exists()


def test_one_who_stumbles_does_not_stop_the_others(hood, caplog):
    done = []
    stumble = Deed(lambda hood, now: 1 / 0, 10)
    simulation = Simulation(hood, [stumble, Deed(lambda hood, now: done.append(now), 10)])
    now = timezone.now()
    with caplog.at_level(logging.ERROR):
        simulation.step(now)
        simulation.step(now + timedelta(seconds=5))
        simulation.step(now + timedelta(seconds=10))
    assert done == [now, now + timedelta(seconds=10)]
    assert caplog.text.count("ZeroDivisionError") == 2


def test_by_day_is_by_day_where_the_region_lies():
    rng, paris = random.Random(3), ZoneInfo("Europe/Paris")
    the_night_that_loses_an_hour = datetime(2026, 3, 28, 22, tzinfo=paris)
    drawn = [trips.by_day(the_night_that_loses_an_hour, str(paris), rng) for _ in range(300)]
    assert {at.astimezone(paris).hour for at in drawn} == set(range(6, 22))
