"""Answers that travel packed: rows and skeletons shrink to a tenth."""

import asyncio
import gzip
from typing import Final

from fastapi import Request, Response

_SMALL_BYTES: Final = 4 * 1024
"""Fewer are sent as they are."""
_INLINE_BYTES: Final = 64 * 1024
"""More are packed beside the event loop."""
_LEVEL: Final = 4
"""Of nine: twice as fast as the usual six, for a tenth more bytes."""


async def pack(request: Request, response: Response) -> Response:
    """The same answer with its body packed, where the caller takes that and it is worth it; never of a stream."""
    body = getattr(response, "body", b"")
    takes_gzip = "gzip" in request.headers.get("accept-encoding", "")
    if not takes_gzip or len(body) < _SMALL_BYTES or "content-encoding" in response.headers:
        return response
    if len(body) > _INLINE_BYTES:
        packed = await asyncio.to_thread(_pack, body)
    else:
        packed = _pack(body)
    response.body = packed
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(len(packed))
    response.headers.add_vary_header("Accept-Encoding")
    return response


def _pack(body: bytes) -> bytes:
    return gzip.compress(body, _LEVEL, mtime=0)
