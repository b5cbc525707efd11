"""The door of the catalog lane: asks who calls before a body is read, so that strangers take nobody's place."""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from panope.http.auth import DeclaredAccess, declared_access
from panope.http.errors import FAMILY
from panope.http.limits import Admission, BufferedBodies

_Guarded = tuple[BaseRoute, DeclaredAccess[Any]]


class Door:
    """Lets requests with a body on to the lane once their callers are known.

    What finds no route goes on unread. A route that lets anybody in takes no body here: forms of strangers are read by
    the hot lane, a little at most.
    """

    def __init__(self, catalog: FastAPI, admission: Admission) -> None:
        self._catalog = catalog
        self._known = BufferedBodies(catalog, admission)
        self._routes = _by_method(catalog)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; raises what admitting its caller and reading its body raise."""
        headers = Headers(scope=scope)
        if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
            await self._catalog(scope, receive, send)
            return
        for route, access in self._routes.get(scope["method"], ()):
            match, found = route.matches(scope)
            if match is Match.FULL and access.required is not None:
                scope["route"] = route
                await self._admit(access, scope, found)
                await self._known(scope, receive, send)
                return
        await self._catalog(scope, receive, send)

    async def _admit(self, access: DeclaredAccess[Any], scope: Scope, found: Scope) -> None:
        scope.setdefault("state", {})
        seen = {**scope, **found, "app": self._catalog}
        try:
            await access(Request(seen))
        finally:
            if FAMILY in seen:
                scope[FAMILY] = seen[FAMILY]


def _by_method(catalog: FastAPI) -> dict[str, list[_Guarded]]:
    routes: dict[str, list[_Guarded]] = {}
    for context in iter_route_contexts(catalog.routes):
        for method in context.methods or ():
            routes.setdefault(method, []).append((context.original_route, declared_access(context)))
    return routes
