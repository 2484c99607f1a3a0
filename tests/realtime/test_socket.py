"""The socket, through config.asgi, over PostgreSQL."""

import json
from datetime import UTC, date, datetime

import pytest

from realtime import consumers, publish, registry, streams
from realtime.database import in_database
from realtime.hub import hub
from realtime.models import Stream
from realtime.shut_out import let_in, shut_out

pytestmark = pytest.mark.django_db(transaction=True)
POSTER = {"kind": "poster", "poster_id": 5, "version": 2, "text": "Fête"}
ELSEWHERE = "6f1f4c1e-6a53-4c3e-9b7e-0d5a3c1f2b4d"
"""No stream has this epoch."""


@pytest.fixture
def pin():
    """Change something on a public topic."""

    async def pin(topic="board.square", about=None, **changes):
        await in_database(publish.publish, topic, {**POSTER, **changes}, about=about)

    return pin


# --- own stream --------------------------------------------------------------------------------------------------


async def test_ann_hears_her_news_and_bo_does_not(phone_of, ann, bo, tell):
    anns, bos = await phone_of(ann), await phone_of(bo)
    hello = await anns.hears("hello")
    assert (hello["person"], hello["head"]) == (ann.pk, 0)
    await bos.hears("hello")
    await in_database(tell, ann, note=7)
    event = {"type": "event", "epoch": hello["epoch"], "seq": 1, "kind": "note", "data": {"note": 7, "to": "Ann"}}
    assert await anns.hears("event") == event
    assert await bos.is_silent()


async def test_news_of_an_hour_and_a_day_arrive_as_the_api_writes_them(phone_of, ann, tell, board, monkeypatch):
    hour, day = datetime(2031, 3, 1, 8, 30, tzinfo=UTC), date(2031, 3, 2)
    monkeypatch.setitem(registry._renderers, "note", lambda refs, person: {"at": hour, "left_out": [day]})
    phone = await phone_of(ann)
    await phone.hears("hello")
    await in_database(tell, ann)
    assert (await phone.hears("event"))["data"] == {"at": "2031-03-01T08:30:00Z", "left_out": ["2031-03-02"]}


async def test_both_phones_of_ann_hear_her_news(phone_of, ann, tell):
    both = [await phone_of(ann), await phone_of(ann)]
    for phone in both:
        await phone.hears("hello")
    await in_database(tell, ann)
    assert [(await phone.hears("event"))["seq"] for phone in both] == [1, 1]


async def test_who_comes_back_with_a_cursor_hears_exactly_what_she_missed(phone_of, ann, tell):
    await in_database(tell, *[ann] * 250)
    epoch = (await in_database(streams.head, ann.pk)).epoch
    phone = await phone_of(ann, f"epoch={epoch}&after=3")
    assert (await phone.hears("hello"))["head"] == 250
    assert [(await phone.hears("event"))["seq"] for _ in range(4, 251)] == list(range(4, 251))
    assert await phone.is_silent()
    await in_database(tell, ann)
    assert (await phone.hears("event"))["seq"] == 251


async def test_who_comes_without_a_cursor_starts_at_the_head(phone_of, ann, tell):
    await in_database(tell, ann, ann)
    phone = await phone_of(ann)
    assert (await phone.hears("hello"))["head"] == 2
    assert await phone.is_silent()


@pytest.mark.parametrize("query", [f"epoch={ELSEWHERE}&after=1", "epoch=x&after=1", "after=1", "epoch=&after="])
async def test_a_cursor_of_nowhere_is_told_to_resync_and_goes_on_from_the_head(phone_of, ann, tell, query):
    await in_database(tell, ann, ann)
    phone = await phone_of(ann, query)
    hello = await phone.hears("hello")
    assert await phone.hears("resync") == {"type": "resync", "epoch": hello["epoch"], "head": 2}
    await in_database(tell, ann)
    assert (await phone.hears("event"))["seq"] == 3


