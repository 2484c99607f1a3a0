"""Bo found nothing; he hears of it when somebody goes his way after all."""

import re
from datetime import UTC, datetime, time, timedelta
from functools import partial
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Block, Community, Membership, User
from realtime.models import Event
from rides import commands, event_view, streets, tasks
from rides.commands.execute import by_itself
from rides.models import FoundRide, RideOffer, SavedSearch
from rides.requests import searches
from rides.serializers.searches import SavedSearchIn
from rides.weekly import recurrence
from tests.realtime.race import race
from tests.rides import world
from tests.rides.programs import client as program
from web import place_names

pytestmark = pytest.mark.django_db


def look_for(person: User, origin, destination, key: str = "", **fields) -> commands.Answer:
    body = {"origin": origin, "destination": destination, "latest_at": world.soon(30)} | fields
    return commands.keep_search(person, world.valid(SavedSearchIn, body), key)


@pytest.fixture
def kept(bo, half_way, store) -> SavedSearch:
    """From half way to the store, within thirty hours."""
    answer = look_for(bo, half_way, store)
    assert answer.ok, answer.data
    return SavedSearch.objects.get()


@pytest.fixture
def drives(far_home, store):
    """drives("Dora") publishes a ride to the store, which the job has looked at."""

    def made(name: str, hours: float = 2, **fields) -> RideOffer:
        driver = User.objects.filter(first_name=name).first() or world.person(name)
        if not driver.vehicles.exists():
            world.car(driver)
        offer = world.publish(driver, far_home, store, departs_at=world.soon(hours).isoformat(), **fields)
        tasks.match_offer(offer.pk)
        return offer

    return made


def heard(person: User) -> list[int]:
    """Which finds there are in his stream."""
    refs = Event.objects.filter(stream_id=person.pk, kind="found").order_by("seq").values_list("refs", flat=True)
    return [one["found"] for one in refs]


def found_by(search: SavedSearch) -> list[int]:
    return list(search.found.order_by("pk").values_list("offer", flat=True))


# --- what is found -----------------------------------------------------------------------------------------------


def test_bo_hears_of_a_new_ride_that_suits_what_he_looks_for(kept, drives, bo):
    offer = drives("Dora")
    [found_id] = heard(bo)
    event = event_view.of_found({"found": found_id}, bo)
    assert (event["search"], event["offer"]) == (kept.pk, offer.pk)
    assert offer.departs_at < FoundRide.objects.get().pickup_at < FoundRide.objects.get().dropoff_at


def test_once_also_when_the_job_runs_twice(kept, drives, bo):
    offer = drives("Dora")
    hits = [searches.Hit(kept.pk, bo.pk, world.soon(2), world.soon(3))]
    tasks.match_offer(offer.pk)
    by_itself(partial(searches.tell, offer_id=offer.pk, hits=hits, now=timezone.now()))
    assert (found_by(kept), len(heard(bo))) == ([offer.pk], 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"seats": 4},
        {"wheelchairs": 1},
        {"child_seats": 1},
        {"latest_at": 1},
        {"earliest_at": 20},
    ],
)
def test_not_of_one_that_has_no_room_or_another_hour(bo, half_way, store, drives, fields):
    """Dora has three seats, and leaves in two hours."""
    hours = {name: world.soon(value) for name, value in fields.items() if name.endswith("_at")}
    assert look_for(bo, half_way, store, **(fields | hours)).ok
    drives("Dora")
    assert heard(bo) == []


def test_nor_of_one_that_goes_elsewhere(bo, half_way, far_home, store, drives):
    assert look_for(bo, store, far_home).ok  # the other way round
    drives("Dora")
    assert heard(bo) == []


def test_nor_of_her_own_ride(dora, half_way, store, drives):
    assert look_for(dora, half_way, store).ok
    drives("Dora")
    assert heard(dora) == []


def test_nor_of_the_ride_of_somebody_who_blocked_him(kept, dora, bo, drives):
    Block.objects.create(blocker=dora, blocked=bo)
    drives("Dora")
    assert heard(bo) == []


@pytest.mark.parametrize(("audience", "hears"), [("community", False), ("link", False), ("public", True)])
def test_only_of_rides_that_are_for_him(kept, drives, bo, audience, hears):
    drives("Dora", audience=audience)
    assert bool(heard(bo)) == hears


def test_a_neighbour_hears_of_a_ride_for_the_community(kept, drives, dora, bo):
    street = Community.objects.create(name="Mill Lane", slug="mill-lane")
    for one in (dora, bo):
        Membership.objects.create(community=street, person=one)
    drives("Dora", audience="community")
    assert len(heard(bo)) == 1


