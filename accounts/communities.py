"""Who belongs together: members of the same street, school or association."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import blocks
from accounts.models import Block, Membership, User


def neighbours_of(person: User) -> QuerySet[User]:
    """Everybody who is in a community with this person, the person included once she is in one."""
    mine = Membership.objects.filter(person=person).values("community")
    return User.objects.filter(memberships__community__in=mine).distinct()


def coordinators_of(person: User) -> QuerySet[User]:
    """The coordinators of the person's communities; without any, the people who run the site.

    Nobody is her own coordinator, or that of somebody who blocked her.
    """
    mine = Membership.objects.filter(person=person).values("community")
    leading = Membership.objects.filter(community__in=mine, role=Membership.Role.COORDINATOR)
    others = User.objects.filter(is_active=True).exclude(pk__in={person.pk, *blocks.unseen_by(person)})
    found = others.filter(pk__in=leading.values("person"))
    return found if found.exists() else others.filter(is_staff=True)


def coordinated_by(person: User) -> QuerySet[User]:
    """Everybody whose coordinator this person is: the other side of `coordinators_of`."""
    others = User.objects.exclude(pk__in={person.pk, *blocks.unseen_by(person)})
    led = Membership.objects.filter(person=person, role=Membership.Role.COORDINATOR).values("community")
    hers = Q(pk__in=Membership.objects.filter(community__in=led).values("person"))
    if not person.is_staff:
        return others.filter(hers)
    apart = Block.objects.filter(
        Q(blocker=OuterRef("person"), blocked=OuterRef(OuterRef("pk")))
        | Q(blocked=OuterRef("person"), blocker=OuterRef(OuterRef("pk")))
    )
    leading = Membership.objects.filter(
        ~Exists(apart),
        role=Membership.Role.COORDINATOR,
        person__is_active=True,
        community__memberships__person=OuterRef("pk"),
    ).exclude(person=OuterRef("pk"))
    return others.filter(hers | ~Exists(leading))
