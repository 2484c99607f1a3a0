"""I6: what a page showed, and what it has heard since, is what it would show if it were opened anew. Every action."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from rides import news
from tests.policy.policy import ONE_BOOKING, POLICY
from tests.policy.rollback import undone
from tests.policy.snapshots import Ear, Snapshot, public_snapshot, snapshot
from tests.policy.terms import Outcome, Row, Rule, rows
from tests.policy.test_rows import STATUS, ask, rule_of
from tests.policy.town import Town

pytestmark = [pytest.mark.django_db, pytest.mark.long]
ACTIONS = [rule for rule in POLICY if rule.method != "GET"]


@pytest.fixture(scope="module")
def before(town: Town) -> dict[str, Snapshot]:
    """What everybody reads before anything happens."""
    with timezone.override("UTC"):
        return {name: snapshot(person) for name, person in town.people.items()} | {"": public_snapshot()}


def cases(rule: Rule) -> Iterator[Row]:
    """One in which it is done, of each role and state."""
    for row in rows((rule,)):
        if row.outcome == Outcome.DONE:
            yield row


def differences(town: Town, before: dict[str, Snapshot], row: Row) -> Iterator[str]:
    """Where somebody's page would go on to show something else than what is there."""
    with undone(), timezone.override("UTC"), Ear(list(town.people.values())) as ear:
        answer = ask(town, row, town.scene(row.rule.thing, row.state).thing_id)
        assert answer.status_code in STATUS[Outcome.DONE], answer.content
        timezone.activate("UTC")  # pages read in the hours of their place
        for name, person in town.people.items():
            shown, now = ear.follow(person, before[name]), snapshot(person)
            for key in sorted(shown.keys() | now.keys()):
                if shown.get(key) != now.get(key) and not _is_gone(key, shown.get(key), now.get(key)):
                    yield f"{row}: {name} sees {key} {_apart(shown.get(key), now.get(key))}"
        shown, now = ear.follow_public(before[""]), public_snapshot()
        for key in sorted(shown.keys() | now.keys()):
            if shown.get(key) != now.get(key):
                yield f"{row}: everybody sees {key} {_apart(shown.get(key), now.get(key))}"


def _is_gone(key: tuple[str, int], shown: Any, now: Any) -> bool:
    """A card that was answered is in no list any more, and its last event says so."""
    return key[0] == "asking" and now is None and shown is not None and shown["state"] != "asked"


def _apart(shown: Any, now: Any) -> str:
    if shown is None or now is None:
        return f"{'not there' if shown is None else 'there'}, and it is {'not ' if now is None else ''}there"
    return str({name: (shown.get(name), now.get(name)) for name in now if shown.get(name) != now.get(name)})


@pytest.mark.parametrize("rule", ACTIONS, ids=str)
def test_what_was_shown_and_the_news_since_are_what_is_there(town: Town, before: dict[str, Snapshot], rule: Rule):
    done = list(cases(rule))
    assert done, "an action that nobody is ever allowed"
    found = list(differences(town, before, done[0]))
    assert not found, "\n".join(found)


def test_news_that_nobody_tells_is_missed(town: Town, before: dict[str, Snapshot], monkeypatch: pytest.MonkeyPatch):
    """Control: nobody hears of a booking."""
    monkeypatch.setattr(news, "of_booking", lambda _booking: None)
    row = next(cases(rule_of("POST", ONE_BOOKING + "accept/")))
    assert any("Bo sees ('booking'" in line for line in differences(town, before, row))
