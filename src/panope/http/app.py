"""The ASGI app: hot routes first, catalog routes behind them, and what every request passes through around both.

A path belongs to one lane. Every route says whom it lets in; a route that does not is a mistake that stops the start.
"""

from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from msgspec import Struct
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from panope.domain.errors import PanopeError
from panope.features.tracing.sharing import TraceSharing
from panope.http.auth import Gate, RequiredAccess, declared_access
from panope.http.door import Door
from panope.http.errors import (
    FAMILY,
    answer_http_exception,
    answer_internal,
    answer_invalid_request,
    family_of,
)
from panope.http.fast.routing import FastRoute
from panope.http.lane import PathTable
from panope.http.limits import Admission, BodyLimits
from panope.http.members import MemberGate
from panope.http.middleware import ANY_ORIGIN, Cors, Observation, PathPrefix
from panope.http.openapi import openapi_endpoint
from panope.http.outage import Outage, answer_errors
from panope.http.spa import WebApp, WebAppLane
from panope.kit.metrics import ServerMetrics

OPENAPI_PATH = "/api/openapi.json"

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


class AppParts(Struct, frozen=True, kw_only=True):
    """Everything the app is assembled from."""

    version: str
    gate: Gate
    fast_routes: Sequence[FastRoute]
    routers: Sequence[APIRouter]
    metrics: ServerMetrics
    new_id: Callable[[], str]
    """Makes request ids."""
    member_gate: MemberGate | None = None
    """For the routes of people who are signed in; None when there are none."""
    sharing: TraceSharing | None = None
    """What of it is open to anybody; there wherever `member_gate` is."""
    shortcuts: Sequence[Middleware] = ()
    """What may answer before a route is looked for, seen and counted as any request."""
    lifespan: Lifespan | None = None
    admission: Admission | None = None
    """Of the catalog lane's bodies; None: one with the usual limits."""
    root_path: str = ""
    browser_origins: frozenset[str] = ANY_ORIGIN
    """Whose pages may call the public API."""
    web_app: WebApp | None = None
    """Answers every address that is no route; None: such addresses are unknown."""


class RouteEntry(Struct, frozen=True, order=True):
    """One line of the route table."""

    path: str
    method: str
    access: RequiredAccess


def create_app(parts: AppParts) -> Starlette:
    """Assemble the app. Raises `ValueError` when a route does not declare its access or two lanes share a path."""
    handlers = _make_handlers()
    catalog = _catalog_app(parts, handlers)
    described = FastRoute(OPENAPI_PATH, "GET", openapi_endpoint(catalog, parts.fast_routes), None)
    fast_routes = [*parts.fast_routes, described]
    app = Starlette(
        routes=_fast_lane(fast_routes, parts.gate),
        lifespan=parts.lifespan,
        exception_handlers=handlers,
        middleware=[
            Middleware(PathPrefix, root_path=parts.root_path),
            Middleware(Cors, origins=parts.browser_origins),
            Middleware(Observation, metrics=parts.metrics, new_id=parts.new_id),
            *parts.shortcuts,
        ],
    )
    app.router.redirect_slashes = False
    door = Door(catalog, parts.admission or Admission(BodyLimits()))
    app.router.default = door if parts.web_app is None else WebAppLane(door, parts.web_app)
    app.state.route_table = _route_table(fast_routes, catalog)
    return app


_Handlers = dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]]


def _make_handlers() -> _Handlers:
    return {
        PanopeError: answer_errors(Outage()),
        HTTPException: answer_http_exception,
        RequestValidationError: answer_invalid_request,
    }


def _catalog_app(parts: AppParts, handlers: _Handlers) -> FastAPI:
    """The FastAPI app behind the hot routes. Its own pages are off: they would load scripts from elsewhere."""
    app = FastAPI(
        title="panope",
        version=parts.version,
        openapi_url=None,
        redirect_slashes=False,
        exception_handlers={**handlers, Exception: answer_internal},
    )
    app.state.gate = parts.gate
    app.state.member_gate = parts.member_gate
    app.state.sharing = parts.sharing
    for router in parts.routers:
        app.include_router(router)
    return app


class MethodSwitch:
    """The ASGI endpoint of one hot path: admits the caller, then serves the method."""

    def __init__(self, routes: Iterable[FastRoute], gate: Gate) -> None:
        self._routes = {route.method: route for route in routes}
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request whose method the route table knows."""
        request = Request(scope, receive, send)
        route = self._routes["GET" if scope["method"] == "HEAD" else scope["method"]]
        scope[FAMILY] = family_of(route.path)
        if route.access is not None:
            await self._gate.admit(request, route.access)
        response: Response = await route.endpoint(request)
        await response(scope, receive, send)


def _fast_lane(routes: Iterable[FastRoute], gate: Gate) -> list[BaseRoute]:
    """One Starlette route per path, so that a wrong method is told all the right ones."""
    by_path: dict[str, list[FastRoute]] = {}
    for route in routes:
        by_path.setdefault(route.path, []).append(route)
    table = [
        Route(path, MethodSwitch(same_path, gate), methods=[route.method for route in same_path], name=path)
        for path, same_path in by_path.items()
    ]
    return [PathTable(table)]


def _route_table(fast_routes: Sequence[FastRoute], catalog: FastAPI) -> list[RouteEntry]:
    entries = [RouteEntry(route.path, route.method, route.access) for route in fast_routes]
    fast_paths = {route.path for route in fast_routes}
    for context in iter_route_contexts(catalog.routes):
        path, methods = context.path or "", sorted(context.methods or ())
        if path in fast_paths or path != getattr(context.original_route, "path", None):
            text = f"Route {path} is in both lanes, or its router was nested under a prefix"
            raise ValueError(text)
        access = declared_access(context).required
        entries.extend(RouteEntry(path, method, access) for method in methods)
    return entries
