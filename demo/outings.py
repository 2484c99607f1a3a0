"""Saturday at the furniture store: eight neighbours, and a wardrobe on the way home."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import User
from demo import people, sending
from demo.neighbourhood import Neighbourhood
from rides.models import Outing

ARRIVE, ARRIVE_BY, HOME_AT = time(10, 0), time(10, 45), time(12, 30)
SATURDAY = 5
OTHERS: tuple[tuple[int, str, dict[str, int]], ...] = (
    # number of the neighbour, how they take part, what else
    (5, "drive", {"max_detour_s": 1800}),
    (3, "drive", {"max_detour_s": 1200}),
    (7, "either", {"max_detour_s": 1200}),
    (4, "ride", {}),
    (6, "ride", {"back_litres": 800, "back_length_cm": 195}),  # the wardrobe; it fits into the van of number 5
    (8, "ride", {"party": 2}),
    (10, "ride", {"back_litres": 60}),
)


def plan_saturday(hood: Neighbourhood, organiser: User, now: datetime) -> Outing:
    """The outing of the coming Saturday, with everybody who has joined so far."""
    zone = ZoneInfo(hood.time_zone)
    today = now.astimezone(zone).date()
    saturday = today + timedelta(days=(SATURDAY - today.weekday()) % 7 or 7)
    earliest_at, latest_at, return_at = (datetime.combine(saturday, at, zone) for at in (ARRIVE, ARRIVE_BY, HOME_AT))
    store = hood.town.store
    answer = sending.outing(
        organiser,
        store,
        title=f"Saturday at {store.label.partition(',')[0]}"[:80],
        earliest_at=earliest_at,
        latest_at=latest_at,
        return_at=return_at,
    )
    outing_id = int(answer.data["id"])
    sending.join(organiser, outing_id, hood.home_of(organiser), role="either", max_detour_s=1200)
    for number, role, more in OTHERS:
        person = User.objects.get(email=people.email_of(number))
        sending.join(person, outing_id, hood.home_of(person), role=role, **more)
    return Outing.objects.get(pk=outing_id)