async def test_a_stream_made_anew_while_she_watches_is_told_to_resync(phone_of, ann, tell):
    await in_database(tell, ann)
    phone = await phone_of(ann)
    await phone.hears("hello")
    await in_database(Stream.objects.all().delete)
    anew = await in_database(streams.head, ann.pk)
    await hub().beat()
    assert await phone.hears("resync") == {"type": "resync", "epoch": str(anew.epoch), "head": 0}


async def test_what_she_may_no_longer_see_is_gone_but_keeps_its_number(phone_of, ann, tell, board):
    await in_database(tell, ann, note=1)
    await in_database(tell, ann, note=2)
    board.torn_off.add(1)
    epoch = (await in_database(streams.head, ann.pk)).epoch
    phone = await phone_of(ann, f"epoch={epoch}&after=0")
    gone, kept = await phone.hears("event"), await phone.hears("event")
    assert (gone["seq"], gone["kind"], gone["data"]) == (1, "gone", {})
    assert (kept["seq"], kept["kind"]) == (2, "note")


async def test_a_renderer_that_fails_does_not_stop_what_comes_after(phone_of, ann, tell, board, caplog):
    await in_database(tell, ann, note="torn off is a set, and a list cannot be in it")
    await in_database(tell, ann, note=[])
    await in_database(tell, ann, note=3)
    epoch = (await in_database(streams.head, ann.pk)).epoch
    phone = await phone_of(ann, f"epoch={epoch}&after=1")
    assert [(await phone.hears("event"))["kind"] for _ in range(2)] == ["gone", "note"]
    assert "could not be rendered" in caplog.text


async def test_news_whose_hint_was_lost_comes_with_the_heartbeat(phone_of, ann, tell, monkeypatch):
    phone = await phone_of(ann)
    await phone.hears("hello")
    with monkeypatch.context() as patch:
        patch.setattr(publish, "hint", lambda person_id, seq: None)
        await in_database(tell, ann)
    assert await phone.is_silent()
    await hub().beat()
    assert (await phone.hears("event"))["seq"] == 1


async def test_the_heart_beats_by_itself_and_says_the_head(phone_of, ann, tell, settings):
    await in_database(tell, ann)
    settings.REALTIME_HEARTBEAT_S = 0.05
    phone = await phone_of(ann)
    hello = await phone.hears("hello")
    for _ in range(2):
        beat = {"type": "heartbeat", "epoch": hello["epoch"], "head": 1, "versions": {}}
        assert await phone.hears("heartbeat") == beat


async def test_an_acknowledged_number_is_kept(phone_of, ann, tell):
    await in_database(tell, ann, ann, ann)
    phone = await phone_of(ann)
    await phone.hears("hello")
    await phone.says(do="ack", seq=2)
    assert await phone.is_silent()
    assert (await in_database(Stream.objects.get, person=ann)).acked == 2


async def test_what_a_page_was_drawn_with_is_acknowledged_when_it_opens_its_socket(phone_of, ann, tell):
    await in_database(tell, ann, ann, ann)
    epoch = (await in_database(streams.head, ann.pk)).epoch
    phone = await phone_of(ann, f"epoch={epoch}&after=2")
    assert (await phone.hears("event"))["seq"] == 3
    assert (await in_database(Stream.objects.get, person=ann)).acked == 2
    stranger = await phone_of(ann, f"epoch={ELSEWHERE}&after=3")
    await stranger.hears("resync")
    assert (await in_database(Stream.objects.get, person=ann)).acked == 2


# --- public topics -----------------------------------------------------------------------------------------------


async def test_a_stranger_who_has_joined_sees_the_change(phone_of, board, pin):
    phone, passer_by = await phone_of(), await phone_of()
    assert await phone.hears("hello") == {"type": "hello", "person": None, "epoch": None, "head": 0}
    assert await phone.joins("board.square") == {"type": "joined", "topics": ["board.square"], "refused": []}
    await passer_by.joins("board.park")
    await pin()
    assert await phone.hears("public") == {"type": "public", "topic": "board.square", "data": POSTER}
    assert await passer_by.is_silent()


