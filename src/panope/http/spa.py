"""The built web app: hashed files that never change, and one page for every address that a person may have.

The page is the same for all addresses; only the path prefix is written into it, as `<base href>`. Nothing on it runs
that is not a file of this server.
"""

import asyncio
import hashlib
import mimetypes
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Final

from msgspec import Struct
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from panope.http.clients import header_of

INDEX: Final = "index.html"
_BASE: Final = b'<base href="/" />'
_HASHED: Final = "assets/"
"""Folder of the files whose names tell their content."""
_OTHERS: Final = ("/api", "/auth", "/setup", "/metrics", "/assets")
"""What is never a page of the app: unknown paths below stay the plain 404 that programs understand."""
_ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
"""What the build packs beforehand, the best first."""
_MAX_PREFIXES: Final = 16
"""Pages kept ready; a proxy has one prefix, and whoever makes up more shall not fill the memory."""

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_COMMON: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class _Route(Struct, frozen=True):
    """What the log and the figures call a request that the app answered."""

    path: str


_PAGE_ROUTE: Final = _Route("/{page}")
_FILE_ROUTE: Final = _Route("/{file}")


class WebApp(Struct, frozen=True):
    """The files of a built app."""

    directory: Path
    names: frozenset[str]
    """Of all its files, with slashes, relative to the directory."""

    def path(self, name: str) -> Path:
        """Where a file is."""
        return self.directory / name


def find_web_app(directory: Path) -> WebApp | None:
    """The app that was built into a directory; None when there is none."""
    if not (directory / INDEX).is_file():
        return None
    return WebApp(directory, frozenset(_files(directory)))


def _files(directory: Path) -> Iterable[str]:
    for path in directory.rglob("*"):
        relative = path.relative_to(directory)
        if path.is_file() and not any(part.startswith(".") for part in relative.parts):
            yield relative.as_posix()


class WebAppLane:
    """Answers the app's files and pages; everything else goes on to the app behind it."""

    def __init__(self, behind: ASGIApp, web_app: WebApp) -> None:
        self._behind = behind
        self._web_app = web_app
        self._index = web_app.path(INDEX).read_bytes()
        self._pages: dict[str, Response] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        response = await self._answer(scope) if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"} else None
        await (self._behind if response is None else response)(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response | None:
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        name = path.removeprefix("/")
        if name != INDEX and name in self._web_app.names:
            scope["route"] = _FILE_ROUTE
            return await self._file(name, scope)
        if any(path == other or path.startswith(f"{other}/") for other in _OTHERS):
            return None
        scope["route"] = _PAGE_ROUTE
        return _unless_known(self._page(scope.get("root_path", "")), scope)

    async def _file(self, name: str, scope: Scope) -> Response:
        accepted = _accepted(header_of(scope, b"accept-encoding") or "")
        encoding, suffix = next(
            ((known, end) for known, end in _ENCODINGS if known in accepted and name + end in self._web_app.names),
            ("", ""),
        )
        content = await asyncio.to_thread(self._web_app.path(name + suffix).read_bytes)
        is_hashed = name.startswith(_HASHED)
        headers = {
            **_COMMON,
            "Cache-Control": "public, max-age=31536000, immutable" if is_hashed else "no-cache",
            "ETag": _etag(content),
            "Vary": "Accept-Encoding",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        if encoding:
            headers["Content-Encoding"] = encoding
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return _unless_known(Response(content, headers=headers, media_type=kind), scope)

    def _page(self, prefix: str) -> Response:
        page = self._pages.get(prefix)
        if page is None:
            content = self._index.replace(_BASE, f'<base href="{escape(prefix)}/" />'.encode(), 1)
            headers = {
                **_COMMON,
                "Content-Security-Policy": POLICY,
                "Cache-Control": "no-cache",
                "ETag": _etag(content),
                "X-Robots-Tag": "noindex",
            }
            page = Response(content, headers=headers, media_type="text/html")
            if len(self._pages) < _MAX_PREFIXES:
                self._pages[prefix] = page
        return page


def _unless_known(response: Response, scope: Scope) -> Response:
    """The response, or 304 when the client has it already."""
    known = header_of(scope, b"if-none-match") or ""
    etag = response.headers["etag"]
    if etag not in {tag.strip().removeprefix("W/") for tag in known.split(",")}:
        return response
    kept = ("etag", "cache-control", "vary", "content-security-policy")
    return Response(
        status_code=304, headers={name: response.headers[name] for name in kept if name in response.headers}
    )


def _etag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _accepted(header: str) -> frozenset[str]:
    """Names of the encodings that a client takes."""
    offers = (offer.strip().lower().partition(";") for offer in header.split(","))
    return frozenset(name.strip() for name, _, weight in offers if weight.replace(" ", "") not in {"q=0", "q=0.0"})
