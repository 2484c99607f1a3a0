"""The API's description: valid, complete, and held to by every answer that a test's program gets."""

import io
import json
import re

import pytest
from django.core.management import call_command
from django.http import HttpResponse

from accounts.models import ApiToken
from rides.api.authentication import InScope
from rides.api.base import Changing, Creating, Detail, Step
from rides.urls import urlpatterns
from tests.rides import described
from tests.rides.programs import client

METHODS = ("get", "post", "put", "patch", "delete")
UNSAFE = METHODS[1:]
OPERATIONS = [
    pytest.param(path, method, said, id=f"{method} {path}")
    for path, methods in described.description()["paths"].items()
    for method, said in methods.items()
]
VIEWS = [
    pytest.param(one.callback.cls, id=str(one.pattern))
    for one in urlpatterns
    if str(one.pattern).startswith("v1/") and hasattr(one.callback, "cls")
]


def test_the_description_is_valid_and_nothing_in_it_is_a_guess():
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=io.StringIO())
    assert described.description()["openapi"].startswith("3.1")


@pytest.mark.django_db
def test_every_address_is_described():
    given = client().get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    paths = json.loads(given.content)["paths"]
    for one in urlpatterns:
        address = str(one.pattern)
        if address.startswith("v1/"):
            assert "/api/" + re.sub(r"<\w+:(\w+)>", r"{\1}", address) in paths


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_asks_for_scopes_and_says_which(view):
    assert InScope in view.permission_classes
    if any(hasattr(view, method) for method in UNSAFE):
        scopes = view.scope if isinstance(view.scope, tuple) else (view.scope,)
        assert set(scopes) <= set(ApiToken.Scope) - {ApiToken.Scope.READ}


@pytest.mark.parametrize(("path", "method", "said"), OPERATIONS)
def test_every_operation_says_what_may_go_wrong(path, method, said):
    answers = said["responses"]
    assert {"400", "401", "403", "406", "429"} <= set(answers)
    assert ("404" in answers) >= ("{" in path)
    assert "Retry-After" in answers["429"]["headers"]
    for status, answer in answers.items():
        if status >= "400":
            [schema] = [content["schema"] for content in answer["content"].values()]
            assert list(answer["content"]) == ["application/problem+json"]
            assert schema["allOf"][1]["properties"]["code"]["enum"]
    assert "A token needs the scope" in said["description"]


@pytest.mark.parametrize(("path", "method", "said"), OPERATIONS)
def test_no_answer_is_described_as_anything_at_all(path, method, said):
    good = {status: answer for status, answer in said["responses"].items() if status < "400"}
    assert good
    for status, answer in good.items():
        if status in ("204", "304"):
            assert "content" not in answer
            continue
        schema = answer["content"]["application/json"]["schema"]
        assert "$ref" in schema or "$ref" in schema["items"]


@pytest.mark.parametrize("view", VIEWS)
def test_what_a_view_is_decides_what_its_description_says(view):
    address = next("/api/" + str(one.pattern) for one in urlpatterns if getattr(one.callback, "cls", None) is view)
    methods = described.description()["paths"][re.sub(r"<\w+:(\w+)>", r"{\1}", address)]
    commands = [("post", (Creating, Step)), ("patch", (Changing,))]
    for method, kinds in commands:
        if issubclass(view, kinds):
            headers = {one["name"] for one in methods[method]["parameters"] if one["in"] == "header"}
            assert {"409", "412", "415", "422", "503"} <= set(methods[method]["responses"])
            assert headers == {"Idempotency-Key"} | (
                set() if method == "post" and issubclass(view, Creating) else {"If-Match"}
            )
    if issubclass(view, Detail):
        assert "If-None-Match" in {one["name"] for one in methods["get"]["parameters"]}
        assert "ETag" in methods["get"]["responses"]["200"]["headers"]
        assert "304" in methods["get"]["responses"]


def test_how_a_program_shows_its_token_is_described():
    schemes = described.description()["components"]["securitySchemes"]
    assert (schemes["token"]["in"], schemes["token"]["name"]) == ("header", "Authorization")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        HttpResponse(status=418),
        HttpResponse("{}", status=200, content_type="text/html"),
        HttpResponse("{}", status=200, content_type="application/json"),
        HttpResponse('{"code": "hm"}', status=404, content_type="application/problem+json"),
    ],
)
def test_an_answer_that_is_not_described_is_noticed(to_the_store, wrong):
    """Control for all tests that speak through `programs.client`."""
    path = f"/api/v1/offers/{to_the_store.pk}/"
    wrong.json = lambda: __import__("json").loads(wrong.content)
    client().get(path)
    with pytest.raises(AssertionError):
        described.require_described("GET", path, wrong)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("get", "/api/v1/nothing/", 404, "not_found"),
        ("post", "/api/v1/offers", 404, "not_found"),
        ("post", "/api/v1/bookings/7/explode/", 404, "not_found"),
        ("get", "/api/v1/bookings/7/accept/", 405, "method_not_allowed"),
        ("delete", "/api/v1/offers/", 405, "method_not_allowed"),
        ("options", "/api/v1/offers/", 405, "method_not_allowed"),
    ],
)
def test_what_is_not_there_is_a_problem_too(bo, method, path, status, code):
    answer = getattr(client(bo), method)(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
