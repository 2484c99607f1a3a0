"""Dora is under way with Bo and Cy: they see the car, nobody else does, and nobody sees it at somebody's home."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from realtime import publish, registry
from realtime.models import Event
from realtime.topics import person_topic
from rides import commands, streets, tasks
from rides.models import Booking, IdempotencyKey, RideOffer, Sharing, Sight
from rides.underway import homes, position, sight
from routing import plan
from routing.distance import metres_between
from tests.rides import under_way, world
from tests.rides.programs import client

pytestmark = pytest.mark.django_db


@pytest.fixture
def ride(dora, far_home, store) -> RideOffer:
    world.car(dora)
    return world.publish(dora, far_home, store, max_detour_s=7200, max_detour_m=100_000)


@pytest.fixture
def bos(ride, bo, along, store) -> Booking:
    """Bo is fetched at his door."""
    return under_way.seat(bo, ride, along[1], store, max_walk_m=0)


@pytest.fixture
def cys(ride, bos, cy, along, store) -> Booking:
    """Cy too, further on."""
    return under_way.seat(cy, ride, along[3], store, max_walk_m=0)


@pytest.fixture
def on_the_road(ride, bos, cys) -> RideOffer:
    under_way.leave(ride)
    return ride


def open_road(offer) -> plan.Place:
    """A spot of the way that is near nobody's home."""
    everybody = offer.bookings.select_related("pickup_place", "dropoff_place")
    stops = list(offer.stops.select_related("place").order_by("sequence"))
    all_homes = homes.on_the_way((stops[0].place, stops[-1].place), everybody)
    return next(place for place in under_way.road(offer) if not homes.near(all_homes, place))


def path_of(offer) -> str:
    return f"/api/v1/offers/{offer.pk}/position/"


def car_of(booking) -> str:
    return f"/api/v1/bookings/{booking.pk}/car/"


def sent(place, **more):
    return {"lat": place.lat, "lon": place.lon, "accuracy_m": 5} | more


# --- who ---------------------------------------------------------------------------------------------------------


def test_the_riders_see_where_the_car_is_and_nobody_else_does(on_the_road, bos, cys, dora, bo, cy):
    here = open_road(on_the_road)
    answer = client(dora).post(path_of(on_the_road), sent(here), format="json")
    assert (answer.status_code, answer.json()["kept"]) == (200, True)
    for person, booking in ((bo, bos), (cy, cys), (dora, bos)):
        car = client(person).get(car_of(booking)).json()
        assert car["point"] == {"lat": round(here.lat, 5), "lon": round(here.lon, 5)}
        assert (car["is_shared"], car["is_hidden"], car["comes_to"]) == (True, False, "pickup")
        assert car["near"]
    zoe = world.person("Zoe")
    for person, booking in ((zoe, bos), (cy, bos), (bo, cys)):
        nothing = client(person).get("/api/v1/bookings/987654321/car/")
        refused = client(person).get(car_of(booking))
        assert (refused.status_code, refused.content) == (404, nothing.content)


def test_only_the_driver_of_a_ride_under_way_says_where_it_is(ride, bos, dora, bo):
    here = open_road(ride)
    early = client(dora).post(path_of(ride), sent(here), format="json")
    assert (early.status_code, early.json()["code"], early.json()["state"]) == (409, "wrong_state", "published")
    under_way.leave(ride)
    assert client(bo).post(path_of(ride), sent(here), format="json").status_code == 404
    assert not Sharing.objects.exists()
    assert client(dora).post(path_of(ride), sent(here), format="json").json()["kept"]
    assert commands.complete_offer(dora, ride.pk).ok
    late = client(dora).post(path_of(ride), sent(here), format="json")
    assert (late.status_code, late.json()["state"]) == (409, "completed")


NOTHING = {"is_shared": False, "version": 0, "point": None, "near": "", "seen_at": None, "is_hidden": False}


def rides_no_more(how, ride, booking, rider, driver):
    done = {
        "got off": lambda: commands.got_off(rider, booking.pk),
        "called off": lambda: commands.cancel_booking(rider, booking.pk),
        "arrived": lambda: commands.complete_offer(driver, ride.pk),
        "ride called off": lambda: commands.cancel_offer(driver, ride.pk),
        "she stopped": lambda: commands.stop_sharing(driver, ride.pk),
    }[how]()
    assert done.ok, done.data


@pytest.mark.parametrize("how", ["got off", "called off", "arrived", "ride called off"])
def test_the_open_pages_of_who_rides_no_more_are_narrowed_at_once(
    on_the_road, bos, bo, cy, dora, how, monkeypatch, django_capture_on_commit_callbacks
):
    """Not with the look of every minute only (`realtime.hub.RECHECK_S`)."""
    told = set()
    monkeypatch.setattr(publish.outbox, "put", lambda topic, message: message["kind"] == "recheck" and told.add(topic))
    with django_capture_on_commit_callbacks(execute=True):
        rides_no_more(how, on_the_road, bos, bo, dora)
    assert person_topic(bo.pk) in told
    assert (person_topic(cy.pk) in told) == (how in ("arrived", "ride called off"))