def test_what_is_found_is_measured_from_public_points(bo, dora, half_way, store, drives, monkeypatch):
    """Two neighbours in one cell find the same ride at the same minute, wherever their doors are."""
    other = world.near(half_way, 15, 15)
    points = [streets.place_row(streets.place_from(one)) for one in (half_way, other)]
    assert len({(one.public_lat, one.public_lon) for one in points}) == 1
    for person, door in ((bo, half_way), (world.person("Flo"), other)):
        assert look_for(person, door, store).ok
    drives("Dora")
    assert len(set(FoundRide.objects.values_list("pickup_at", "dropoff_at"))) == 1
    assert FoundRide.objects.count() == 2


def test_a_few_an_hour_are_told_and_all_are_in_the_list(kept, drives, bo):
    offers = [drives(name) for name in ("Dora", "Eve", "Fay", "Gus")]
    assert len(heard(bo)) == searches.A_FEW == len(offers) - 1
    assert found_by(kept) == [offer.pk for offer in offers]
    FoundRide.objects.update(found_at=timezone.now() - searches.HOUR)
    drives("Hal")
    assert len(heard(bo)) == searches.A_FEW + 1


def test_a_ride_that_is_called_off_is_gone_from_stream_and_list(kept, drives, dora, bo):
    offer = drives("Dora")
    [found_id] = heard(bo)
    api = program(bo)
    assert len(api.get(f"/api/v1/searches/{kept.pk}/").data["found"]) == 1  # control
    assert commands.cancel_offer(dora, offer.pk).ok
    assert event_view.of_found({"found": found_id}, bo) is None
    assert api.get(f"/api/v1/searches/{kept.pk}/").data["found"] == []


def test_nobody_else_reads_what_was_found(kept, drives, bo, cy):
    drives("Dora")
    assert event_view.of_found({"found": heard(bo)[0]}, cy) is None


# --- days and hours ----------------------------------------------------------------------------------------------

ZONE = "Europe/Paris"
NOW = datetime(2030, 5, 6, 6, tzinfo=UTC)  # a Monday


def leaves(day: int, hour: int, minute: int = 0) -> RideOffer:
    at = recurrence.instant(date=datetime(2030, 5, day, tzinfo=UTC).date(), wall_time=time(hour, minute), zone=ZONE)
    return RideOffer(departs_at=at, time_zone=ZONE)


def weekly(**fields) -> SavedSearch:
    usual = {"weekdays": [1, 3], "first": time(7), "last": time(9), "latest_at": NOW + timedelta(days=28)}
    return SavedSearch(earliest_at=NOW, **(usual | fields))


def test_on_its_days_it_takes_a_ride_between_its_hours_on_the_wall():
    first, last = searches.span_on(weekly(), leaves(7, 8), NOW)
    assert [at.isoformat() for at in (first, last)] == ["2030-05-07T05:00:00+00:00", "2030-05-07T07:00:00+00:00"]
    assert searches.span_on(weekly(), leaves(8, 8), NOW) is None  # a Wednesday


def test_without_days_it_is_every_day_and_without_hours_the_whole_of_it():
    assert searches.span_on(weekly(weekdays=[]), leaves(8, 8), NOW) is not None
    first, last = searches.span_on(weekly(first=None, last=None), leaves(7, 8), NOW)
    assert last - first == timedelta(days=1) - timedelta(microseconds=1)


def test_never_beyond_its_end():
    assert searches.span_on(weekly(latest_at=NOW + timedelta(hours=1)), leaves(7, 8), NOW) is None


def test_a_weekly_search_finds_a_ride_of_its_day(bo, half_way, store, drives):
    offer_day = recurrence.local_date(world.soon(2), streets.the_region().manifest.time_zone)
    for shift in (0, 1):
        assert look_for(bo, half_way, store, weekdays=[(offer_day.weekday() + shift) % 7]).ok
    drives("Dora")
    assert [one.search.weekdays for one in FoundRide.objects.all()] == [[offer_day.weekday()]]


# --- keeping, listing, dropping ----------------------------------------------------------------------------------


def test_kept_listed_and_dropped_over_http(bo, half_way, store, drives):
    api = program(bo)
    body = {"origin": half_way, "destination": store, "latest_at": world.soon(30).isoformat(), "weekdays": [0, 4]}
    hours = {"first": "07:00", "last": "09:30"}
    answers = [
        api.post("/api/v1/searches/", body | hours, format="json", headers={"Idempotency-Key": "one"})
        for _twice in range(2)
    ]
    assert [one.status_code for one in answers] == [201, 201]
    kept = answers[0].data
    assert (kept["weekdays"], kept["first"], kept["origin"]["exact"]) == ([0, 4], "07:00:00", True)
    assert [one["id"] for one in api.get("/api/v1/searches/").data["results"]] == [kept["id"]]
    assert api.delete(f"/api/v1/searches/{kept['id']}/").status_code == 204
    assert api.delete(f"/api/v1/searches/{kept['id']}/").status_code == 404
    assert api.get("/api/v1/searches/").data["results"] == []


