"""The demo's own pages in a real browser: three people in three windows, and the mailbox."""

from playwright.sync_api import Page, expect

from tests.browser import OpenWindow
from tests.demo.launched import Demo

OWN_HOSTS = [r"asked another host: http://(rider|driver|organiser)\.localhost:"]


def test_three_windows_are_three_people_and_the_driver_is_asked_live(demo: Demo, open_window: OpenWindow):
    roles = open_window(demo.address, allow=OWN_HOSTS)
    roles.goto("/demo/")
    windows = {role: be(roles, role) for role in ("rider", "driver", "organiser")}
    expect(windows["driver"].get_by_role("button", name="Accept").first).to_be_visible(timeout=20_000)
    expect(windows["organiser"].get_by_role("heading", level=1)).to_contain_text("IKEA")
    for role, name in {"rider": "Camille", "driver": "Driss", "organiser": "Odile"}.items():
        windows[role].goto(f"{demo.address.replace('localhost', role + '.localhost')}/account/")
        expect(windows[role].get_by_label("First name")).to_have_value(name)
    roles.reload()
    expect(roles.get_by_role("link", name="Sign in")).to_be_visible()


def test_without_names_of_their_own_one_window_is_one_person(demo: Demo, open_window: OpenWindow):
    window = open_window(demo.address)
    window.goto("/demo/")
    window.get_by_text("A window does not open?").click()
    window.get_by_role("button", name="Be the driver").last.click()
    expect(window).to_have_url(f"{demo.address}/inbox/")


def test_a_code_arrives_in_the_mailbox_by_itself(demo: Demo, open_window: OpenWindow):
    mailbox = open_window(demo.address)
    mailbox.goto("/demo/mailbox/")
    stranger = open_window(demo.address)
    stranger.goto("/accounts/signup/")
    stranger.locator("input[type=email]").fill("vera@example.org")
    stranger.locator("input[name=first_name]").fill("Vera")
    stranger.locator("main form").get_by_role("button").first.click()
    expect(stranger.get_by_role("link", name="mailbox")).to_have_attribute("href", "/demo/mailbox/")
    expect(mailbox.get_by_text("to vera@example.org").first).to_be_visible()


def be(roles: Page, role: str) -> Page:
    with roles.context.expect_page() as opened:
        roles.get_by_role("button", name=f"Be the {role}").first.click()
    opened.value.wait_for_load_state()
    return opened.value
