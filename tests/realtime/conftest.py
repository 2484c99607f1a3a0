"""Two neighbours, a notice board whose notes they may or may not read, and their phones."""

from dataclasses import dataclass, field

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client

from realtime import registry, streams
from realtime.database import in_database
from realtime.notices import readers, subscriptions, vapid
from realtime.notices.readers import Notice, Subject
from realtime.streams import News
from tests.realtime.noticing import PARIS, look, run_due
from tests.realtime.phone import Phone
from tests.realtime.push_service import Browser, PushService


@dataclass
class Board:
    """Stands for another room: it decides what its events say and who may join its topics."""

    torn_off: set[int] = field(default_factory=set)
    members: dict[str, set[int]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    blocked: dict[int, set[int]] = field(default_factory=dict)
    changes: list[registry.PublicNews] = field(default_factory=list)

    def render(self, refs, person):
        return None if refs["note"] in self.torn_off else {"note": refs["note"], "to": person.first_name}

    def may_join(self, person, topics):
        closed = {topic for topic in topics if topic in self.members}
        return [topic for topic in topics if topic not in closed or (person and person.pk in self.members[topic])]

    def versions(self, topics):
        return {topic: self.numbers[topic] for topic in topics if topic in self.numbers}


@pytest.fixture
def board(monkeypatch):
    for name in ("_renderers", "_topics"):
        monkeypatch.setattr(registry, name, {})
    for name in ("_hidden", "_changes"):
        monkeypatch.setattr(registry, name, [])
    board = Board()
    registry.register_event("note", board.render)
    registry.register_topic("board", board.may_join, board.versions)
    registry.register_changes(lambda mark, topics: ("on", board.changes))
    registry.register_hidden(lambda person: board.blocked.get(person.pk, ()))
    return board


@pytest.fixture
def ann(db):
    return get_user_model().objects.create_user("ann@example.org", first_name="Ann")


@pytest.fixture
def bo(db):
    return get_user_model().objects.create_user("bo@example.org", first_name="Bo")


@pytest.fixture
def tell(board):
    """Pin a note for people: one transaction, one event for each."""

    def tell(*people, note=1):
        with transaction.atomic():
            streams.append([News(person.pk, "note", {"note": note}) for person in people])

    return tell


@pytest.fixture
def sign_in(db):
    """A browser in which a person has just logged in."""

    def sign_in(person):
        browser = Client()
        browser.force_login(person, "django.contrib.auth.backends.ModelBackend")
        return browser

    return sign_in


@pytest.fixture
async def phone_of(settings, sign_in):
    """Opens phones, of a person, of a browser or of a stranger, and closes them at the end.

    The heart beats too seldom to interfere, unless a test says so.
    """
    settings.REALTIME_HEARTBEAT_S = 600
    opened = []

    async def phone_of(who=None, query="", **manners):
        browser = who if who is None or isinstance(who, Client) else await in_database(sign_in, who)
        phone = Phone(browser, query, **manners)
        opened.append(phone)
        await phone.open()
        return phone

    yield phone_of
    for phone in opened:
        await phone.close()


# --- for those whose page is closed --------------------------------------------------------------------------------


@pytest.fixture
def outside(board, monkeypatch, settings):
    """The notice board tells those who are away, too; a note with a number above 900 is urgent."""
    for name in ("_readers", "_subjects"):
        monkeypatch.setattr(readers, name, {})
    monkeypatch.setattr(readers, "_zone", [])
    settings.VAPID_PRIVATE_KEY, settings.VAPID_SUBJECT = vapid.make_key(), "mailto:site@example.org"
    settings.PUSH_UNGUARDED, settings.SITE_URL = True, "https://site.example"

    def read(refs, person, told_at):
        if refs["note"] in board.torn_off:
            return None
        return Notice("A note", f"{person.first_name}, read note {refs['note']}.", "/me/", urgent=refs["note"] > 900)

    readers.register_subject(Subject("notes", "notes"))
    readers.register_reader("note", "notes", read)
    readers.register_zone(lambda: PARIS)
    return board


@pytest.fixture
def service(outside):
    service = PushService()
    yield service
    service.close()


@pytest.fixture
def subscribe(service):
    """A browser of a person, that lets us wake it."""

    def subscribe(person, name="phone"):
        browser = Browser(service, name)
        subscriptions.add(person.pk, **browser.subscription, device=name)
        return browser

    return subscribe


@pytest.fixture
def at(outside, tell):
    """Pin a note at that instant; then look, and deliver what is due."""

    def at(now, person, note=1):
        tell(person, note=note)
        look(now)
        run_due(now)

    return at
