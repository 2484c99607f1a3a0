"""A page without its socket says that it may be old, until it is not."""

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.rides import world

OLD = "No connection. What you see may be old."


class Line:
    """The way of a page's socket to the site, which can be cut."""

    def __init__(self, page: Page) -> None:
        self.is_cut = False
        self._sockets: list[WebSocketRoute] = []
        page.route_web_socket("**/ws/**", self._open)

    def _open(self, socket: WebSocketRoute) -> None:
        if self.is_cut:
            socket.close(code=1012)
            return
        self._sockets.append(socket)
        socket.connect_to_server()

    def cut(self) -> None:
        self.is_cut = True
        for socket in self._sockets:
            socket.close(code=1012)


@pytest.fixture
def page(site, ride, open_window):
    page = open_window(site.url)
    page.line = Line(page)
    page.goto(f"/rides/{ride.pk}/")
    return page


def test_a_page_without_connection_says_so_and_comes_back_with_the_seats_as_they_are(page, ride, middle):
    bar = page.locator("main seat-bar").first
    expect(bar).to_contain_text("2 seats left")
    expect(page.get_by_text(OLD)).to_be_hidden()
    page.line.cut()
    expect(page.get_by_text(OLD)).to_be_visible()
    assert world.book(world.person("Cy"), ride, middle, world.store()).ok
    expect(bar).to_contain_text("2 seats left")
    page.line.is_cut = False
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text(OLD)).to_be_hidden()
    expect(bar).to_contain_text("1 seat left")
