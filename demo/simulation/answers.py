"""Simulated neighbours answer those who ask them, visitors and each other."""

from datetime import datetime, timedelta

from demo import people, sending
from demo.neighbourhood import Neighbourhood
from rides import commands
from rides.models import Asking, Booking, Outing, Participant, Proposal, RideRequest

THINKS = timedelta(seconds=5)
"""Somebody reads the card first: a visitor hears between five and ten seconds after asking."""
AT_ONCE = 20
SAYS_NO = 0.12
"""To one another; visitors are never refused without a reason."""


def answer_bookings(hood: Neighbourhood, now: datetime) -> None:
    """Simulated drivers accept who wants to ride with them, or decline."""
    waiting = Booking.objects.filter(
        state=Booking.State.WAITING, offer__driver__in=people.simulated(), created_at__lte=now - THINKS
    )
    for booking in waiting.select_related("offer__driver", "rider").order_by("created_at")[:AT_ONCE]:
        driver = booking.offer.driver
        refused = is_simulated(booking.rider_id) and hood.rng.random() < SAYS_NO
        if refused or not commands.accept_booking(driver, booking.pk).ok:
            commands.decline_booking(driver, booking.pk)


def answer_cards(hood: Neighbourhood, now: datetime) -> None:
    """Of the simulated drivers who are asked, the one with the smallest detour takes a request.

    What a simulated rider asked of a visitor is left to the visitor.
    """
    asked = Asking.objects.filter(state=Asking.State.ASKED)
    for_visitors = asked.filter(people.of_a_visitor("offer__driver"), request__rider__in=people.simulated())
    cards = (
        asked.filter(
            offer__driver__in=people.simulated(),
            request__state=RideRequest.State.OPEN,
            request__created_at__lte=now - THINKS,
        )
        .exclude(request__in=for_visitors.values("request"))
        .select_related("offer__driver")
        .order_by("request", "added_s", "pk")[:AT_ONCE]
    )
    taken = set()
    for card in cards:
        if card.request_id in taken:
            continue
        if commands.accept_asking(card.offer.driver, card.pk).ok:
            taken.add(card.request_id)
        else:
            commands.decline_asking(card.offer.driver, card.pk)


def answer_proposals(hood: Neighbourhood, now: datetime) -> None:
    """Everybody simulated says yes to the cars proposed for an outing."""
    for outing in Outing.objects.filter(state=Outing.State.PROPOSED):
        proposal = Proposal.objects.filter(outing=outing).order_by("-version").first()
        if proposal is None or proposal.created_at > now - THINKS or proposal.answer_by < now:
            continue
        silent = Participant.objects.filter(outing=outing, person__in=people.simulated())
        for participant in silent.exclude(answers__proposal=proposal).select_related("person"):
            sending.yes(participant.person, outing.pk, proposal.version)


def is_simulated(person_id: int) -> bool:
    """Whether the simulation acts for this person."""
    return people.simulated().filter(pk=person_id).exists()
