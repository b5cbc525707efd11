"""How a failure looks on the wire: one table from error kind to status, and one body shape per family of routes.

The shapes differ for historical reasons that clients rely on, so they are kept apart instead of unified.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from panope.domain.errors import ErrorKind, InvalidError, PanopeError, TooBroadError

FAMILY = "panope.family"
"""Key of the ASGI scope that holds the `Family` of the route being served."""


class Family(StrEnum):
    """Groups of routes that word their errors alike."""

    TYPED = "typed"
    """`{"message", "error": "LangfuseNotFoundError"}`: everything not named below."""
    INGESTION = "ingestion"
    """`{"message", "errors": ["…"]}` for what is malformed as a whole."""
    OTEL = "otel"
    """`{"error"}`."""
    UI = "ui"
    """`{"message", "error": "the_code"}`, and `issues` by their place: the web app's."""
    SCIM = "scim"
    """What RFC 7644 says: `{"schemas", "detail", "status"}`."""


class _Face(msgspec.Struct, frozen=True):
    """What one kind of error is called over HTTP."""

    status: int
    name: str


_FACES = {
    ErrorKind.INVALID: _Face(400, "InvalidRequestError"),
    ErrorKind.UNAUTHENTICATED: _Face(401, "UnauthorizedError"),
    ErrorKind.FORBIDDEN: _Face(403, "ForbiddenError"),
    ErrorKind.NOT_FOUND: _Face(404, "LangfuseNotFoundError"),
    ErrorKind.CONFLICT: _Face(409, "LangfuseConflictError"),
    ErrorKind.TOO_LARGE: _Face(413, "PayloadTooLargeError"),
    ErrorKind.RATE_LIMITED: _Face(429, "TooManyRequestsError"),
    ErrorKind.INTERNAL: _Face(500, "InternalServerError"),
    ErrorKind.UNSUPPORTED: _Face(501, "NotImplementedError"),
    ErrorKind.UNAVAILABLE: _Face(503, "ServiceUnavailableError"),
}
_TOO_BROAD = _Face(422, "UnprocessableContentError")
"""Of the kind invalid, with a status that tells a question that costs too much from one that makes no sense."""
_TRANSPORT = {
    404: ("Not found: no such route", "LangfuseNotFoundError"),
    405: ("Method not allowed on this route", "MethodNotAllowedError"),
    408: ("The request body did not arrive in time", "RequestTimeoutError"),
}
_RETRY_AFTER_S = 1
_NOT_FOUND = 404
_SPANS = "/v1/traces"
_SPANS_ARE_TAKEN = (
    ". Spans are taken at /api/public/otel/v1/traces: end OTEL_EXPORTER_OTLP_ENDPOINT in /api/public/otel"
)
"""For exporters that were given the bare address; they log what the answer says."""
_CHALLENGE = 'Bearer realm="panope"'
"""Not Basic, which is accepted as well: browsers would ask the visitors of a page that sends scores for a password."""
_SCIM_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
_MESSAGE_ONLY = frozenset({ErrorKind.UNAUTHENTICATED, ErrorKind.FORBIDDEN})


def status_of(error: PanopeError) -> int:
    """HTTP status of an error."""
    return _face_of(error).status


def _face_of(error: PanopeError) -> _Face:
    return _TOO_BROAD if isinstance(error, TooBroadError) else _FACES[error.kind]


