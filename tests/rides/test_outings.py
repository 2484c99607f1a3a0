"""Eight people go to the furniture store on Saturday and come home again, one with a wardrobe."""

import pytest

from realtime.models import Event
from rides import commands, tasks
from rides.models import Booking, Outing, Proposal, ProposedCar, RideOffer
from tests.rides import world

pytestmark = pytest.mark.django_db

WARDROBE = {"back_litres": 400, "back_length_cm": 202}
FOLDED = {"name": "folded", "seats": 2, "litres": 900, "length_cm": 210}


@pytest.fixture
def eight(db, store):
    """Ana and Ben drive (Ana's car folds), Cleo could, the others ride; Gus buys a wardrobe."""
    names = ["Ana", "Ben", "Cleo", "Dan", "Eve", "Fay", "Gus", "Hal"]
    people = {name: world.person(name) for name in names}
    world.car(people["Ana"], 4, FOLDED)
    world.car(people["Ben"], 4)
    world.car(people["Cleo"], 3)
    roles = {"Ana": "drive", "Ben": "drive", "Cleo": "either"}
    outing = world.plan_outing(people["Ana"], store).data
    far = {"max_detour_s": 3600}
    for (name, member), home in zip(people.items(), world.homes(8), strict=True):
        load = WARDROBE if name == "Gus" else {}
        assert world.join(member, outing["id"], roles.get(name, "ride"), home, **load, **far).ok
    return people, Outing.objects.get(pk=outing["id"])


@pytest.fixture
def proposed(eight):
    """The cars are worked out, as the worker does after the organiser asked for them."""
    people, outing = eight
    answer = commands.propose_cars(people["Ana"], outing.pk)
    assert answer.status == 202, answer.data
    outing.refresh_from_db()
    tasks.group_outing(outing.pk, outing.version)
    return people, outing, Proposal.objects.get(outing=outing)


def test_nobody_is_booked_before_their_own_yes(proposed):
    _people, _outing, proposal = proposed
    out = [car for car in proposal.cars.all() if car.direction == "out"]
    aboard = {car.driver_id for car in out} | {seat.participant_id for car in out for seat in car.seats.all()}
    assert len(aboard) + len(proposal.left_out) >= 8
    assert not Booking.objects.exists()
    assert not RideOffer.objects.exists()


def test_everybody_says_yes_and_all_cars_stand(proposed):
    people, outing, proposal = proposed
    for member in people.values():
        assert world.say(member, outing.pk, proposal.version, yes=True).ok
    cars = ProposedCar.objects.filter(proposal=proposal)
    assert all(car.offer_id for car in cars)
    assert Booking.objects.filter(state="CONFIRMED").count() == sum(car.seats.count() for car in cars)
    world.require_books_balance()

    homeward = Booking.objects.get(rider=people["Gus"], offer__car__direction="back")
    assert homeward.length_cm == 202
    assert homeward.offer.driver == people["Ana"]  # only her car is long enough
    assert Event.objects.filter(stream_id=people["Hal"].pk, kind="booking").exists()


def test_a_car_waits_for_the_last_of_its_people(proposed):
    _people, outing, proposal = proposed
    by_participant = {p.pk: p.person for p in outing.participants.select_related("person")}
    car = max(proposal.cars.filter(direction="out"), key=lambda car: car.seats.count())
    aboard = [car.driver_id, *car.seats.values_list("participant_id", flat=True)]
    *first, last = [by_participant[pk] for pk in aboard]
    for member in first:
        world.say(member, outing.pk, proposal.version, yes=True)
    assert not Booking.objects.filter(offer__car=car).exists()
    world.say(last, outing.pk, proposal.version, yes=True)
    assert Booking.objects.filter(offer__car=car).count() == len(first)


def test_a_no_keeps_the_car_from_standing(proposed):
    people, outing, proposal = proposed
    car = max(proposal.cars.filter(direction="out"), key=lambda car: car.seats.count())
    for member in people.values():
        is_driver = member.pk == car.driver.person_id
        world.say(member, outing.pk, proposal.version, yes=not is_driver)
    car.refresh_from_db()
    assert car.offer_id is None


def test_who_joins_after_a_proposal_makes_it_stale(proposed, store):
    people, outing, proposal = proposed
    late = world.person("Ida")
    assert world.join(late, outing.pk, "ride", world.homes(9)[8]).ok
    answer = world.say(people["Hal"], outing.pk, proposal.version, yes=True)
    assert answer.data["code"] == "proposal_stale"


def test_only_the_organiser_asks_for_cars(eight):
    people, outing = eight
    assert commands.propose_cars(people["Hal"], outing.pk).status == 404


def test_strangers_with_the_link_see_no_exact_home_and_no_cars(proposed):
    _people, outing, _proposal = proposed
    seen = commands.outings.as_seen_by(world.person("Zed"), outing)
    assert seen["proposal"] is None
    assert not any(member["origin"]["exact"] for member in seen["participants"])


def test_the_certificate_is_proven_for_so_few(proposed):
    _people, _outing, proposal = proposed
    for direction in ("out", "back"):
        assert proposal.certificate[direction]["proven"]
        assert proposal.certificate[direction]["value_m"] >= proposal.certificate[direction]["lower_bound_m"] > 0
