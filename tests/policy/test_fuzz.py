"""Whatever the schema allows or forbids is sent: no 5xx, no answer that is not described, nothing of others.

The same cases every time, and few of them; more, and others, with
`FUZZ_EXAMPLES=40 FUZZ_SEED=$RANDOM python -m pytest tests/policy/test_fuzz.py`.
"""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from rest_framework.response import Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts import tokens
from rides.api.me import Me
from rides.api.requests import RequestDetail
from rides.errors import NotFound
from rides.models import RideRequest
from tests.policy.fuzz import Real, described
from tests.policy.policy import POLICY
from tests.policy.rollback import undone
from tests.policy.scenes import ana
from tests.policy.town import NEVER_WAS, Town
from tests.rides.programs import client

pytestmark = pytest.mark.django_db

AS_DESCRIBED = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = sorted({(re.sub(r"<\w+:(\w+)>", r"{\1}", rule.route), rule.method) for rule in POLICY})
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "5"))
SEED = int(os.environ.get("FUZZ_SEED", "20261123"))
LOOK = settings(
    deadline=None, database=None, phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck)
)


class Side:
    """One of the two: a program that acts for her, her cases, and what the other must not read of her."""

    def __init__(self, town: Town, name: str, *more: str) -> None:
        self.person = town.people[name]
        self.secret = tokens.issue(self.person, name="fuzz")
        self.real = Real(town, self.person)
        self.secrets = (self.person.email, self.person.phone, town.doors[name]["label"], *more)

    def send(self, case: Any) -> Any:
        with undone():
            return case.call(headers={"Authorization": f"Token {self.secret}"})


@pytest.fixture(scope="module")
def schema() -> Iterator[Any]:
    with described() as one:
        yield one


@pytest.fixture(scope="module")
def both(town: Town, django_db_blocker: Any) -> Iterator[tuple[Side, Side]]:
    """Ana and Bo, who have nothing to do with each other."""
    with django_db_blocker.unblock(), undone():
        ana.settle(town)
        yield Side(town, "Ana", ana.NOTE), Side(town, "Bo")


def told(text: str, secrets: tuple[str, ...]) -> list[str]:
    return [secret for secret in secrets if secret in text]


def fuzz(operation: Any, me: Side, other: Side, *, examples: int = EXAMPLES) -> None:
    """Send cases of one operation for me."""
    print(f"seed {SEED}")  # noqa: T201 - to repeat a failure

    @seed(SEED)
    @settings(LOOK, max_examples=examples)
    @given(me.real.cases(operation))
    def hold(case: Any) -> None:
        answer = me.send(case)
        case.validate_response(answer, checks=AS_DESCRIBED)
        assert not told(f"{answer.headers} {answer.text}", other.secrets), case.as_curl_command()
        if me.real.is_foreign(case):
            there = answer.status_code, answer.content
            case.path_parameters = dict.fromkeys(case.path_parameters, NEVER_WAS)
            nowhere = me.send(case)
            assert there == (nowhere.status_code, nowhere.content), case.as_curl_command()

    hold()


@pytest.mark.parametrize("who", [0, 1], ids=["Ana", "Bo"])
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_nothing_breaks_the_schemas_word(schema, both, path: str, method: str, who: int):
    fuzz(schema["/api/" + path][method], both[who], both[1 - who])


def test_all_of_the_schema_is_tried(schema):
    of_the_schema = {(one.ok().path, one.ok().method.upper()) for one in schema.get_all_operations()}
    assert of_the_schema == {("/api/" + path, method) for path, method in OPERATIONS}


def test_there_is_something_to_find(both):
    """Control: each of them reads his own secrets, so that another's would be seen as well."""
    for side in both:
        program = client(side.person)
        answers = [program.get(f"/api/v1/{path}/") for path in ("me", "requests")]
        assert set(told("".join(answer.content.decode() for answer in answers), side.secrets)) == set(side.secrets)


def _breaks(_view: Any, _request: Any) -> Response:
    raise RuntimeError("planted")


def _says_something_else(_view: Any, _request: Any) -> Response:
    return Response({"name": "Ana"})


def _is_no_status_of_ours(_view: Any, _request: Any) -> Response:
    return Response({}, status=418)


@pytest.mark.parametrize("planted", [_breaks, _says_something_else, _is_no_status_of_ours])
def test_a_fault_of_a_view_is_found(schema, both, monkeypatch, planted):
    """Control."""
    monkeypatch.setattr(Me, "get", planted)
    with pytest.raises((AssertionError, FailureGroup, Failure)):
        fuzz(schema["/api/v1/me/"]["GET"], *both)


def _anybodys(_view: Any, _person: Any, request_id: int) -> RideRequest:
    if found := RideRequest.objects.filter(pk=request_id).first():
        return found
    raise NotFound


def test_a_view_that_forgets_whose_request_it_is_is_found(schema, both, monkeypatch):
    """Control."""
    monkeypatch.setattr(RequestDetail, "row", _anybodys)
    with pytest.raises((AssertionError, FailureGroup, Failure), match="curl"):
        fuzz(schema["/api/v1/requests/{request_id}/"]["GET"], *both, examples=40)
