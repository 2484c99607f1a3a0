"""Who belongs together: members of the same street, school or association."""

from django.db.models import QuerySet

from accounts.models import Membership, User


def neighbours_of(person: User) -> QuerySet[User]:
    """Everybody who is in a community with this person, the person included once she is in one."""
    mine = Membership.objects.filter(person=person).values("community")
    return User.objects.filter(memberships__community__in=mine).distinct()


def coordinators_of(person: User) -> QuerySet[User]:
    """The coordinators of the person's communities; without any, the people who run the site."""
    mine = Membership.objects.filter(person=person).values("community")
    found = User.objects.filter(
        memberships__community__in=mine, memberships__role=Membership.Role.COORDINATOR, is_active=True
    ).distinct()
    return found if found.exists() else User.objects.filter(is_staff=True, is_active=True)
