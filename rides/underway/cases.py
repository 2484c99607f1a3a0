"""What people have to look after: a case is opened by a rule, taken by a coordinator, and closed by somebody who knows.

Who closes what: a way home, and a rider at the kerb, when the rider says that she is well, or a coordinator who writes
down who spoke with her; everything else a coordinator. Nothing closes a way home by itself, not even a ride found.
"""

from datetime import datetime

from django.db.models import Case as Choose
from django.db.models import CharField, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from accounts import blocks, communities
from accounts.models import Community, Membership, User
from rides import jobs, news
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
        jobs.was_heard_of(case.request.pk)
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


def no_longer_needed(*, case_id: int, now: datetime) -> None:
    """A request that nobody answered has a car after all, or is over: nobody needs to look after it."""
    found = Case.objects.get(pk=case_id)
    requests = lock_requests(*([found.request_id] if found.request_id else []))
    case = Case.objects.get(pk=case_id)
    looking = (RideRequest.State.CHOSEN, RideRequest.State.OPEN)
    if case.closed_at is None and not any(request.state in looking for request in requests.values()):
        end(case, None, now)


def seen_by(person: User) -> QuerySet[Case]:
    """Her own cases, and those of whom she coordinates."""
    return Case.objects.filter(Q(person=person) | _coordinated_by(person)).select_related(
        "person", "taken_by", "request"
    )


def calls_to(person: User) -> QuerySet[Case]:
    """The open cases of people without a way home in which a neighbour with a car is asked to help."""
    calls = Case.objects.filter(kind=Case.Kind.WAY_HOME, closed_at=None)
    if not person.vehicles.exists():
        return calls.none()
    neighbours = communities.neighbours_of(person).exclude(pk__in={person.pk, *blocks.unseen_by(person)})
    return calls.filter(person__in=neighbours)


def shown_to(person: User) -> QuerySet[Case]:
    """All cases that she may read of, with the `role` in which she does: `person`, `coordinator` or `neighbour`."""
    role = Choose(
        When(person=person, then=Value("person")),
        When(_coordinated_by(person), then=Value("coordinator")),
        When(pk__in=calls_to(person).values("pk"), then=Value("neighbour")),
        output_field=CharField(),
    )
    return (
        Case.objects.annotate(role=role)
        .filter(role__isnull=False)
        .select_related("person", "taken_by", "closed_by", "request__origin", "request__destination")
    )


def told_of(case: Case) -> set[int]:
    """The person, and her coordinators."""
    return {case.person_id, *communities.coordinators_of(case.person).values_list("pk", flat=True)}


def _coordinated_by(person: User) -> Q:
    """Whoever runs the site sees every case."""
    if person.is_staff:
        return Q(pk__isnull=False)
    led = Membership.objects.filter(person=person, role=Membership.Role.COORDINATOR).values("community")
    members = Membership.objects.filter(community__in=led).exclude(person__in=blocks.unseen_by(person))
    return Q(person__in=members.values("person"))


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
