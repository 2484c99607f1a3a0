"""Whether an answer is one that the API's own description promises: status, media type, code, and each field."""

from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.urls import Resolver404, resolve
from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.plumbing import sanitize_result_object
from openapi_schema_validator import OAS31Validator


@lru_cache
def description() -> dict[str, Any]:
    """The OpenAPI document of this site, in English."""
    with override("en"):
        return sanitize_result_object(SchemaGenerator().get_schema(request=None, public=True))


def operation(method: str, path: str) -> dict[str, Any] | None:
    """What is said of one address; None for an address that is none, or a method that it does not have."""
    try:
        route = resolve(path.partition("?")[0]).route
    except Resolver404:
        return None
    template = "/" + "".join(
        "{" + part.partition(":")[2].replace(">", "}", 1) if i else part for i, part in enumerate(route.split("<"))
    )
    return description()["paths"].get(template, {}).get(method.lower())


def require_described(method: str, path: str, answer: HttpResponse) -> None:
    """Fail unless the description promises this answer. A bug (500) is promised nowhere: the test has to notice it."""
    said = operation(method, path)
    if said is None or answer.status_code == 500:
        return
    asked = f"{method} {path}: {answer.status_code} {answer.content[:300]!r}"
    assert str(answer.status_code) in said["responses"], f"not described: {asked}"
    content = said["responses"][str(answer.status_code)].get("content")
    if content is None:
        assert not answer.content, f"described as empty: {asked}"
        return
    media_type = answer.headers["Content-Type"].partition(";")[0]
    assert media_type in content, f"described as {list(content)}: {asked}"
    schema = {"components": description()["components"], "allOf": [content[media_type]["schema"]]}
    errors = OAS31Validator(schema).iter_errors(answer.json())
    wrong = [f"{'/'.join(map(str, error.path))}: {error.message}" for error in errors]
    assert not wrong, f"{wrong[:5]} in {asked}"
