"""What a driver, a rider and a coordinator look at every day, in a real browser: nothing cut off, small or mute."""

from datetime import time, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import ByPhone, Community, Membership
from realtime.models import Call
from rides import commands, streets
from rides.models import Case, OfferSeries, RideRequest
from rides.serializers.series import SeriesIn
from rides.serializers.standing import StandingIn
from tests.rides import world

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
CUT_OFF = """() => [...document.querySelectorAll("main *")]
  .filter(one => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".stage__map, .visually-hidden"))
  .map(one => one.outerHTML.slice(0, 150))"""
TOO_SMALL = """() => [...document.querySelectorAll("main :is(.button, .chip, summary, input, select)")]
  .filter(one => one.type !== "hidden")
  .map(one => one.closest("label.chip") ?? one)
  .map(one => [one.textContent.trim() || one.name, one.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.height < 43.5 || box.width < 43.5)).map(([name]) => name)"""


@pytest.fixture
def people(site, valley):
    """Dora drives soon with Bo, and every week, and Bo asks for both; Bo has no way home, and Ana coordinates."""
    dora, bo, ana = world.person("Dora", last_name="Lin"), world.person("Bo"), world.person("Ana")
    street = Community.objects.create(name="Rue du Lac", slug="rue-du-lac")
    for person, role in ((bo, "member"), (ana, "coordinator")):
        Membership.objects.create(community=street, person=person, role=role)
    world.car(dora)
    start, store, tomorrow = world.as_sent(streets.town_centre()), world.store(), timezone.localdate() + timedelta(1)
    ride = world.publish(dora, start, store, departs_at=world.soon(0.4).isoformat(), automatic=True)
    assert world.book(bo, ride, start, store, seats=2, companions=["Zoé"]).ok
    way = {"origin": start, "destination": store, "starts_on": tomorrow}
    weekly = {"weekdays": [0, 1, 2, 3, 4, 5, 6], "leaves_at": time(8, 10), "returns_at": time(17, 30)}
    assert commands.begin_series(dora, world.valid(SeriesIn, way | weekly)).ok
    series = OfferSeries.objects.get().pk
    every = world.valid(StandingIn, way | {"weekdays": [0, 2]})
    assert commands.take_standing(bo, every | {"series": series}).ok
    assert world.ask(bo, store, start, earliest_at=world.soon(6), latest_at=world.soon(8)).ok
    journey = RideRequest.objects.get(rider=bo, state=RideRequest.State.OPEN, bookings=None)
    Case.objects.create(kind=Case.Kind.WAY_HOME, person=bo, request=journey, community=street)
    ring(bo, ana)
    return {
        dora: ("/drive/", f"/drive/{ride.pk}/", f"/drive/weekly/{series}/"),
        bo: ("/me/", f"/requests/{journey.pk}/?options=1", f"/bookings/{ride.bookings.get(rider=bo).pk}/"),
        ana: ("/me/", "/calls/", f"/calls/people/{bo.pk}/", "/account/calls/"),
    }


def ring(person, *coordinators):
    """She has no device; the first calls her, the others may, too, and there is something to tell."""
    now = timezone.now()
    ByPhone.objects.create(person=person, phone="+33 1 22 33 44 55", helper=coordinators[0], helper_agreed_at=now)
    asks = world.person("Una")
    ByPhone.objects.create(person=asks, phone="+33 1 22 33 44 66", helper=coordinators[0])
    for number, state in enumerate(("open", "told"), start=1):
        told = {"closed_at": now, "closed_by": coordinators[0]} if state == "told" else {}
        about = {"kind": "booking", "refs": {"booking": number}, "seq": number, "told_at": now, "shared_at": now}
        said = {"title": "Dora L. takes you along", "body": "The ride of Monday 3 July, 10:00."}
        Call.objects.create(
            person=person, **about, **said, state=state, opened_at=now, helper_until=now, tries=1, tried_at=now, **told
        )


def test_nothing_is_cut_off_or_too_small_to_press_and_axe_finds_nothing_to_blame(site, people, open_window):
    for person, paths in people.items():
        page = open_window(site.url, viewport={"width": 320, "height": 640}, bypass_csp=True)
        page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")  # these pages are read as lists
        site.sign_in(page.context, person)
        for path in paths:
            assert page.goto(path).ok, path
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            assert page.evaluate(CUT_OFF) == [], path
            assert page.evaluate(TOO_SMALL) == [], path
            page.add_script_tag(path=AXE)
            found = page.evaluate("tags => axe.run({ runOnly: tags })", TAGS)
            blamed = [f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]
            assert not blamed, f"{path}\n" + "\n".join(blamed)


def test_news_of_the_other_leaves_what_is_being_written_alone(site, valley, open_window):
    dora, bo, start = world.person("Dora", last_name="Lin"), world.person("Bo"), world.as_sent(streets.town_centre())
    world.car(dora)
    ride = world.publish(dora, start, world.store(), departs_at=world.soon(0.4).isoformat(), automatic=True)
    booking = world.book(bo, ride, start, world.store()).data["id"]
    page = open_window(site.url, phone=True)
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    site.sign_in(page.context, bo)
    page.goto(f"/bookings/{booking}/")
    page.get_by_text("Cancel this booking").click()
    page.get_by_label("A word of why").fill("Ana is ill")
    assert commands.say_at_kerb(dora, booking, {"kind": "late", "minutes": 10}).ok
    expect(page.get_by_text("is late (10 min)").first).to_be_visible(timeout=30_000)
    expect(page.get_by_label("A word of why")).to_have_value("Ana is ill")
    page.get_by_role("button", name="Yes, cancel it").click()
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()


def test_what_one_has_told_leaves_the_open_page_of_the_other(site, valley, open_window):
    street = Community.objects.create(name="Rue du Lac", slug="rue-du-lac")
    bo, ana, mo = world.person("Bo"), world.person("Ana"), world.person("Mo")
    for person in (bo, ana, mo):
        role = "member" if person == bo else "coordinator"
        Membership.objects.create(community=street, person=person, role=role)
    ring(bo, ana, mo)
    page = open_window(site.url, phone=True)
    site.sign_in(page.context, mo)
    page.goto("/calls/")
    expect(page.get_by_text("Dora L. takes you along.")).to_be_visible()
    call = Call.objects.get(state="open")
    assert commands.know_call(ana, call.pk, seq=call.seq).ok
    expect(page.get_by_text("Dora L. takes you along.")).to_have_count(0, timeout=30_000)
    expect(page.get_by_text("She knows, says Ana.").first).to_be_visible()