def test_somebody_elses_search_is_not_there(kept, cy):
    api = program(cy)
    for method in (api.get, api.delete):
        answers = [method(f"/api/v1/searches/{search_id}/") for search_id in (kept.pk, 10**9)]
        assert answers[0].status_code == 404
        assert answers[0].content == answers[1].content
    assert api.get("/api/v1/searches/").data["results"] == []


def test_ten_are_enough(bo, half_way, store):
    made = [look_for(bo, half_way, store) for _ in range(searches.AT_MOST + 1)]
    assert [one.status for one in made] == [201] * searches.AT_MOST + [409]
    assert made[-1].data["code"] == "too_many_searches"
    SavedSearch.objects.filter(pk=made[0].data["id"]).update(
        earliest_at=timezone.now() - timedelta(hours=2), latest_at=timezone.now() - timedelta(hours=1)
    )
    assert look_for(bo, half_way, store).ok, "one that is over does not count"


@pytest.mark.django_db(transaction=True)
def test_ten_at_the_same_moment_too(bo, half_way, store):
    for _ in range(searches.AT_MOST - 1):
        look_for(bo, half_way, store)
    outcomes = race(*(partial(look_for, bo, half_way, store) for _ in range(3)))
    assert sorted(world.told(one) for one in outcomes) == ["201", "too_many_searches", "too_many_searches"]


def test_what_is_over_is_forgotten(kept):
    searches.forget(kept.latest_at - timedelta(minutes=1))
    assert SavedSearch.objects.exists()  # control
    searches.forget(kept.latest_at + timedelta(minutes=1))
    assert not SavedSearch.objects.exists()


def test_nothing_is_kept_for_yesterday(bo, half_way, store):
    refused = look_for(bo, half_way, store, earliest_at=world.soon(-30), latest_at=world.soon(-26))
    assert refused.data["code"] == "in_the_past"


# --- on the pages ------------------------------------------------------------------------------------------------


def hidden(page: str, action: str) -> dict[str, str]:
    """What the form with this address sends by itself."""
    form = page[page.index(f'action="{action}"') :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[: form.index("</form>")]))


@pytest.fixture
def found_nothing(half_way) -> str:
    """The page of rides from there to the store, of which there are none."""
    start = streets.place_from(half_way)
    query = {"origin": start.label, "origin_at": place_names.as_field(start), "to": "IKEA", "seats": "2"}
    return f"/find/?{urlencode(query)}"


def test_who_found_nothing_keeps_the_search_by_one_tap_and_drops_it_again(client, bo, found_nothing, drives):
    client.force_login(bo)
    page = client.get(found_nothing).content.decode()
    assert "Nobody drives there at that time yet" in page  # control
    sent = hidden(page, reverse("search_keep"))
    mine = [client.post(reverse("search_keep"), sent, follow=True).content.decode() for _twice in range(2)][1]
    assert "I look for" in mine
    kept = SavedSearch.objects.get()
    assert (kept.person, kept.seats, kept.weekdays) == (bo, 2, [])
    offer = drives("Dora")
    assert reverse("ride", args=[offer.pk]) in client.get("/me/").content.decode()
    mine = client.post(reverse("search_drop", args=[kept.pk]), {"key": "x"}, follow=True).content.decode()
    assert "I look for" not in mine
    assert not SavedSearch.objects.exists()


def test_every_week_between_the_hours_around_the_one_that_was_named(client, bo, found_nothing):
    client.force_login(bo)
    page = client.get(f"{found_nothing}&time=08:30").content.decode()
    client.post(reverse("search_keep"), hidden(page, reverse("search_keep")) | {"weekdays": ["0", "4"]})
    kept = SavedSearch.objects.get()
    assert (kept.weekdays, kept.first, kept.last) == ([0, 4], time(8, 10), time(10, 10))
    assert kept.latest_at - kept.earliest_at > timedelta(weeks=7)


def test_who_is_not_signed_in_is_asked_to(client, found_nothing):
    page = client.get(found_nothing).content.decode()
    answer = client.post(reverse("search_keep"), hidden(page, reverse("search_keep")))
    assert (answer.status_code, "login" in answer.url) == (302, True)
    assert not SavedSearch.objects.exists()
