"""An address of the API without a row of the policy fails, and so does a row without an address."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.urls import URLPattern, URLResolver, path
from rest_framework.views import APIView

from rides import urls
from rides.api.base import NoSuchAddress, PersonView, Scope
from tests.policy.__main__ import PAGE
from tests.policy.policy import POLICY
from tests.policy.table import page
from tests.policy.terms import Rule

OF_THE_DESCRIPTION = {"schema/", "docs/"}  # of Django and drf-spectacular, for everybody


def without_a_row(patterns: Iterable[URLPattern | URLResolver], rules: Iterable[Rule]) -> list[str]:
    """A sentence for each method and route that the policy does not know."""
    missing = sorted(methods(patterns) - {(rule.method, rule.route) for rule in rules})
    return [f"{method} {route} has no row: say in tests/policy/policy.py who may" for method, route in missing]


def methods(patterns: Iterable[URLPattern | URLResolver]) -> set[tuple[str, str]]:
    """Every method of every address, but those that describe the API."""
    found = set()
    for pattern in patterns:
        assert isinstance(pattern, URLPattern), f"{pattern}: this test does not know how to read an include"
        view: Any = pattern.callback
        if str(pattern.pattern) not in OF_THE_DESCRIPTION and view.cls is not NoSuchAddress:
            found |= {(method, str(pattern.pattern)) for method in view.cls().allowed_methods if method != "OPTIONS"}
    return found


def test_every_method_of_every_address_has_a_row():
    assert not without_a_row(urls.urlpatterns, POLICY)


def test_every_row_has_an_address():
    assert not {(rule.method, rule.route) for rule in POLICY} - methods(urls.urlpatterns)


def test_an_address_that_somebody_adds_without_a_row_is_noticed():
    """Control: a new address, and a new method of one that is there."""

    class Doors(PersonView):
        scope = Scope.RIDE

        def post(self, request: Any) -> None: ...

    class More(APIView):
        def delete(self, request: Any) -> None: ...

    planted = [*urls.urlpatterns, path("v1/doors/", Doors.as_view()), path("v1/me/", More.as_view())]
    assert without_a_row(planted, POLICY) == [
        "DELETE v1/me/ has no row: say in tests/policy/policy.py who may",
        "POST v1/doors/ has no row: say in tests/policy/policy.py who may",
    ]


def test_the_page_says_what_the_policy_says():
    assert PAGE.read_text() == page(POLICY), "docs/authorisation.md is stale: write it anew by python -m tests.policy"


def test_a_rule_that_changed_makes_the_page_stale():
    """Control: one more may."""
    first, *others = POLICY
    assert page([replace(first, scope=("more",)), *others]) != PAGE.read_text()
