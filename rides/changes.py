"""What has changed in public since the last look: with each heartbeat the live room asks, and so heals a lost hint.

Each write of an offer keeps the transaction that made it (`changed_xid`, by a trigger). Whoever reads the offers of all
transactions that were not over at the last look misses none, however long they took; what is read twice has the version
it had.
"""

from collections.abc import Collection

from django.db import connection

from realtime.registry import PublicNews
from rides.driving.offer_view import seats_held
from rides.models import RideOffer
from rides.news import public_news
from rides.search import with_riders


def since(mark: str, topics: Collection[str]) -> tuple[str, list[PublicNews]]:
    """The mark for the next look, and what is true on `topics` of offers written since `mark`, which at first is ""."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        [following] = cursor.fetchone()
        if not mark or not topics:
            return following, []
        cursor.execute("SELECT id FROM rides_rideoffer WHERE changed_xid >= %s::xid8", [mark])
        ids = [offer_id for (offer_id,) in cursor.fetchall()]
    offers = with_riders(RideOffer.objects.filter(pk__in=ids)) if ids else ()
    told = [item for offer in offers for item in public_news(offer, held=seats_held(offer.bookings.all()))]
    return following, [item for item in told if item.topic in topics]
