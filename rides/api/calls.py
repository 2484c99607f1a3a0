"""Calls over HTTP: what I have to tell people who have no device."""

from django.db.models import QuerySet
from rest_framework.request import Request

from accounts.models import User
from realtime.models import Call
from rides import calls, commands
from rides.api.base import Detail, Listing, PersonView, Scope, Step, StepWithWord, me
from rides.errors import NotFound
from rides.serializers.calls import CallOut, KnowsIn


class CallList(Listing, PersonView):
    """Whom I have to call, and had; for a month."""

    out = CallOut

    def rows(self, request: Request) -> QuerySet[Call]:
        return calls.shown_to(me(request))


class CallDetail(Detail, PersonView):
    """One call."""

    out = CallOut
    guard = User  # the person whom it is about

    def row(self, person: User, call_id: int) -> Call:
        call = calls.shown_to(person).filter(pk=call_id).first()
        if call is None:
            raise NotFound
        return call


class CallKnows(StepWithWord):
    """She knows. To say it again changes nothing."""

    scope = Scope.RIDE
    detail = CallDetail
    body = KnowsIn
    command = staticmethod(commands.know_call)
    refusals = (calls.CallChanged, calls.CallOver)


class CallNoAnswer(Step):
    """She did not pick up, and somebody tries again."""

    scope = Scope.RIDE
    detail = CallDetail
    command = staticmethod(commands.no_answer_call)
    refusals = (calls.CallOver,)


class CallTakeBack(Step):
    """I ticked the wrong one: she does not know."""

    scope = Scope.RIDE
    detail = CallDetail
    command = staticmethod(commands.take_back_call)
    refusals = (calls.CallOver, calls.TooLateToUndo)
