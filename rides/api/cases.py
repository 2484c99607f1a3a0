"""Cases over HTTP: mine, those of the people I coordinate, and neighbours of mine who have no way home."""

from django.db.models import QuerySet
from rest_framework.request import Request

from accounts.models import User
from rides import commands
from rides.api.base import Detail, Listing, PersonView, Scope, Step, StepWithWord, me
from rides.errors import NotFound
from rides.models import Case, RideRequest
from rides.serializers.cases import CaseOut, NoteIn
from rides.underway import cases


class CaseList(Listing, PersonView):
    """What somebody has to look after, as far as it is my business."""

    out = CaseOut

    def rows(self, request: Request) -> QuerySet[Case]:
        return cases.shown_to(me(request))


class CaseDetail(Detail, PersonView):
    """One case."""

    out = CaseOut
    guard = (User, RideRequest)  # the person whom it is about, or her request

    def row(self, person: User, case_id: int) -> Case:
        case = cases.shown_to(person).filter(pk=case_id).first()
        if case is None:
            raise NotFound
        return case


class CaseTake(Step):
    """I look after it."""

    scope = Scope.RIDE
    detail = CaseDetail
    command = staticmethod(commands.take_case)
    refusals = (cases.AlreadyClosed, cases.AlreadyTaken)


class CaseClose(StepWithWord):
    """It is over; of an emergency that is not my own, with a word of who spoke with her."""

    scope = Scope.RIDE
    detail = CaseDetail
    body = NoteIn
    command = staticmethod(commands.close_case)
    refusals = (cases.AlreadyClosed, cases.CoordinatorCloses, cases.NoteMissing)
