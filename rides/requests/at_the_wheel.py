"""While she drives, cards are quiet: they lie in her inbox, and on arrival she hears of them.

Emergencies are no exception, since everybody who stands still hears of them at the same moment. A request does not wait
for who is at the wheel: others are asked beside her.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef

from rides import news
from rides.models import Asking, RideOffer, RideRequest
from rides.requests import pace

DRIVING = RideOffer.objects.filter(state=RideOffer.State.DEPARTED)


def is_driving(person_id: int) -> bool:
    """Whether a ride of hers is under way."""
    return DRIVING.filter(driver=person_id).exists()


def in_sight(request: RideRequest, now: datetime) -> int:
    """How many drivers may answer a request any minute: in time, not put off, and not at the wheel."""
    cards = request.askings.filter(state=Asking.State.ASKED, deadline_at__gt=now, later_at=None)
    return cards.exclude(Exists(DRIVING.filter(driver=OuterRef("offer__driver")))).count()


def on_arrival(driver_id: int) -> None:
    """She hears of what is still open: the best few; the rest stands in her inbox."""
    still = Asking.objects.filter(offer__driver=driver_id, state=Asking.State.ASKED, later_at=None)
    for asking in still.select_related("offer").order_by("added_s", "pk")[: pace.A_FEW]:
        news.of_asking(asking)