@pytest.mark.parametrize("how", ["got off", "called off", "arrived", "ride called off", "she stopped"])
def test_who_does_not_ride_along_any_more_sees_nothing(on_the_road, bos, bo, dora, how):
    under_way.says(on_the_road, open_road(on_the_road))
    assert client(bo).get(car_of(bos)).json()["point"]  # control
    rides_no_more(how, on_the_road, bos, bo, dora)
    car = client(bo).get(car_of(bos)).json()
    assert {name: car[name] for name in NOTHING} == NOTHING
    assert bool(sight.may_watch(bo, [f"ride.{on_the_road.pk}"])) == (how == "she stopped")


def test_a_driver_who_stops_sharing_leaves_no_point_behind(on_the_road, dora, bo):
    under_way.says(on_the_road, open_road(on_the_road))
    assert client(bo).delete(path_of(on_the_road)).status_code == 404
    assert Sight.objects.count() == 2  # control
    assert client(dora).delete(path_of(on_the_road)).status_code == 204
    assert not Sight.objects.exists()
    before = Sharing.objects.get().version
    assert under_way.says(on_the_road, open_road(on_the_road))  # and goes on at once when she wants to
    assert Sharing.objects.get().version > before


# --- how often, how old ------------------------------------------------------------------------------------------


def test_what_comes_too_soon_too_old_or_too_vague_is_passed_over_without_a_fuss(on_the_road, dora):
    here, now = open_road(on_the_road), timezone.now()
    assert under_way.says(on_the_road, here, now)
    seen_at = Sight.objects.first().seen_at
    assert not under_way.says(on_the_road, here, now + timedelta(seconds=2))
    later = now + timedelta(seconds=4)
    assert not under_way.says(on_the_road, here, later, ago_s=121)
    assert not under_way.says(on_the_road, here, later, accuracy_m=301)
    assert (Sharing.objects.get().version, Sight.objects.first().seen_at) == (1, seen_at)
    assert under_way.says(on_the_road, here, later, ago_s=100, accuracy_m=299)
    answer = client(dora).post(path_of(on_the_road), sent(here), format="json")
    assert (answer.status_code, answer.json()["kept"], answer.json()["again_in_s"]) == (200, False, 5)


def test_a_phone_whose_clock_is_ahead_was_there_now(on_the_road):
    now = timezone.now()
    assert under_way.says(on_the_road, open_road(on_the_road), now, ago_s=-3600)
    assert Sight.objects.first().seen_at == now


def test_of_two_phones_at_once_one_counts(on_the_road):
    here, now = open_road(on_the_road), timezone.now()
    fix = position.Fix(here, 5, now)
    both = [position.look(offer_id=on_the_road.pk, driver=on_the_road.driver, fix=fix, now=now) for _ in range(2)]
    assert [position.share(seen=seen, now=now) for seen in both] == [True, False]


def test_only_the_newest_point_is_kept_and_it_is_gone_after_the_ride_or_a_day(on_the_road, dora):
    for place in under_way.road(on_the_road)[::20]:
        under_way.says(on_the_road, place)
        under_way.after_a_while(on_the_road)
    assert Sight.objects.count() == 2
    tasks.forget_points(0)
    assert Sight.objects.count() == 2  # control: not while they need it
    Sharing.objects.update(heard_at=timezone.now() - timedelta(hours=25))
    tasks.forget_points(0)
    assert not Sight.objects.exists() and not Sharing.objects.exists()
    under_way.says(on_the_road, open_road(on_the_road))
    commands.complete_offer(dora, on_the_road.pk)
    tasks.forget_points(0)
    assert not Sight.objects.exists() and not Sharing.objects.exists()


# --- homes -------------------------------------------------------------------------------------------------------


def test_near_a_home_the_car_is_seen_by_who_lives_there_and_hidden_from_the_others(on_the_road, bos, cys):
    here = open_road(on_the_road)
    under_way.says(on_the_road, here)
    under_way.after_a_while(on_the_road)
    at_bos = streets.exact(bos.pickup_place)
    assert under_way.says(on_the_road, at_bos)
    of_bo, of_cy = Sight.objects.get(pk=bos.pk), Sight.objects.get(pk=cys.pk)
    assert (of_bo.lat, of_bo.lon, of_bo.is_hidden) == (round(at_bos.lat, 5), round(at_bos.lon, 5), False)
    assert (of_cy.lat, of_cy.lon, of_cy.is_hidden) == (round(here.lat, 5), round(here.lon, 5), True)
    assert of_cy.arrives_at


