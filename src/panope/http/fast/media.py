"""The bytes of media: streamed in and out under signed links, never whole in memory."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Final, Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from panope.domain.errors import InvalidError
from panope.domain.media.content_types import file_name, is_shown_inline
from panope.features.media.reading import Content, MediaReading
from panope.features.media.uploads import MediaUploads, UploadHeaders
from panope.http.fast.routing import FastRoute
from panope.http.limits import Admission
from panope.kit.clock import monotonic_s
from panope.wire.langfuse.media.bodies import CONTENT_PATH

_SLOWEST_BYTES_PER_S: Final = 4_096
"""Slower clients would hold one of the few places for uploads for days."""
_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; "
    "sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, max-age=3600, immutable",
    "Accept-Ranges": "bytes",
}
"""A browser takes what is uploaded for what it was announced as, and runs nothing of it in this server's origin."""


class MediaUseCases(Protocol):
    """What the endpoint works with."""

    @property
    def uploads(self) -> MediaUploads:
        """How bytes come in."""

    @property
    def reading(self) -> MediaReading:
        """How they go out."""


class MediaContentEndpoint:
    """Takes and gives bytes. The link is the credential: nobody is asked for a key."""

    def __init__(self, services: MediaUseCases, admission: Admission) -> None:
        self._uploads = services.uploads
        self._reading = services.reading
        self._admission = admission

    def routes(self) -> list[FastRoute]:
        """Table of the routes."""
        path = CONTENT_PATH + "/{token}"
        return [
            FastRoute(path, "PUT", self.put_content, None),
            FastRoute(path, "GET", self.get_content, None),
        ]

    async def put_content(self, request: Request) -> Response:
        """Upload the content of a media to the address that its announcement gave."""
        headers = request.headers
        if headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
            text = "Content-Encoding is not supported here: send the content of a media as it is"
            raise InvalidError(text, code="unsupported_encoding")
        declared = headers.get("content-length", "")
        sent = UploadHeaders(
            content_type=headers.get("content-type"),
            content_length=int(declared) if declared.isdecimal() else None,
            sha256=headers.get("x-amz-checksum-sha256"),
        )
        async with self._admission.admit():
            await self._uploads.receive(request.path_params["token"], sent, self._chunks(request))
        return Response(status_code=200)

    async def get_content(self, request: Request) -> Response:
        """Download the content of a media, or a range of it, from the address that the API gave."""
        content = await self._reading.open(request.path_params["token"])
        media = content.media
        disposition = "inline" if is_shown_inline(media.content_type) else "attachment"
        headers = {
            **_ALWAYS,
            "Content-Type": media.content_type,
            "Content-Disposition": f'{disposition}; filename="{file_name(media.id, media.content_type)}"',
            "ETag": f'"{media.id}"',
        }
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        asked = _asked_range(request, content, headers["ETag"])
        start, end = asked or (0, content.size)
        if start >= end:
            return Response(status_code=416, headers={**_ALWAYS, "Content-Range": f"bytes */{content.size}"})
        headers["Content-Length"] = str(end - start)
        if asked is not None:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{content.size}"
        status = 200 if asked is None else 206
        if request.method == "HEAD":
            return Response(status_code=status, headers=headers)
        return StreamingResponse(self._reading.read(content, start, end), status, headers)

    async def _chunks(self, request: Request) -> AsyncIterator[bytes]:
        """The body as it comes; a client that pauses for too long, or only ever sends a little, is given up."""
        stream = request.stream()
        timeout_s = self._admission.limits.body_timeout_s
        until_s = monotonic_s() + timeout_s
        while True:
            try:
                async with asyncio.timeout(min(timeout_s, until_s - monotonic_s())):
                    chunk = await anext(stream, None)
            except TimeoutError:
                raise HTTPException(408) from None
            if chunk is None:
                return
            until_s += len(chunk) / _SLOWEST_BYTES_PER_S
            yield chunk


def _asked_range(request: Request, content: Content, etag: str) -> tuple[int, int] | None:
    """Start and end of the one range that is asked for; None: everything. Start ≥ end: there is no such range."""
    found = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if found is None or not any(found.groups()) or request.headers.get("if-range", etag) != etag:
        return None
    first, last = found.groups()
    if not first:
        return max(0, content.size - int(last)), content.size
    if last and int(last) < int(first):
        return None  # a range that contradicts itself is ignored, as HTTP wants it
    return int(first), min(int(last) + 1, content.size) if last else content.size
