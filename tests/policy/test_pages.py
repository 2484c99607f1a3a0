"""The pages keep the same policy: what is not there for somebody looks like what is nowhere (I14)."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import URLPattern, path, resolve
from django.utils.http import urlencode

from accounts.models import User
from rides import commands
from rides.models import WaitingEntry
from tests.policy.pages import OF_NOTHING, PAGES
from tests.policy.rollback import undone
from tests.policy.terms import Outcome, Role, Row, Rule, rows
from tests.policy.town import NEVER_WAS, Town
from web import urls

pytestmark = pytest.mark.django_db

FILLED_IN = urlencode(
    {"people": 1, "seats": 1, "note": "He sits in the bus.", "minutes": 10, "version": 1, "date": "2030-01-07"}
)
FORM = "application/x-www-form-urlencoded"
NEW_IN_EACH = re.compile(r'(csrfmiddlewaretoken" value=|nonce=|content=|name="key" value=|"epoch": )"[^"]*"')
"""Parts of a page that no two copies have in common."""


@pytest.fixture(scope="module")
def browser() -> Client:
    """One for all tests: a new one would look for all static files again."""
    return Client(headers={"Accept-Language": "en"})


def told(browser: Client, person: User | None, rule: Rule, thing_id: Any) -> Any:
    """Everything that reaches the reader, wherever the id itself is written."""
    with undone():
        browser.cookies.clear()
        if person:
            browser.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        answer = browser.generic(rule.method, "/" + rule.route.format(thing_id), FILLED_IN, content_type=FORM)
        said = [str(one) for one in get_messages(answer.wsgi_request)]
    told = (answer.headers.get("Location", ""), NEW_IN_EACH.sub("", answer.content.decode()))
    return answer.status_code, said, *(re.sub(rf"(?<=/){thing_id}(?=/)", "ID", text) for text in told)


def wrong_rows(town: Town, browser: Client, rule: Rule) -> Iterator[str]:
    """The rows of a page that the site does not keep."""
    nowhere: dict[User | None, Any] = {}
    for row in rows((rule,)):
        person = town.who(row.role, rule.thing, row.state)
        if person not in nowhere:
            nowhere[person] = told(browser, person, rule, NEVER_WAS)
        here = told(browser, person, rule, town.scene(rule.thing, row.state).thing_id)
        if (here != nowhere[person]) != (row.outcome == Outcome.DONE):
            yield _sentence(row, here, nowhere[person])


def _sentence(row: Row, here: Any, nowhere: Any) -> str:
    if row.outcome == Outcome.DONE:
        return f"{row}: nothing there, {here[:3]}"
    return f"{row}: {here[:3]}, unlike an id that never was, {nowhere[:3]}"


@pytest.mark.parametrize("rule", PAGES, ids=str)
def test_the_site_keeps_every_row_of_the_page(town: Town, browser: Client, rule: Rule):
    assert not list(wrong_rows(town, browser, rule))


def test_a_page_that_forgets_who_may_would_be_noticed(town: Town, browser: Client, monkeypatch: pytest.MonkeyPatch):
    """Control: whoever leaves a waiting list is taken for the one who stands there."""
    leave = commands.leave_waiting_list

    def forgetful(person: User, entry_id: int, key: str = "") -> commands.Answer:
        entry = WaitingEntry.objects.filter(pk=entry_id).first()
        return leave(entry.request.rider if entry else person, entry_id, key)

    monkeypatch.setattr(commands, "leave_waiting_list", forgetful)
    rule = next(rule for rule in PAGES if rule.route == "waiting/{}/leave/")
    found = list(wrong_rows(town, browser, rule))
    assert all("unlike an id that never was" in line for line in found)
    for role in (Role.STRANGER, Role.DRIVER, Role.CO_RIDER):
        assert any(f"by {role} when waiting" in line for line in found), role
    assert not any(f"by {role} " in line for line in found for role in (Role.NOBODY, Role.RIDER))


def without_a_row(patterns: Iterable[URLPattern]) -> list[str]:
    """A sentence for each page that the policy does not know."""
    known = OF_NOTHING | {resolve("/" + rule.route.format(1)).route for rule in PAGES}
    missing = sorted({str(pattern.pattern) for pattern in patterns} - known)
    return [f"{route} has no row: say in tests/policy/pages.py who finds something there" for route in missing]


def test_every_page_has_a_row():
    assert not without_a_row(urls.urlpatterns)


def test_a_page_that_somebody_adds_without_a_row_is_noticed():
    """Control."""
    planted = [*urls.urlpatterns, path("doors/<int:door_id>/", lambda request: None)]
    assert without_a_row(planted) == [
        "doors/<int:door_id>/ has no row: say in tests/policy/pages.py who finds something there"
    ]


def test_every_row_has_a_page():
    assert not OF_NOTHING - {str(pattern.pattern) for pattern in urls.urlpatterns}  # resolve() looks for the others