async def test_who_has_left_a_topic_hears_no_more_of_it(phone_of, board, pin):
    phone, other = await phone_of(), await phone_of()
    for each in (phone, other):
        await each.joins("board.square")
    await phone.says(do="leave", topics=["board.square", "board.never", 7])
    assert await phone.is_silent()
    await pin()
    await other.hears("public")
    assert await phone.is_silent()


async def test_topics_for_others_and_topics_of_nobody_are_refused_alike(phone_of, ann, bo, board, pin):
    board.members["board.club"] = {bo.pk}
    asked = ["board.club", "nothing.1", f"person.{bo.pk}", "Ünsinn", "board.", "", 7, None, ["board.square"]]
    phone = await phone_of(ann)
    assert await phone.joins("board.square", *asked) == {"type": "joined", "topics": ["board.square"], "refused": asked}
    member = await phone_of(bo)
    assert (await member.joins("board.club"))["refused"] == []
    await pin("board.club")
    await member.hears("public")
    assert await phone.is_silent()


async def test_a_socket_has_room_for_so_many_topics(phone_of, board, monkeypatch):
    monkeypatch.setattr(consumers, "MAX_TOPICS", 3)
    phone = await phone_of()
    assert (await phone.joins("board.1", "board.2"))["refused"] == []
    assert await phone.joins("board.2", "board.3", "board.4") == {
        "type": "joined",
        "topics": ["board.2", "board.3"],
        "refused": ["board.4"],
    }
    await phone.says(do="leave", topics=["board.1"])
    assert (await phone.joins("board.4"))["topics"] == ["board.4"]


async def test_the_heartbeat_says_the_numbers_of_the_topics_joined(phone_of, board):
    phone, other = await phone_of(), await phone_of()
    await phone.joins("board.square", "board.park")
    await other.joins("board.park")
    board.numbers = {"board.square": 7, "board.park": 3}
    await hub().beat()
    assert (await phone.hears("heartbeat"))["versions"] == {"board.park": 3, "board.square": 7}
    assert (await other.hears("heartbeat"))["versions"] == {"board.park": 3}


async def test_a_change_whose_message_was_lost_comes_with_the_heartbeat_once(phone_of, board, pin, monkeypatch):
    """The first heartbeat begins to look; what it finds later and has been told already is not told again."""
    phone = await phone_of()
    await phone.joins("board.square")
    await hub().beat()
    await phone.hears("heartbeat")
    await pin()
    await phone.hears("public")
    board.changes = [registry.PublicNews("board.square", POSTER, None)]
    await hub().beat()
    await phone.hears("heartbeat")
    assert await phone.is_silent()
    board.changes.append(registry.PublicNews("board.square", POSTER | {"poster_id": 6}, None))
    await hub().beat()
    assert (await phone.hears("public"))["data"]["poster_id"] == 6
    await hub().beat()
    assert {(await phone.next())["type"] for _ in range(2)} == {"heartbeat"}
    assert await phone.is_silent()


async def test_ann_does_not_see_what_comes_from_whom_she_has_blocked(phone_of, ann, bo, board, pin):
    board.blocked[ann.pk] = {bo.pk}
    anns, strangers = await phone_of(ann), await phone_of()
    for phone in (anns, strangers):
        await phone.joins("board.square")
    await pin(about=bo.pk)
    assert "about" not in await strangers.hears("public")
    assert await anns.is_silent()
    await pin(about=ann.pk, version=3)
    await anns.hears("public")


async def test_a_hint_revokes_a_topic_and_hides_a_person(phone_of, ann, bo, board, pin):
    board.members["board.club"] = {ann.pk}
    phone = await phone_of(ann)
    await phone.joins("board.club", "board.square")
    board.members["board.club"].clear()
    board.blocked[ann.pk] = {bo.pk}
    await in_database(publish.recheck, ann.pk)
    assert await phone.hears("joined") == {"type": "joined", "topics": ["board.square"], "refused": ["board.club"]}
    await pin("board.club")
    await pin("board.square", about=bo.pk)
    await pin("board.square", version=3)
    assert (await phone.hears("public"))["data"]["version"] == 3


