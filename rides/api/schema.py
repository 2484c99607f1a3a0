"""The OpenAPI description: what a view says of itself, and the problems that every view may answer."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated

from rides.api.authentication import ScopeMissing
from rides.api.base import KEY, Creating, Detail, Listing, PublicView, Step
from rides.api.limits import TooManyRequests
from rides.api.problems import CONTENT_TYPE
from rides.api.reading import TooLarge
from rides.commands.execute import Busy
from rides.commands.stored import InProgress, KeyReused
from rides.errors import Invalid, NotFound, PlanChanged
from rides.preconditions import PreconditionFailed
from rides.serializers.problems import ProblemOut

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="An ETag: do it only while the row is as it was then."
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="An ETag: answer 304 when that is still what is there."
)
ETAG = OpenApiParameter("ETag", str, OpenApiParameter.HEADER, response=[200, 304])
REPLAYED = OpenApiParameter(
    "Idempotency-Replayed",
    {"type": "string", "const": "true"},
    OpenApiParameter.HEADER,
    response=[200, 201, 202, 409],
    description="This is the stored answer of an earlier request with this key.",
)
RETRY_AFTER = OpenApiParameter(
    "Retry-After", OpenApiTypes.INT, OpenApiParameter.HEADER, response=[409, 429, 503], description="Seconds."
)

ALWAYS = (Invalid, exceptions.AuthenticationFailed, ScopeMissing, exceptions.NotAcceptable, TooManyRequests)
SIGNED_IN = (exceptions.NotAuthenticated,)
CHANGE = (*SIGNED_IN, exceptions.PermissionDenied, exceptions.ParseError, exceptions.UnsupportedMediaType, TooLarge)
COMMAND = (InProgress, PlanChanged, KeyReused, PreconditionFailed, Busy)


class Schema(AutoSchema):
    """Reads `out`, `body`, `command`, `refusals` and the like; `extend_schema` goes before all of it."""

    def get_operation_id(self) -> str:
        """A step is called as it stands in its address."""
        return "_".join(self._tokenize_path()) if isinstance(self.view, Step) else super().get_operation_id()

    view: Any

    def get_description(self) -> str:  # type: ignore[override]
        said = super().get_description()
        scope = "read" if self.method in SAFE_METHODS else getattr(self.view, "scope", "")
        scopes = [scope] if isinstance(scope, str) else list(scope)
        return said + "\n\nA token needs the scope " + " or ".join(f"`{one}`" for one in scopes) + "."

    def get_override_parameters(self) -> list[Any]:
        return [*self._parameters(), RETRY_AFTER]

    def get_request_serializer(self) -> Any:
        return getattr(self.view, "body", None)

    def get_response_serializers(self) -> Any:
        view = self.view
        if self.method == "GET" and isinstance(view, Listing):
            return view.out(many=True)
        if self.method == "GET" and isinstance(view, Detail):
            return {200: view.out, 304: OpenApiResponse(description="It is still what you have.")}
        if self._is_command():
            return {view.status: view.out or view.detail.out}
        return super().get_response_serializers()

    def _get_serializer_field_meta(self, field: Any, direction: Any) -> dict[str, Any]:
        """A value that may be missing along its `source` reads null, which is its default."""
        meta: dict[str, Any] = super()._get_serializer_field_meta(field, direction)  # type: ignore[no-untyped-call]
        return meta | {"nullable": True} if getattr(field, "read_only", False) and field.default is None else meta

    def _parameters(self) -> list[OpenApiParameter]:
        view = self.view
        if self._is_command():
            return [KEY, REPLAYED, *([] if isinstance(view, Creating) else [IF_MATCH])]
        return [IF_NONE_MATCH, ETAG] if self.method == "GET" and isinstance(view, Detail) else []

    def _is_command(self) -> bool:
        return self.method in ("POST", "PATCH") and hasattr(self.view, "command")

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        by_status: dict[int, dict[str, str]] = {}
        for problem in self._problems():
            status, code, sentence = _facts(problem)
            by_status.setdefault(status, {})[code] = sentence
        return bodies | {str(status): self._problem(status, codes) for status, codes in sorted(by_status.items())}

    def _problems(self) -> list[type[Exception]]:
        handler = getattr(self.view, self.method.lower())
        found: list[type[Exception]] = [*ALWAYS, *getattr(handler, "refusals", ())]
        if "{" in self.path:
            found.append(NotFound)
        if any(isinstance(one, IsAuthenticated) for one in self.view.get_permissions()):
            found += SIGNED_IN
        if self.method not in SAFE_METHODS:
            found += CHANGE
        if self._is_command():
            found += [*COMMAND, *self.view.refusals]
        elif not isinstance(self.view, PublicView):
            found += getattr(self.view, "refusals", ())
        return found

    def _problem(self, status: int, codes: dict[str, str]) -> dict[str, Any]:
        component = self.resolve_serializer(ProblemOut, "response")
        schema = {"allOf": [component.ref, {"properties": {"code": {"enum": sorted(codes)}}}]}
        lines = "\n".join(f"- `{code}`: {sentence}" for code, sentence in sorted(codes.items()))
        body: dict[str, Any] = self._get_response_for_code(  # type: ignore[no-untyped-call]
            OpenApiResponse(schema, lines), str(status), [CONTENT_TYPE]
        )
        return body


def close_bodies(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Say of everything that is sent that it has no other fields than those described, see rides.api.reading."""
    components = result["components"]["schemas"]
    methods = [method for path in result["paths"].values() for method in path.values()]
    rest = [_refs(method["requestBody"]) for method in methods if "requestBody" in method]
    closed: set[str] = set()
    while rest:
        for name in rest.pop() - closed:
            closed.add(name)
            if "properties" in components[name]:
                components[name]["additionalProperties"] = False
            rest.append(_refs(components[name]))
    return result


def _refs(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return {name for one in schema for name in _refs(one)}
    if not isinstance(schema, dict):
        return set()
    here = {str(schema["$ref"]).rpartition("/")[2]} if "$ref" in schema else set()
    return here.union(*(_refs(one) for one in schema.values()))


def _facts(problem: Any) -> tuple[int, str, str]:
    if issubclass(problem, exceptions.APIException):
        return problem.status_code, problem.default_code, str(problem.default_detail)
    return problem.status, problem.code, str(problem.sentence)


class WallTime(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """A time as the clock on the wall says it. The format `time` of JSON Schema has an offset (RFC 3339), this none."""

    target_class = "rest_framework.fields.TimeField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?$", "examples": ["07:30"]}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a program shows its token."""

    target_class = "rides.api.authentication.ByToken"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token <secret>`, as made at /api/v1/me/tokens/ with the scopes it needs.",
        }
