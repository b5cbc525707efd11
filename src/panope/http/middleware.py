"""What every request passes through, as plain ASGI: path prefix, request id, log line, metrics, CORS."""

import logging
import re
from collections.abc import Callable
from typing import Any, Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from panope.domain.accounts import OrganizationPrincipal
from panope.http.clients import header_of
from panope.http.errors import FAMILY, Family, render_internal
from panope.kit.clock import monotonic_s
from panope.kit.metrics import ServerMetrics

REQUEST_ID_HEADER = "x-request-id"
_REQUEST_ID_KEY = REQUEST_ID_HEADER.encode()
CLIENT_CLOSED = 499
"""Status in the log when the client went away before its answer; it is never sent."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)+")
_VARY = (b"vary", b"Origin")
_QUIET_ROUTES = frozenset({"/api/public/health", "/api/public/ready", "/metrics"})


class PathPrefix:
    """Serves the app under a prefix known only at run time: from the settings, or from the proxy in front.

    Works whether the proxy strips the prefix from the path or leaves it there.
    """

    def __init__(self, app: ASGIApp, root_path: str = "") -> None:
        self._app = app
        self._root_path = root_path.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Set `root_path` and make `path` start with it, as ASGI wants it."""
        if scope["type"] == "http":
            prefix = self._prefix(header_of(scope, b"x-forwarded-prefix"))
            if prefix:
                raw = prefix.encode()
                scope["root_path"] = prefix
                scope["path"] = _with_prefix(scope["path"], prefix)
                scope["raw_path"] = _with_prefix(scope.get("raw_path") or b"", raw)
        await self._app(scope, receive, send)

    def _prefix(self, forwarded: str | None) -> str:
        if forwarded:
            candidate = forwarded.split(",")[0].strip().rstrip("/")
            if _PREFIX.fullmatch(candidate):
                return candidate
        return self._root_path


def _with_prefix(path: Any, prefix: Any) -> Any:
    slash = prefix[:1]
    if path == prefix:
        return prefix + slash  # the start page, by the address that people type
    return path if path.startswith(prefix + slash) else prefix + path


