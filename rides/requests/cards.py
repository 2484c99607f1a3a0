"""What a driver can do with a card besides yes and no: put it off.

A card that was put off keeps nobody waiting: others are asked meanwhile, and its driver may still be the first.
"""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from rides import jobs, news, planner
from rides.errors import RideError
from rides.locks import lock_people, lock_request
from rides.models import Asking
from rides.requests import taken
from rides.requests.ride_requests import own_asking

LATER = timedelta(hours=1)
ANSWER_AGAIN = timedelta(hours=1)
"""So long, at least, for an answer once the card is back, if that still helps."""
AT_MOST = 2
"""How often the same card may be put off."""
NO_TIME = timedelta(minutes=10)
"""With less than that to go, it is yes or no."""


class NoLater(RideError):
    """It was put off before, or leaves too soon."""

    code = "no_later"
    sentence = _("Please say yes or no: there is no time left to put it off.")


def put_off(*, asking_id: int, driver: User, now: datetime) -> Asking:
    """Not now: the card comes back within an hour, and its deadline moves on where it has to and still helps.

    Others are asked meanwhile. A second tap changes nothing. Raises NotFound, AlreadySettled, NoLater.
    """
    peek = own_asking(asking_id, driver)
    lock_people(driver.pk)
    lock_request(peek.request_id)
    asking = Asking.objects.select_related("offer", "request").get(pk=asking_id)
    if asking.state != Asking.State.ASKED:
        raise taken.refusal(asking)
    if asking.later_at is not None:
        return asking
    if not may_put_off(asking, now):
        raise NoLater
    last = helps_until(asking)
    asking.put_off += 1
    asking.later_at = now + min(LATER, (last - now) / 2)
    asking.deadline_at = max(asking.deadline_at, min(asking.later_at + ANSWER_AGAIN, last))
    asking.save(update_fields=["put_off", "later_at", "deadline_at"])
    news.of_asking(asking)
    jobs.card_comes_back(asking.pk, asking.later_at)
    jobs.match_request(asking.request_id)
    return asking


def comes_back(*, asking_id: int, now: datetime) -> Asking | None:
    """Its hour has come; None when it was answered, settled or put off again meanwhile."""
    lock_request(Asking.objects.get(pk=asking_id).request_id)
    due = Asking.objects.filter(pk=asking_id, state=Asking.State.ASKED, later_at__lte=now)
    asking = due.select_related("offer").first()
    if asking is None:
        return None
    asking.later_at = None
    asking.save(update_fields=["later_at"])
    news.of_asking(asking)
    return asking


def may_put_off(asking: Asking, now: datetime) -> bool:
    """Whether "later" is an answer to it."""
    if asking.state != Asking.State.ASKED or asking.later_at is not None or asking.put_off >= AT_MOST:
        return False
    return helps_until(asking) - now > NO_TIME


def helps_until(asking: Asking) -> datetime:
    """Until when a yes is of use: the car has not left, and the request still looks at that hour."""
    return min(planner.window_of(asking.request)[1], asking.offer.departs_at)