def test_at_her_own_home_nobody_sees_the_driver_and_nothing_says_where_that_is(on_the_road, bo, bos):
    start = on_the_road.stops.select_related("place").order_by("sequence")[0].place
    assert start.private
    under_way.says(on_the_road, streets.exact(start))
    assert {(one.is_hidden, one.lat) for one in Sight.objects.all()} == {(True, None)}
    car = client(bo).get(car_of(bos)).json()
    assert (car["is_shared"], car["is_hidden"], car["point"], car["near"]) == (True, True, None, "")
    told = Sight.objects.get(pk=bos.pk).arrives_at
    now = timezone.now()
    elsewhere = world.near({"lat": start.lat, "lon": start.lon}, 120, 0)  # and the time says no more
    under_way.after_a_while(on_the_road)
    under_way.says(on_the_road, plan.Place(elsewhere["lat"], elsewhere["lon"]), now)
    assert abs(Sight.objects.get(pk=bos.pk).arrives_at - told) < timedelta(seconds=20)


def test_within_300_m_of_any_home_a_car_is_hidden_and_what_hides_it_is_no_circle_around_the_door(on_the_road, bos):
    home = homes.Home(bos.pickup_place, bos.pk)
    door = {"lat": bos.pickup_place.lat, "lon": bos.pickup_place.lon}
    edges = []
    for north, east in ((1, 0), (0, 1), (-1, 0), (0, -1), (0.6, 0.8), (-0.6, 0.8), (0.6, -0.8), (-0.6, -0.8)):
        spots = [world.near(door, north * metres, east * metres) for metres in range(0, 4000, 50)]
        hidden = [bool(homes.near([home], plan.Place(spot["lat"], spot["lon"]))) for spot in spots]
        assert all(hidden[:6]), (north, east)
        edges.append(hidden.index(False) * 50)
    assert max(edges) - min(edges) >= 250, edges


def test_a_home_hides_a_car_like_every_other_home_of_its_area(bos):
    """Nothing is learned from where a car comes into sight again but in which area somebody lives."""
    place, region = bos.pickup_place, streets.the_region()
    area = region.public.at(place.lat, place.lon)
    spots = [
        plan.Place(spot["lat"], spot["lon"])
        for north in range(-1500, 1501, 100)
        for east in range(-1500, 1501, 100)
        for spot in [world.near({"lat": place.lat, "lon": place.lon}, north, east)]
    ]
    same = [spot for spot in spots if region.public.at(spot.lat, spot.lon) == area]
    other = max(same, key=lambda spot: metres_between(spot, streets.exact(place)))
    assert metres_between(other, streets.exact(place)) > 300
    twin = type(place)(
        lat=other.lat, lon=other.lon, private=True, public_lat=place.public_lat, public_lon=place.public_lon
    )
    differ = [
        spot
        for spot in spots
        if bool(homes.near([homes.Home(place, 1)], spot)) != bool(homes.near([homes.Home(twin, 1)], spot))
    ]
    assert len(differ) <= len(spots) / 100


# --- where it must never stand -----------------------------------------------------------------------------------


def test_no_stream_topic_log_or_stored_answer_says_where_the_car_is(
    on_the_road, dora, caplog, monkeypatch, django_capture_on_commit_callbacks
):
    told = []
    monkeypatch.setattr(publish.outbox, "put", lambda topic, message: told.append((topic, message)))
    here, events = open_road(on_the_road), Event.objects.count()
    with caplog.at_level("DEBUG"), django_capture_on_commit_callbacks(execute=True):
        answer = client(dora).post(
            path_of(on_the_road), sent(here), format="json", headers={"Idempotency-Key": "where I am"}
        )
    assert answer.json()["kept"]
    [(topic, message)] = [one for one in told if one[0].startswith("ride.")]
    assert json.loads(message["text"])["data"] == {"kind": "position", "position_id": on_the_road.pk, "version": 1}
    assert topic == f"ride.{on_the_road.pk}"
    assert Event.objects.count() == events
    stored = IdempotencyKey.objects.get(key="where I am")
    for written in (json.dumps(told), caplog.text, f"{stored.fingerprint} {stored.answer}", answer.content.decode()):
        assert str(here.lat)[:8] not in written and str(here.lon)[:7] not in written


def test_its_topic_is_for_the_people_of_the_ride_alone(on_the_road, dora, bo, cy):
    topic = f"ride.{on_the_road.pk}"
    zoe = world.person("Zoe")
    assert [registry.may_join(person, [topic]) for person in (dora, bo, cy)] == [{topic}] * 3
    assert [registry.may_join(person, [topic]) for person in (zoe, None)] == [set()] * 2
    assert not registry.may_join(bo, ["ride.0", "ride.x"])
    under_way.says(on_the_road, open_road(on_the_road))
    assert registry.versions([topic]) == {topic: 1}


def test_a_page_that_missed_a_hint_finds_the_number_in_the_heartbeat(on_the_road):
    topic, seen = f"ride.{on_the_road.pk}", set()
    for place in under_way.road(on_the_road)[:60:20]:
        under_way.says(on_the_road, place)
        under_way.after_a_while(on_the_road)
        seen.add(registry.versions([topic])[topic])
    assert len(seen) == 3
