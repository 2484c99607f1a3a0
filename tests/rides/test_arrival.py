"""When Dora's car comes: along the roads from where it is, and whoever waits further on hears when it comes later."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from realtime.models import Event
from rides import commands, event_view, planner, streets, tasks
from rides.commands.execute import by_itself
from rides.models import Booking, KerbSignal, RideOffer, Sharing, Sight
from rides.serializers.kerb import SignalIn
from rides.underway import lateness, sight
from tests.rides import under_way, world

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ride(dora, far_home, store) -> RideOffer:
    world.car(dora)
    return world.publish(dora, far_home, store, max_detour_s=7200, max_detour_m=100_000)


@pytest.fixture
def bos(ride, bo, along, store) -> Booking:
    return under_way.seat(bo, ride, along[1], store, max_walk_m=0)


@pytest.fixture
def cys(ride, bos, cy, along, store) -> Booking:
    booking = under_way.seat(cy, ride, along[3], store, max_walk_m=0)
    under_way.leave(ride)
    return Booking.objects.select_related("pickup__place", "pickup_place", "dropoff_place").get(pk=booking.pk)


@pytest.fixture
def here(ride, cys):
    """A spot of the way before Bo's, in sight of everybody."""
    return next(place for place in under_way.road(ride) if in_sight(ride, place))


def in_sight(ride, place) -> bool:
    under_way.says(ride, place)
    under_way.after_a_while(ride)
    seen = not Sight.objects.filter(is_hidden=True).exists()
    Sight.objects.all().delete()
    Sharing.objects.update(passed=0)
    return seen


def drive_s(*places) -> int:
    return sum(duration_s for duration_s, _m in planner.legs_through(places))


def now_at(ride, place, after: timedelta = timedelta(), start=None):
    """The phone says so, a while after `start` (now); when that is."""
    now = (start or timezone.now()) + after
    under_way.after_a_while(ride)
    assert under_way.says(ride, place, now)
    return now


def comes_in(booking, now) -> float:
    return (Sight.objects.get(pk=booking.pk).arrives_at - now).total_seconds()


def due_now(ride, booking) -> None:
    """So that nobody has to be waited for: what was planned is now."""
    shift = timezone.now() - Booking.objects.get(pk=booking.pk).pickup_at
    ride.stops.update(planned_at=F("planned_at") + shift)
    Booking.objects.filter(offer=ride).update(pickup_at=F("pickup_at") + shift, dropoff_at=F("dropoff_at") + shift)


def test_the_car_comes_to_each_by_the_stops_before_hers(ride, bos, cys, here):
    due_now(ride, bos)
    now = now_at(ride, here)
    bos_stop = streets.public(bos.pickup.place)
    assert comes_in(bos, now) == pytest.approx(drive_s(here, streets.exact(bos.pickup_place)), abs=2)
    stands_s = bos.pickup.dwell_s
    by_bos = drive_s(here, bos_stop, streets.exact(cys.pickup_place))
    assert comes_in(cys, now) == pytest.approx(by_bos + stands_s, abs=2)


def test_it_does_not_leave_bo_before_the_hour_he_was_told(ride, bos, cys, here):
    due_now(ride, bos)
    ride.stops.filter(pk=bos.pickup_id).update(planned_at=timezone.now() + 30 * MINUTE)
    now = now_at(ride, here)
    assert comes_in(bos, now) < 1700
    assert comes_in(cys, now) >= 1795 + drive_s(streets.public(bos.pickup.place), streets.exact(cys.pickup_place))


def test_at_bos_door_it_has_come_and_goes_on_to_cy(ride, bos, cys, here):
    due_now(ride, bos)
    now = now_at(ride, streets.exact(bos.pickup_place))
    assert comes_in(bos, now) == 0
    assert Sharing.objects.get().passed == bos.pickup.sequence
    way_on = drive_s(streets.public(bos.pickup_place), streets.exact(cys.pickup_place))
    assert comes_in(cys, now) == pytest.approx(way_on, abs=30)


def test_who_got_on_sees_when_she_gets_there(ride, bos, cys, here, bo):
    now_at(ride, here)
    assert commands.aboard(bo, bos.pk).ok
    aboard = Booking.objects.select_related("offer").get(pk=bos.pk)
    before = sight.of(aboard, bo, timezone.now())
    assert (before.comes_to, before.arrives_at, before.planned_at) == ("dropoff", None, aboard.dropoff_at)
    now_at(ride, here, 10 * MINUTE)
    after = sight.of(aboard, bo, timezone.now())
    assert after.arrives_at > timezone.now()
    assert (after.arrives_at.second, after.arrives_at.microsecond) == (0, 0)


