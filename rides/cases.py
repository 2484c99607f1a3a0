"""What people have to look after: a case is opened by a rule, taken by a coordinator, and closed by somebody who knows.

Who closes what: a way home, and a rider at the kerb, when the rider says that she is well, or a coordinator who writes
down who spoke with her; everything else a coordinator. Nothing closes a way home by itself, not even a ride found.
"""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import blocks, communities
from accounts.models import Community, Membership, User
from rides import news
from rides.errors import NotFound, RideError
from rides.locks import lock_people, lock_requests, require_transaction
from rides.models import Booking, Case, RideRequest

HERS = (Case.Kind.WAY_HOME, Case.Kind.STRANDED)
"""The person whom such a case is about ends it by her own word; a coordinator only with a note of who spoke to her."""


class AlreadyTaken(RideError):
    """Another coordinator looks after it; `taken_by` is her name."""

    code = "case_taken"
    sentence = _("Somebody looks after this already.")


class AlreadyClosed(RideError):
    """It was closed before."""

    code = "case_closed"
    sentence = _("This is closed already.")


class CoordinatorCloses(RideError):
    """The person herself cannot say that this is over."""

    code = "coordinator_closes"
    status = 403
    sentence = _("Only a coordinator can close this.")


class NoteMissing(RideError):
    """Nobody is left alone because of a tap: somebody has spoken with her, and says so."""

    code = "note_missing"
    status = 400
    sentence = _("Please write who spoke with her, and what she said.")


def open_case(
    *,
    kind: str,
    person_id: int,
    now: datetime,
    request: RideRequest | None = None,
    booking: Booking | None = None,
    note: str = "",
) -> Case:
    """The one open case of that kind, person and request; the person and her coordinators hear of it each time.

    One that is open already takes the newer booking and note. Whoever calls holds the person's or the request's lock.
    """
    require_transaction()
    person = User.objects.get(pk=person_id)
    case, new = Case.objects.get_or_create(
        kind=kind,
        person=person,
        request=request,
        closed_at=None,
        defaults={"booking": booking, "note": note, "opened_at": now, "community": _community_of(person)},
    )
    if not new:
        case.booking, case.note = booking or case.booking, note or case.note
        _touched(case, "booking", "note")
    else:
        _tell(case)
    return case


def take(*, case_id: int, coordinator: User) -> Case:
    """A coordinator looks after it from now on, and the others see so. Raises NotFound, AlreadyClosed, AlreadyTaken."""
    case = _locked(case_id, coordinator)
    if case.person_id == coordinator.pk:
        raise NotFound
    if case.taken_by not in (None, coordinator):
        raise AlreadyTaken(taken_by=case.taken_by.display_name)
    case.taken_by = coordinator
    _touched(case, "taken_by")
    return case


def close(*, case_id: int, person: User, now: datetime, note: str = "") -> Case:
    """It is over, as this person knows. Raises NotFound, AlreadyClosed, CoordinatorCloses, NoteMissing.

    A way home that is over also says so on its request (`home_at`).
    """
    case = _locked(case_id, person)
    if person.pk == case.person_id:
        if case.kind not in HERS:
            raise CoordinatorCloses
    elif case.kind in HERS and not note.strip():
        raise NoteMissing
    if case.kind == Case.Kind.WAY_HOME and case.request:
        is_home(case.request, now)
    end(case, person, now, note=note)
    return case


def is_home(request: RideRequest, now: datetime) -> None:
    """Its rider has arrived, as she said; the request is locked."""
    if request.home_at is None:
        request.home_at = now
        request.version += 1
        request.save(update_fields=["home_at", "version"])
        news.of_request(request)


def end(case: Case, person: User | None, now: datetime, *, note: str = "") -> None:
    """Close an open case whose person or request is locked; everybody who sees it hears so. None is nobody: a rule."""
    case.closed_at, case.closed_by = now, person
    case.note = "\n".join(said for said in (note.strip(), case.note) if said)[:300]
    _touched(case, "closed_at", "closed_by", "note")


def seen_by(person: User) -> QuerySet[Case]:
    """Her own cases, and those of whom she coordinates; whoever runs the site sees all."""
    cases = Case.objects.select_related("person", "taken_by", "closed_by", "request__origin", "request__destination")
    if person.is_staff:
        return cases
    coordinated = Membership.objects.filter(person=person, role=Membership.Role.COORDINATOR).values("community")
    members = Membership.objects.filter(community__in=coordinated).exclude(person__in=blocks.unseen_by(person))
    return cases.filter(Q(person=person) | Q(person__in=members.values("person")))


def told_of(case: Case) -> set[int]:
    """The person, and her coordinators."""
    return {case.person_id, *communities.coordinators_of(case.person).values_list("pk", flat=True)}


def _locked(case_id: int, person: User) -> Case:
    """The open case with its person and request locked, as far as it is this person's business."""
    found = seen_by(person).filter(pk=case_id).first()
    if found is None:
        raise NotFound
    lock_people(found.person_id)
    lock_requests(*([found.request_id] if found.request_id else []))
    case = seen_by(person).filter(pk=case_id).first()  # again, now that nobody else writes it
    if case is None:
        raise NotFound
    if case.closed_at:
        raise AlreadyClosed
    return case


def _community_of(person: User) -> Community | None:
    """Whose coordinators look after her; None is the people who run the site."""
    led = Membership.objects.filter(role=Membership.Role.COORDINATOR).exclude(person=person).values("community")
    return Community.objects.filter(memberships__person=person, pk__in=led).order_by("pk").first()


def _touched(case: Case, *fields: str) -> None:
    case.version += 1
    case.save(update_fields=[*fields, "version"])
    _tell(case)


def _tell(case: Case) -> None:
    news.tell(told_of(case), "case", {"case": case.pk})
