"""The bytes of media as an answer: whole or a range of them, never as something that a browser would run."""

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from panope.domain.media.content_types import file_name, is_shown_inline
from panope.features.media.reading import Content, MediaReading

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


def answer_content(request: Request, content: Content, reading: MediaReading) -> Response:
    """Answer with a media, or with the range of it that is asked for; 416 for one that it does not have."""
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
    return StreamingResponse(reading.read(content, start, end), status, headers)


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