def json_response(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with `body` as JSON."""
    return Response(msgspec.json.encode(body), status, headers, media_type="application/json")


def render_error(error: PanopeError, family: Family = Family.TYPED) -> Response:
    """Answer with an error of the project's own, in the words of its family."""
    headers = _headers(error)
    if family is Family.UI:  # whose callers have a cookie, and no header to send
        headers.pop("WWW-Authenticate", None)
    return json_response(_body_of(error, family), status_of(error), headers)


def _body_of(error: PanopeError, family: Family) -> dict[str, Any]:
    if family in _WORDED_APART:
        return _WORDED_APART[family](error)
    if error.kind in _MESSAGE_ONLY:
        return {"message": error.message}
    if family is Family.OTEL:
        return {"error": error.message}
    if error.kind is ErrorKind.INVALID and family is Family.INGESTION:
        return {"message": "Invalid request data", "errors": [error.message]}
    if isinstance(error, InvalidError) and error.issues:
        issues = [{"code": issue.code, "path": issue.path, "message": issue.message} for issue in error.issues]
        return {"message": "Invalid request data", "error": issues}
    body: dict[str, Any] = {"message": error.message, "error": _face_of(error).name}
    if error.kind is ErrorKind.RATE_LIMITED:
        body["code"] = "rate_limited"
    elif isinstance(error, TooBroadError):
        body["code"] = error.code
    return body


def _ui_body(error: PanopeError) -> dict[str, Any]:
    body: dict[str, Any] = {"message": error.message, "error": error.code}
    if isinstance(error, InvalidError) and error.issues:
        body["issues"] = [{"code": issue.code, "path": issue.path, "message": issue.message} for issue in error.issues]
    return body


def _scim_body(detail: str, status: int) -> dict[str, Any]:
    return {"schemas": [_SCIM_ERROR], "detail": detail, "status": str(status)}


_WORDED_APART: Mapping[Family, Callable[[PanopeError], dict[str, Any]]] = {
    Family.SCIM: lambda error: _scim_body(error.message, status_of(error)),
    Family.UI: _ui_body,
}
"""Families that word all their errors alike."""


def render_internal(family: Family = Family.TYPED) -> Response:
    """Answer 500 without a word about why."""
    if family is Family.OTEL:
        return json_response({"error": "Internal Server Error"}, 500)
    if family is Family.SCIM:
        return json_response(_scim_body("Internal Server Error", 500), 500)
    return json_response({"message": "Internal Server Error", "error": "InternalServerError"}, 500)


def _headers(error: PanopeError) -> dict[str, str]:
    if error.kind in {ErrorKind.RATE_LIMITED, ErrorKind.UNAVAILABLE}:
        return {"Retry-After": str(error.retry_after_s or _RETRY_AFTER_S)}
    if error.kind is ErrorKind.UNAUTHENTICATED:
        return {"WWW-Authenticate": _CHALLENGE}
    return {}


_FAMILIES = {
    "/api/public/ingestion": Family.INGESTION,
    "/api/public/otel/v1/traces": Family.OTEL,
}


def family_of(path: str) -> Family:
    """Family of a route, by its template."""
    return _FAMILIES.get(path, Family.TYPED)


async def answer_panope_error(request: Request, error: Exception) -> Response:
    """Exception handler for `PanopeError`; what is internal goes on to where the unforeseen is logged."""
    if not isinstance(error, PanopeError) or error.kind is ErrorKind.INTERNAL:
        raise error
    request.scope.setdefault("state", {})["error_code"] = error.code
    return render_error(error, request.scope.get(FAMILY, Family.TYPED))


async def answer_internal(request: Request, _error: Exception) -> Response:
    """Exception handler for everything else; the framework raises it again for the log."""
    return render_internal(request.scope.get(FAMILY, Family.TYPED))


async def answer_http_exception(request: Request, error: Exception) -> Response:
    """Exception handler for what the framework refuses by itself: unknown routes, methods, bodies."""
    if not isinstance(error, HTTPException):
        raise error
    message, name = _TRANSPORT.get(error.status_code, (str(error.detail), "InvalidRequestError"))
    if error.status_code == _NOT_FOUND and request.url.path.endswith(_SPANS):
        message += _SPANS_ARE_TAKEN
    body = {"message": message, "error": name}
    if request.scope.get(FAMILY) is Family.OTEL:
        body = {"error": message}
    headers = dict(error.headers or {})
    if "Allow" in headers:
        headers["Allow"] = ", ".join(sorted(headers["Allow"].split(", ")))
    return json_response(body, error.status_code, headers)


async def answer_invalid_request(_request: Request, error: Exception) -> Response:
    """Exception handler for FastAPI's validation: every problem with its place, and without the value sent."""
    if not isinstance(error, RequestValidationError):
        raise error
    return render_problems(error.errors())


def render_problems(problems: Sequence[Mapping[str, Any]]) -> Response:
    """Answer 400 with `{code, path, message}` per problem; `loc[0]`, the part of the request, is left out."""
    listed = [
        {
            "code": problem["type"],
            "path": [part for part in problem["loc"][1:] if not isinstance(part, int) or problem["loc"][0] == "body"],
            "message": problem["msg"],
        }
        for problem in problems
    ]
    return json_response({"message": "Invalid request data", "error": listed}, 400)