async def test_an_event_that_carries_too_much_is_refused_before_anything_is_sent(board):
    with pytest.raises(ValueError, match="bytes"):
        publish.publish("board.square", {**POSTER, "text": "é" * 3000})


# --- sessions and manners ----------------------------------------------------------------------------------------


async def test_logging_out_closes_the_phones_of_that_session_only(phone_of, sign_in, ann):
    browser = await in_database(sign_in, ann)
    here, there = await phone_of(browser), await phone_of(ann)
    for phone in (here, there):
        await phone.hears("hello")
    await in_database(browser.logout)
    assert await here.next() == {"type": "closed", "code": 4401}
    assert await there.is_silent()


@pytest.mark.parametrize("end", ["session deleted", "password changed", "account switched off"])
async def test_a_session_that_has_ended_is_found_by_the_heartbeat(phone_of, sign_in, ann, end):
    browser = await in_database(sign_in, ann)
    phone = await phone_of(browser)
    await phone.hears("hello")

    def end_it():
        if end == "session deleted":
            browser.session.delete()
        elif end == "password changed":
            ann.set_password("new")
            ann.save()
        else:
            ann.is_active = False
            ann.save()

    await hub().beat()
    await phone.hears("heartbeat")
    await in_database(end_it)
    await hub().beat()
    assert await phone.next() == {"type": "closed", "code": 4401}


async def test_who_is_shut_out_is_gone_at_once_and_nobody_else(phone_of, ann, bo):
    hers, his = await phone_of(ann), await phone_of(bo)
    for phone in (hers, his):
        await phone.hears("hello")
    assert await in_database(shut_out, [ann.pk]) == 1
    assert await hers.next() == {"type": "closed", "code": 4401}  # no heart beats in this test
    assert await in_database(shut_out, [ann.pk]) == 0
    await his.says(do="ping")
    assert await his.next() == {"type": "pong"}
    assert await in_database(let_in, [ann.pk, bo.pk]) == 1
    await (await phone_of(ann)).hears("hello")


async def test_an_account_switched_off_hears_no_news_even_before_the_heartbeat(phone_of, ann, tell):
    phone = await phone_of(ann)
    await phone.hears("hello")
    ann.is_active = False
    await in_database(ann.save)
    await in_database(tell, ann)
    assert await phone.next() == {"type": "closed", "code": 4401}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "not_json"),
        ("[]", "not_understood"),
        ('{"do": "fly"}', "not_understood"),
        ('{"do": "join", "topics": "board.square"}', "not_understood"),
        ('{"do": "ack", "seq": -1}', "not_understood"),
        ('{"do": "ack", "seq": 1e99}', "not_understood"),
        (json.dumps({"do": "join", "topics": ["x" * consumers.MAX_TEXT]}), "too_long"),
    ],
)
async def test_nonsense_is_answered_and_in_the_end_hung_up_on(phone_of, text, code):
    phone = await phone_of()
    await phone.hears("hello")
    for _ in range(consumers.MAX_ERRORS - 1):
        await phone.says(text)
        assert await phone.next() == {"type": "error", "code": code}
    await phone.says(text)
    assert (await phone.hears("closed"))["code"] == 4400


async def test_who_talks_without_end_is_hung_up_on(phone_of, monkeypatch):
    monkeypatch.setattr(consumers, "MESSAGES_A_SECOND", 0)
    phone = await phone_of()
    await phone.hears("hello")
    for _ in range(consumers.BURST):
        assert await phone.is_silent()
    for _ in range(consumers.MAX_ERRORS - 1):
        await phone.says(do="ping")
        assert await phone.next() == {"type": "error", "code": "too_many"}
    await phone.says(do="ping")
    assert (await phone.hears("closed"))["code"] == 4400


async def test_a_page_of_another_site_gets_no_socket(phone_of):
    phone = await phone_of(origin="https://evil.example")
    assert phone.closed_with is not None


async def test_there_is_one_socket_and_no_other_address(phone_of):
    assert (await phone_of(path="/ws/other/")).closed_with is not None
