"""Outings over HTTP, found by their slug."""

from django.db.models import Q, QuerySet
from rest_framework.request import Request

from accounts.models import User
from rides import commands
from rides.api.base import Creating, Detail, Listing, PersonView, PublicView, Scope, Step, me
from rides.bookings.diary import AlreadyDriving, AlreadyRiding
from rides.bookings.seats import SeatsTaken
from rides.driving.offers import InThePast
from rides.errors import NotFound
from rides.models import Outing
from rides.outings.outings import CarStands, OutingClosed, TooFew
from rides.outings.proposals import ProposalStale
from rides.serializers.outings import AnswerIn, OutingIn, OutingOut, ParticipantIn
from rides.streets import OutsideRegion


class OutingList(Listing, Creating, PersonView):
    """The outings I organise or take part in; plan one."""

    scope = Scope.RIDE
    out = OutingOut
    body = OutingIn
    command = staticmethod(commands.plan_outing)
    refusals = (InThePast, OutsideRegion)

    def rows(self, request: Request) -> QuerySet[Outing]:
        person = me(request)
        mine = Outing.objects.filter(Q(organiser=person) | Q(participants__person=person))
        return mine.distinct().with_people()


class OutingDetail(Detail, PublicView):
    """One outing, for everybody who has its link."""

    out = OutingOut
    guard = Outing

    def row(self, person: User | None, slug: str) -> Outing:
        outing = Outing.objects.with_people().filter(slug=slug).first()
        if outing is None:
            raise NotFound
        return outing

    def subject(self, slug: str) -> int:
        outing_id = Outing.objects.filter(slug=slug).values_list("pk", flat=True).first()
        if outing_id is None:
            raise NotFound
        return outing_id


class OutingJoin(Step):
    """Take part, or change how."""

    scope = Scope.RIDE
    detail = OutingDetail
    body = ParticipantIn
    command = staticmethod(commands.join_outing)
    refusals = (OutingClosed, CarStands, OutsideRegion)


class OutingLeave(Step):
    """Not coming after all."""

    scope = Scope.RIDE
    detail = OutingDetail
    command = staticmethod(commands.leave_outing)
    refusals = (OutingClosed, CarStands)


class OutingPropose(Step):
    """The organiser has the cars worked out; they come later, as news."""

    scope = Scope.RIDE
    detail = OutingDetail
    command = staticmethod(commands.propose_cars)
    status = 202
    refusals = (OutingClosed, TooFew)


class OutingAnswer(Step):
    """My own yes or no to the latest proposal."""

    scope = Scope.RIDE
    detail = OutingDetail
    body = AnswerIn
    command = staticmethod(commands.answer_proposal)
    refusals = (ProposalStale, CarStands, SeatsTaken, AlreadyRiding, AlreadyDriving, OutsideRegion)
