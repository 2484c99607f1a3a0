"""Every row of the policy, tried on the real site; who finds nothing cannot tell it from an id that never was (I14)."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from rest_framework.utils.encoders import JSONEncoder

from accounts.models import User
from rides import commands
from rides.api.bookings import BookingDecline
from rides.api.waiting import WaitingDetail
from rides.errors import NotFound
from rides.models import Booking, WaitingEntry
from tests.policy.bodies import QUERIES, body_of
from tests.policy.policy import POLICY
from tests.policy.rollback import undone
from tests.policy.terms import METHODS, Outcome, Role, Row, Rule, rows
from tests.policy.town import NEVER_WAS, Town
from tests.rides.programs import ALL

pytestmark = pytest.mark.django_db

STATUS = {
    Outcome.DONE: {200, 201, 202, 204},
    Outcome.SHOWN: {200},
    Outcome.LEFT_OUT: {200},
    Outcome.SIGN_IN: {401},
    Outcome.FORBIDDEN: {403},
    Outcome.NOTHING: {404},
    Outcome.NOT_NOW: {409},
}


def ask(town: Town, row: Row, thing_id: Any, scopes: tuple[str, ...] = ALL) -> Any:
    """What the site answers to the person of a row."""
    program = town.program(town.who(row.role, row.rule.thing, row.state), scopes)
    path = "/api/" + re.sub("<.*?>", str(thing_id), row.rule.route)
    if row.rule.method == "GET":
        return program.get(path, QUERIES.get(row.rule.route, lambda _town: {})(town))
    body = JSONEncoder().encode(body_of(row.rule, town, thing_id))
    return program.generic(row.rule.method, path, body, content_type="application/json")


def listed(town: Town, row: Row, answer: Any, thing_id: Any) -> bool:
    """Whether the thing is on this page of the list, or on one that follows."""
    name, page = "slug" if isinstance(thing_id, str) else "id", answer.json()
    program = town.program(town.who(row.role, row.rule.thing, row.state))
    while page["next"] and thing_id not in [one[name] for one in page["results"]]:
        page = program.get(page["next"]).json()
    return thing_id in [one[name] for one in page["results"]]


def told(answer: Any) -> Any:
    """All that reaches the reader but how much she may still ask."""
    headers = {name: value for name, value in answer.headers.items() if not name.startswith("RateLimit")}
    return answer.status_code, headers, answer.content


def wrong_rows(town: Town, rule: Rule) -> Iterator[str]:
    """The rows of a rule that the site does not keep, each with what it does instead."""
    nowhere: dict[Any, Any] = {}
    for row in rows((rule,)):
        thing_id, person = town.scene(rule.thing, row.state).thing_id, town.who(row.role, rule.thing, row.state)
        with undone():
            answer = ask(town, row, thing_id)
            if answer.status_code not in STATUS[row.outcome]:
                yield f"{row}: {answer.status_code} instead of {row.outcome}: {answer.content[:200]!r}"
            elif rule.lists and person and listed(town, row, answer, thing_id) != (row.outcome == Outcome.SHOWN):
                yield f"{row}: not {row.outcome}"
        if row.outcome == Outcome.NOTHING:
            if person not in nowhere:
                with undone():
                    nowhere[person] = told(ask(town, row, NEVER_WAS))
            if told(answer) != nowhere[person]:
                yield f"{row}: answered unlike an id that never was"


@pytest.mark.parametrize("rule", POLICY, ids=str)
def test_the_site_keeps_every_row_of_the_rule(town: Town, rule: Rule):
    assert not list(wrong_rows(town, rule))


def rule_of(method: str, route: str) -> Rule:
    return next(rule for rule in POLICY if (rule.method, rule.route) == (method, route))


def found_at_all(model: type[Any], pk: int) -> Any:
    """The row, whosever it is."""
    if (row := model.objects.filter(pk=pk).first()) is None:
        raise NotFound
    return row


def test_a_view_that_forgets_whose_it_is_would_be_noticed(town: Town, monkeypatch: pytest.MonkeyPatch):
    """Control: everybody reads anybody's place in line."""
    monkeypatch.setattr(WaitingDetail, "row", lambda _view, _person, entry_id: found_at_all(WaitingEntry, entry_id))
    found = list(wrong_rows(town, rule_of("GET", "v1/waiting/<int:entry_id>/")))
    for role in (Role.STRANGER, Role.DRIVER, Role.CO_RIDER):
        assert any(f"by {role} when waiting: 200 instead of 404" in line for line in found), role
    assert not any(f"by {Role.RIDER}" in line for line in found)


def test_a_step_that_forgets_who_may_would_be_noticed(town: Town, monkeypatch: pytest.MonkeyPatch):
    """Control: whoever declines, the driver is taken to have done so."""

    def decline(_person: User, booking_id: int, key: str = "", **word: str) -> commands.Answer:
        driver = found_at_all(Booking, booking_id).offer.driver
        return commands.decline_booking(driver, booking_id, key, **word)

    monkeypatch.setattr(BookingDecline, "command", staticmethod(decline))
    found = list(wrong_rows(town, rule_of("POST", "v1/bookings/<int:booking_id>/decline/")))
    assert any(f"by {Role.STRANGER} when asked: 200 instead of 404" in line for line in found)
    assert any(f"by {Role.RIDER} when cancelled: 409 instead of 404" in line for line in found)
    assert not any(f"by {Role.DRIVER}" in line for line in found)


def best(rule: Rule) -> Row:
    """Who may, in a state in which she may."""
    may = (row for row in rows((rule,)) if row.outcome in (Outcome.DONE, Outcome.SHOWN) and row.role != Role.NOBODY)
    return next(may)


@pytest.mark.parametrize("rule", POLICY, ids=str)
def test_a_token_with_too_small_a_scope_is_refused(town: Town, rule: Rule):
    row = best(rule)
    others = tuple(scope for scope in ALL if scope not in rule.scope)
    refused = ask(town, row, town.scene(rule.thing, row.state).thing_id, others)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert refused.json()["scope"] in rule.scope


@pytest.mark.parametrize("route", sorted({rule.route for rule in POLICY}))
def test_no_other_method_does_anything(town: Town, route: str):
    rules = [rule for rule in POLICY if rule.route == route]
    row = best(rules[0])
    for method in set(METHODS) - {rule.method for rule in rules}:
        other = Rule(method, route, row.rule.thing, {})
        thing_id = town.scene(row.rule.thing, row.state).thing_id
        answer = ask(town, Row(other, row.role, row.state, Outcome.NO_SUCH_METHOD), thing_id)
        assert answer.status_code == 405, (method, answer.content)
