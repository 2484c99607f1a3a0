"""The page in a real browser: keyboard, map, live seats, phone sheet, and no map at all."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from rides import streets
from tests.rides import world

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
MAP_MS = 60_000
"""A machine without a graphics card draws its first map slowly."""
HARMLESS = ["409"]


@pytest.fixture
def ride(site, valley):
    """Dora drives from the middle of the valley to the store, with two seats."""
    dora = world.person("Dora", last_name="Lin")
    world.car(dora, 2)
    start = world.as_sent(streets.town_centre())
    return world.publish(dora, start, world.store(), max_detour_s=300, departs_at=world.soon(3).isoformat())


def wait_for_map(page: Page) -> None:
    expect(page.locator(".map")).to_have_class("stage__map map is-drawn", timeout=MAP_MS)


def book_somewhere_else(ride) -> None:
    """A third person takes a seat."""
    start = ride.stops.order_by("sequence").first().place
    assert world.book(world.person("Cy"), ride, world.as_sent(start), world.store()).ok


def test_a_place_is_chosen_with_the_keyboard_alone(site, ride, open_window):
    page = open_window(site.url)
    page.goto("/")
    where = page.get_by_role("combobox", name="Where to?")
    where.press_sequentially("ikea")
    expect(page.get_by_role("option").first).to_contain_text("IKEA")
    where.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    where.press("Enter")
    expect(where).to_have_value("IKEA Valdétour")
    expect(page.get_by_role("listbox")).to_be_hidden()
    where.press("Enter")
    page.wait_for_url("**/find/**")
    expect(page.locator(f"#ride-{ride.pk}")).to_be_visible()


def test_escape_closes_the_places_and_keeps_what_was_typed(site, ride, open_window):
    page = open_window(site.url)
    page.goto("/")
    where = page.get_by_role("combobox", name="Where to?")
    where.press_sequentially("pharm")
    expect(page.get_by_role("option").first).to_be_visible()
    where.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(where).to_have_value("pharm")


def test_a_marker_stands_where_its_ride_starts_and_the_seat_goes_on_map_and_list(site, ride, open_window):
    page = open_window(site.url)
    page.goto("/")
    wait_for_map(page)
    expect(page.get_by_role("button", name="2 seats left")).to_be_visible()
    place = ride.stops.order_by("sequence").first().place
    away = page.evaluate(
        """([id, lat, lon]) => new Promise((tell) => {
            const until = performance.now() + 15_000  // the map may still be on its way, and draws its markers anew
            const look = () => {
                const element = document.querySelector(`[data-marker="${id}"]`)
                if (!element && performance.now() < until) return requestAnimationFrame(look)
                const box = element.getBoundingClientRect(), view = document.querySelector(".map__view")
                const map = view.rideMap.map, at = map.project([lon, lat]), frame = view.getBoundingClientRect()
                const away = Math.hypot(box.x + box.width / 2 - frame.x - at.x, box.y + box.height / 2 - frame.y - at.y)
                if (away < 2 || performance.now() > until) tell(away)
                else requestAnimationFrame(look)
            }
            look()
        })""",
        [ride.pk, place.public_lat, place.public_lon],
    )
    assert away < 2, f"the marker is {away} px off"
    book_somewhere_else(ride)
    expect(page.get_by_role("button", name="1 seat left")).to_be_visible()
    expect(page.locator(f'seat-bar[data-offer="{ride.pk}"]').first).to_contain_text("1 seat left")


def test_a_card_lights_its_marker(site, ride, open_window):
    page = open_window(site.url)
    page.goto("/find/?to=IKEA")
    wait_for_map(page)
    page.locator(f"#ride-{ride.pk} a").focus()
    expect(page.locator(".marker.is-lit")).to_have_count(1)


def test_a_marker_leads_to_its_card(site, ride, open_window):
    page = open_window(site.url)
    page.goto("/find/?to=IKEA")
    wait_for_map(page)
    page.get_by_role("button", name="2 seats left").click()
    expect(page.locator(f"#ride-{ride.pk} a")).to_be_focused()
    expect(page.locator(f"#ride-{ride.pk}")).to_have_class("card card--link is-lit")


def test_without_webgl_the_list_has_everything(site, ride, open_window):
    page = open_window(site.url)
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto("/")
    expect(page.get_by_text("The map cannot be drawn on this device.")).to_be_visible(timeout=MAP_MS)
    expect(page.locator(f"#ride-{ride.pk}")).to_be_visible()
    book_somewhere_else(ride)
    expect(page.locator(f"#ride-{ride.pk}")).to_contain_text("1 seat left")


def test_on_a_phone_a_button_moves_the_sheet(site, ride, open_window):
    page = open_window(site.url, phone=True)
    page.goto("/find/?to=IKEA")
    page.get_by_role("button", name="Show the list").click()
    expect(page.get_by_role("button", name="Show the map")).to_be_visible()
    page.get_by_role("button", name="Show the map").click()
    expect(page.get_by_role("button", name="Show the list")).to_be_visible()


def test_nothing_is_cut_off_on_a_very_narrow_phone(site, ride, open_window):
    page = open_window(site.url, viewport={"width": 320, "height": 640})
    for path in ("/", "/find/?to=IKEA", f"/rides/{ride.pk}/", "/drive/", "/ask/", "/outings/new/", "/about/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_axe_finds_nothing_to_blame(site, ride, open_window):
    page = open_window(site.url, bypass_csp=True)
    for path in ("/", "/find/?to=IKEA", f"/rides/{ride.pk}/", "/drive/", "/ask/", "/about/", "/accounts/signup/"):
        page.goto(path)
        page.add_script_tag(path=AXE)
        found = page.evaluate("axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })")
        blamed = [f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]
        assert not blamed, f"{path}\n" + "\n".join(blamed)
