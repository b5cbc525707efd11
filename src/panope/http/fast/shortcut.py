"""The way of a request for a prompt that came before, from the same caller and with the same words.

Agents ask for the same few prompts before every call. Such a request needs no routing, and its credentials no second
check: all that is asked is whether any key, project or prompt has changed since.
"""

import hashlib
from typing import Any, Final

from msgspec import Struct
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from panope.domain.accounts import Principal
from panope.domain.errors import UnavailableError
from panope.domain.prompts.prompt import PromptLookup
from panope.features.prompts.reading import PromptReading
from panope.http.auth import ADMISSION, Admission
from panope.http.clients import header_of
from panope.kit.clock import Clock
from panope.ports.catalog import CatalogVersion, Version

PATH: Final = "/api/public/v2/prompts/"
_MAX_KNOWN: Final = 4_096
_MAX_ADDRESS_BYTES: Final = 2_048
_HEAD: Final = [(b"content-type", b"application/json")]
_Key = tuple[bytes, bytes, bytes]


class _Known(Struct, frozen=True):
    """Who asked for what, and which route served it."""

    principal: Principal
    expires_us: int | None
    lookup: PromptLookup
    route: Any


class Requests:
    """Requests that were answered, of one version of the catalog's accounts. Credentials are kept as digests."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._accounts = -1
        self._known: dict[_Key, _Known] = {}

    def find(self, scope: Scope, version: Version, now_us: int) -> _Known | None:
        """What is known of a request, if its key still holds."""
        if version.accounts != self._accounts:
            self._known.clear()
            self._accounts = version.accounts
        known = self._known.get(self._key_of(scope))
        return known if known is not None and (known.expires_us is None or known.expires_us > now_us) else None

    def put(self, request: Request, lookup: PromptLookup) -> None:
        """Remember a request that was let in and answered."""
        scope = request.scope
        admission: Admission = scope["state"][ADMISSION]
        principal = admission.principal
        if not isinstance(principal, Principal):
            return
        key = self._key_of(scope)
        if admission.version.accounts != self._accounts or not key[1] or len(key[1]) + len(key[2]) > _MAX_ADDRESS_BYTES:
            return
        if len(self._known) >= _MAX_KNOWN:
            self._known.clear()
        self._known[key] = _Known(principal, admission.expires_us, lookup, scope.get("route"))

    def _key_of(self, scope: Scope) -> _Key:
        sent = (header_of(scope, b"authorization") or "").encode("latin-1")
        digest = hashlib.blake2b(sent, key=self._secret, digest_size=16).digest()
        return digest, scope.get("raw_path") or b"", scope["query_string"]


class PromptShortcut:
    """Answers such requests; all others go on to the routes."""

    def __init__(
        self, app: ASGIApp, requests: Requests, reading: PromptReading, version: CatalogVersion, clock: Clock
    ) -> None:
        self._app = app
        self._requests = requests
        self._reading = reading
        self._version = version
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "GET" or PATH not in scope["path"]:
            await self._app(scope, receive, send)
            return
        answer = await self._recall(scope)
        if answer is None:
            await self._app(scope, receive, send)
            return
        headers = [*_HEAD, (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _recall(self, scope: Scope) -> bytes | None:
        try:
            version = await self._version.current()
        except UnavailableError:
            return None  # the route will say so
        known = self._requests.find(scope, version, self._clock())
        if known is None:
            return None
        answer = self._reading.recall(known.principal.project_id, known.lookup, version)
        if answer is not None:
            scope["route"] = known.route
            scope.setdefault("state", {})["principal"] = known.principal
        return answer
