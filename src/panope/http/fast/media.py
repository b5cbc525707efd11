"""The bytes of media: streamed in and out under signed links, never whole in memory."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final, Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from panope.domain.errors import InvalidError
from panope.features.media.reading import MediaReading
from panope.features.media.uploads import MediaUploads, UploadHeaders
from panope.http.fast.routing import FastRoute
from panope.http.limits import Admission
from panope.http.media import answer_content
from panope.kit.clock import monotonic_s
from panope.wire.langfuse.media.bodies import CONTENT_PATH

_SLOWEST_BYTES_PER_S: Final = 4_096
"""Slower clients would hold one of the few places for uploads for days."""


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
        return answer_content(request, content, self._reading)

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
