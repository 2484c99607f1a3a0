"""The socket, through config.asgi, over PostgreSQL."""

import pytest

from realtime import publish, streams
from realtime.database import in_database

pytestmark = pytest.mark.django_db(transaction=True)


async def test_ann_hears_her_news_and_bo_does_not(phones, sign_in, ann, bo, tell):
    anns, bos = [await phones(await in_database(sign_in, person)) for person in (ann, bo)]
    hello = await anns.hears("hello")
    assert (hello["person"], hello["head"]) == (ann.pk, 0)
    await bos.hears("hello")
    await in_database(tell, ann, note=7)
    assert await anns.hears("event") == {
        "type": "event", "epoch": hello["epoch"], "seq": 1, "kind": "note", "data": {"note": 7, "to": "Ann"},
    }  # fmt: skip
    assert await bos.is_silent()