def test_an_arrival_that_has_passed_reads_as_now(ride, bos, cys, here, bo):
    now_at(ride, here)
    booking = Booking.objects.select_related("offer").get(pk=bos.pk)
    much_later = timezone.now() + timedelta(hours=1)
    assert sight.of(booking, bo, much_later).arrives_at >= much_later


# --- late --------------------------------------------------------------------------------------------------------


def words(booking) -> list[tuple[str, str]]:
    return list(booking.signals.values_list("by", "kind"))


def late_min(booking) -> list[int]:
    return list(booking.signals.filter(kind=KerbSignal.Kind.LATE).values_list("minutes", flat=True))


def to_do() -> int:
    return ProcrastinateJob.objects.filter(task_name="rides.tasks.tell_late").count()


def on_time(ride, here):
    """Whoever waits was told just when the car will come that is here now; when that is."""
    now = now_at(ride, here)
    for seen in Sight.objects.all():
        Booking.objects.filter(pk=seen.pk).update(pickup_at=seen.arrives_at)
    return now


def heard(person) -> int:
    return Event.objects.filter(stream_id=person.pk, kind="booking").count()


def test_whoever_waits_hears_once_that_the_car_comes_later_and_again_after_each_five_minutes(
    ride, bos, cys, here, bo, cy
):
    start = on_time(ride, here)
    before, jobs = heard(cy), to_do()
    now_at(ride, here, 20 * MINUTE, start)
    assert to_do() == jobs + 1
    tasks.tell_late(ride.pk)
    assert late_min(cys) == [20] and words(cys) == [("driver", "late")]
    assert heard(cy) == before + 1
    said = event_view.of_booking({"booking": cys.pk}, cy)["signals"][-1]
    assert (said["kind"], said["minutes"]) == ("late", 20)

    jobs = to_do()
    for more in (21, 22, 24):
        now_at(ride, here, more * MINUTE, start)
    assert to_do() == jobs  # nothing worth saying
    tasks.tell_late(ride.pk)
    assert (late_min(cys), heard(cy)) == ([20], before + 1)

    now_at(ride, here, 27 * MINUTE, start)
    assert to_do() == jobs + 1
    tasks.tell_late(ride.pk)
    assert late_min(cys) == [20, 27]
    assert heard(cy) == before + 2


def test_who_sits_in_the_car_or_has_called_off_hears_nothing_of_it(ride, bos, cys, here, bo, cy):
    due_now(ride, bos)
    assert commands.aboard(bo, bos.pk).ok
    now_at(ride, here, 40 * MINUTE)
    assert commands.cancel_booking(cy, cys.pk).ok
    tasks.tell_late(ride.pk)
    assert late_min(bos) == [] == late_min(cys)


def test_what_dora_has_said_herself_is_not_said_again(ride, bos, cys, here, dora):
    due_now(ride, bos)
    now_at(ride, here, 10 * MINUTE)
    tasks.tell_late(ride.pk)
    [told] = late_min(bos)
    KerbSignal.objects.all().delete()
    word = world.valid(SignalIn, {"kind": "late", "minutes": told})
    assert commands.say_at_kerb(dora, bos.pk, word).ok
    jobs = to_do()
    now_at(ride, here, 10 * MINUTE)
    assert to_do() == jobs
    tasks.tell_late(ride.pk)
    assert late_min(bos) == [told]


def test_a_car_on_time_says_nothing_and_neither_does_one_that_nobody_sees(ride, bos, cys, here, dora):
    due_now(ride, cys)
    Booking.objects.filter(offer=ride).update(pickup_at=timezone.now() + 60 * MINUTE)
    now_at(ride, here)
    assert to_do() == 0
    Booking.objects.filter(offer=ride).update(pickup_at=timezone.now() - 60 * MINUTE)
    assert by_itself(lambda: lateness.tell(booking_id=bos.pk, now=timezone.now()))  # control
    assert commands.stop_sharing(dora, ride.pk).ok
    assert by_itself(lambda: lateness.tell(booking_id=cys.pk, now=timezone.now())) is None
