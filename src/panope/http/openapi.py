"""The description of the whole API: what FastAPI knows of its lane, with the hot routes added."""

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.responses import Response

from panope.domain.accounts import Access, Role
from panope.http.auth import Openness, RequiredAccess, declared_access
from panope.http.errors import json_response
from panope.http.fast.routing import FastRoute
from panope.http.members import COOKIE

_PARAMETER = re.compile(r"{(\w+)(:\w+)?}")
_COOKIE_NOTE = f"Somebody who is signed in; at an address with a port the name ends in it, as {COOKIE}_3000"
_SCHEMES = {
    "keyPair": {"type": "http", "scheme": "basic", "description": "Public key as user, secret key as password"},
    "organizationKeyPair": {"type": "http", "scheme": "basic", "description": "The same, of an organisation's key"},
    "publicKey": {"type": "http", "scheme": "bearer", "description": "A public key alone, for writing scores"},
    "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": _COOKIE_NOTE},
}
_SECURITY: dict[RequiredAccess, list[dict[str, list[str]]]] = {
    Access.PROJECT: [{"keyPair": []}],
    Access.ORGANIZATION: [{"organizationKeyPair": []}],
    Access.SCORES: [{"keyPair": []}, {"publicKey": []}],
    None: [],
    Openness.SHARED: [{"session": []}, {}],
    **{role: [{"session": []}] for role in Role},
}


def openapi_endpoint(catalog: FastAPI, fast_routes: Sequence[FastRoute]) -> Callable[[Request], Awaitable[Response]]:
    """Make the endpoint that serves the description; it is built on the first request."""
    built: dict[str, Any] = {}

    async def show_openapi(request: Request) -> Response:
        """Describe the API in OpenAPI 3.1."""
        if not built:
            built.update(describe(catalog, fast_routes))
        return json_response({**built, "servers": [{"url": request.scope.get("root_path") or "/"}]})

    return show_openapi


def describe(catalog: FastAPI, fast_routes: Sequence[FastRoute]) -> dict[str, Any]:
    """Build the OpenAPI document of both lanes."""
    document = dict(catalog.openapi())
    document.setdefault("components", {})["securitySchemes"] = _SCHEMES
    paths = document.setdefault("paths", {})
    for context in iter_route_contexts(catalog.routes):
        for method in context.methods or ():
            operation = paths.get(context.path_format, {}).get(method.lower())
            if operation is not None:
                operation["security"] = _SECURITY[declared_access(context).required]
                _describe_path(operation, context.path or "")
    for route in fast_routes:
        paths.setdefault(_PARAMETER.sub(r"{\1}", route.path), {})[route.method.lower()] = _operation(route)
    return document


def _describe_path(operation: dict[str, Any], path: str) -> None:
    """Add the parameters of a path that only a dependency reads."""
    described = operation.setdefault("parameters", [])
    known = {parameter["name"] for parameter in described if parameter["in"] == "path"}
    described[:0] = [_path_parameter(name) for name, _ in _PARAMETER.findall(path) if name not in known]


def _path_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _operation(route: FastRoute) -> dict[str, Any]:
    text = (route.endpoint.__doc__ or "").strip()
    operation: dict[str, Any] = {
        "operationId": f"{route.method.lower()}_{re.sub(r'[^a-z0-9]+', '_', route.path.lower()).strip('_')}",
        "summary": text.split("\n", 1)[0],
        "security": _SECURITY[route.access],
        "responses": {"200": {"description": "Success"}},
        "parameters": [_path_parameter(name) for name, _ in _PARAMETER.findall(route.path)],
    }
    return operation
