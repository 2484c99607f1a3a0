"""The operator's list of people, from which somebody can be shut out."""

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db
LIST = reverse("admin:accounts_user_changelist")


@pytest.fixture
def operator(dora):
    dora.is_staff = dora.is_superuser = True
    dora.save()
    client = Client()
    client.force_login(dora)
    return client


def chosen(operator, action, *people):
    answer = operator.post(LIST, {"action": action, "_selected_action": [person.pk for person in people]})
    assert answer.status_code == 302
    for person in people:
        person.refresh_from_db()


def test_somebody_is_shut_out_and_let_in_again(operator, bo, cy):
    chosen(operator, "shut_out", bo)
    cy.refresh_from_db()
    assert (bo.is_active, cy.is_active) == (False, True)
    chosen(operator, "let_in", bo)
    assert bo.is_active


def test_nobody_shuts_herself_out(operator, dora, bo):
    chosen(operator, "shut_out", dora, bo)
    assert (dora.is_active, bo.is_active) == (True, False)


def test_the_list_shows_a_name_and_no_more_and_nothing_is_written_by_hand(operator, bo):
    bo.phone = "+33 6 00 00 00 09"
    bo.save()
    for page in (LIST, reverse("admin:accounts_user_change", args=[bo.pk])):
        text = operator.get(page).content.decode()
        assert "Bo" in text
        assert bo.phone not in text
        assert bo.email not in text
    assert operator.get(reverse("admin:accounts_user_add")).status_code == 403
    assert operator.post(reverse("admin:accounts_user_delete", args=[bo.pk]), {"post": "yes"}).status_code == 403


def test_who_may_only_look_may_not_switch(operator, dora, bo):
    dora.is_superuser = False
    dora.save()
    assert operator.post(LIST, {"action": "shut_out", "_selected_action": [bo.pk]}).status_code in (302, 403)
    bo.refresh_from_db()
    assert bo.is_active