class Observation:
    """Gives a request its id, logs and counts it, and turns what nobody foresaw into a 500 that says nothing."""

    def __init__(self, app: ASGIApp, metrics: ServerMetrics, new_id: Callable[[], str]) -> None:
        self._app = app
        self._metrics = metrics
        self._new_id = new_id
        self._log = structlog.get_logger("panope.http")
        self._requests_log: Any = None
        """The same, bound on the first request: each binding costs as much as a quarter of the rest."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send, self._request_id(scope))
        bound = structlog.contextvars.bind_contextvars(request_id=exchange.request_id)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except ClientDisconnect:
            exchange.status = CLIENT_CLOSED
        except Exception as error:  # noqa: BLE001  # the last place that can turn it into an answer
            await self._fail(exchange, error)
        finally:
            self._report(exchange)
            structlog.contextvars.reset_contextvars(**bound)

    def _request_id(self, scope: Scope) -> str:
        sent = header_of(scope, _REQUEST_ID_KEY)
        return sent if sent is not None and _REQUEST_ID.fullmatch(sent) else self._new_id()

    async def _fail(self, exchange: "_Exchange", error: Exception) -> None:
        self._log.error("request failed unexpectedly", route=exchange.route, exc_info=error)
        if not exchange.started:
            response = render_internal(exchange.scope.get(FAMILY, Family.TYPED))
            await response(exchange.scope, exchange.receive, exchange.send)
        elif not exchange.finished:
            exchange.status = 500
            raise ConnectionAbortedError from None

    def _report(self, exchange: "_Exchange") -> None:
        duration_s = monotonic_s() - exchange.began_s
        method, route, status = exchange.scope["method"], exchange.route, exchange.status
        self._metrics.count_request(method, route, status, duration_s)
        if self._requests_log is None:
            self._requests_log = self._log.bind()
        level = logging.DEBUG if route in _QUIET_ROUTES and status < 500 else logging.INFO
        if self._requests_log.is_enabled_for(level):
            self._requests_log.log(
                level, "request", method=method, **exchange.describe(), ms=round(duration_s * 1000, 2)
            )


class _Exchange:
    """One request and what was answered so far."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        self.scope = scope
        self._receive = receive
        self._send = send
        self.request_id = request_id
        self.began_s = monotonic_s()
        self.status = CLIENT_CLOSED
        self.started = False
        self.finished = False
        self._bytes_in = 0
        self._bytes_out = 0
        scope.setdefault("state", {})["request_id"] = request_id

    async def receive(self) -> Message:
        """Pass on what comes in, counting it."""
        message = await self._receive()
        self._bytes_in += len(message.get("body", b""))
        return message

    async def send(self, message: Message) -> None:
        """Pass on what goes out, counting it; the request id goes with it."""
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), (_REQUEST_ID_KEY, self.request_id.encode("latin-1"))]
        elif message["type"] == "http.response.body":
            self._bytes_out += len(message.get("body", b""))
            self.finished = not message.get("more_body", False)
        await self._send(message)

    @property
    def route(self) -> str:
        """Template of the route, never the path: that may hold ids or worse."""
        return getattr(self.scope.get("route"), "path", None) or "unmatched"

    def describe(self) -> dict[str, Any]:
        """What the log line says about it."""
        principal = self.scope["state"].get("principal")
        described = {
            "route": self.route,
            "status": self.status,
            "bytes_in": self._bytes_in,
            "bytes_out": self._bytes_out,
            "project": getattr(principal, "project_id", None),
            "user": getattr(principal, "user_id", None),
            "organization": principal.organization_id if isinstance(principal, OrganizationPrincipal) else None,
            "code": self.scope["state"].get("error_code"),
        }
        return {name: value for name, value in described.items() if value is not None}


ANY_ORIGIN: Final = frozenset({"*"})
"""Pages from everywhere."""


class Cors:
    """Lets browsers call the public API, from anywhere or from some origins, without cookies: a key is what counts.

    Stands outside of everything that may fail, so that a browser can read failures too.
    """

    _PATH = "/api/public/"
    _METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
    _EXPOSED = "X-Request-Id, Retry-After"

    def __init__(self, app: ASGIApp, origins: frozenset[str] = ANY_ORIGIN) -> None:
        self._app = app
        self._origins = origins
        self._takes_all = origins == ANY_ORIGIN

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight; add the headers to everything else."""
        path = scope.get("path", "").removeprefix(scope.get("root_path", "")) if scope["type"] == "http" else ""
        if not path.startswith(self._PATH):
            await self._app(scope, receive, send)
            return
        origin = header_of(scope, b"origin")
        if scope["method"] == "OPTIONS":
            await self._answer_preflight(send, Headers(scope=scope))
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                if origin is None and not any(key == b"vary" for key, _ in message["headers"]):
                    message["headers"].append(_VARY)
                else:
                    self._allow(MutableHeaders(scope=message), origin)
            await send(message)

        await self._app(scope, receive, send_with_headers)

    async def _answer_preflight(self, send: Send, request: Headers) -> None:
        start: Message = {"type": "http.response.start", "status": 204, "headers": []}
        headers = MutableHeaders(scope=start)
        self._allow(headers, request.get("origin"))
        headers["Allow"] = self._METHODS
        headers["Access-Control-Allow-Methods"] = self._METHODS
        headers["Access-Control-Allow-Headers"] = request.get("access-control-request-headers", "*")
        headers["Access-Control-Max-Age"] = "86400"
        await send(start)
        await send({"type": "http.response.body", "body": b""})

    def _allow(self, headers: MutableHeaders, origin: str | None) -> None:
        headers.add_vary_header("Origin")
        if origin and (self._takes_all or origin in self._origins):
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Expose-Headers"] = self._EXPOSED
