"""How much a client may send, how fast, and how much of it the server holds at once.

A body counts three times: as it arrives, as it unpacks, and together with all others that are being worked on. Nothing
is trusted that a client says about its own size.
"""

import asyncio
import threading
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct
from msgspec.structs import replace
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from panope.domain.errors import InvalidError, RateLimitedError, TooLargeError

_INLINE_BYTES = 64 * 1024
"""Packed bodies up to this size are unpacked on the event loop: a thread would cost more than it saves."""
_PACKED = frozenset({"gzip", "x-gzip", "deflate"})
_WBITS = 47
"""zlib finds out which of its two containers it has: gzip, or its own, which HTTP calls deflate."""
_STEP_BYTES = 1024 * 1024
_PIECE_BYTES = 16 * 1024
"""So much of a packed body is given to zlib at once: it copies whatever a member leaves, and members may be tiny."""
_MAX_MEMBERS = 10_000
"""A member that unpacks to nothing counts towards no other limit."""
_BODY_HEADERS = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})


class BodyLimits(Struct, frozen=True, kw_only=True):
    """Limits of request bodies; the setting of the same name sets each."""

    max_body_bytes: int = 64 * 1024 * 1024
    """Largest body, packed and unpacked alike."""
    browser_max_body_bytes: int = 1024 * 1024
    """The same for callers with a public key alone."""
    browser_requests_per_minute: int = 3_000
    """Of each public key that is sent alone."""
    max_in_flight_bytes: int = 192 * 1024 * 1024
    """Bytes of all bodies together that are being received or stored."""
    max_in_flight_requests: int = 256
    """Writes that are being received or stored."""
    body_timeout_s: float = 60.0
    """Time for a body to arrive."""

    def for_browsers(self) -> "BodyLimits":
        """What holds for callers with a public key alone."""
        return replace(self, max_body_bytes=min(self.max_body_bytes, self.browser_max_body_bytes))


class Reservation:
    """One request's share of what the server holds in memory."""

    def __init__(self, admission: "Admission") -> None:
        self._admission = admission
        self.held_bytes = 0

    def hold(self, count: int) -> None:
        """Count more bytes in; raise `RateLimitedError` when they do not fit beside everybody else's.

        A negative count gives bytes back. Safe to call from any thread.
        """
        self._admission.move(count)
        self.held_bytes += count


class Admission:
    """The gate of the write endpoints: beyond its limits a client is told to come back, at once and unread."""

    def __init__(self, limits: BodyLimits) -> None:
        self.limits = limits
        self.in_flight_bytes = 0
        self.in_flight_requests = 0
        self._lock = threading.Lock()

    def move(self, count: int) -> None:
        """Add bytes to those in flight, or take them away; raise `RateLimitedError` when they do not fit."""
        limit = self.limits.max_in_flight_bytes
        with self._lock:
            if count > 0 and self.in_flight_bytes + count > limit:
                text = f"The server already holds what max_in_flight_bytes ({limit}) allows: send again later"
                raise RateLimitedError(text, code="too_many_bytes_in_flight", retry_after_s=1)
            self.in_flight_bytes += count

    @asynccontextmanager
    async def admit(self) -> AsyncIterator[Reservation]:
        """Hold a place until the block ends; raise `RateLimitedError` when all are taken."""
        limit = self.limits.max_in_flight_requests
        if self.in_flight_requests >= limit:
            text = f"The server is working on as many requests as max_in_flight_requests ({limit}): send again later"
            raise RateLimitedError(text, code="too_many_requests_in_flight", retry_after_s=1)
        self.in_flight_requests += 1
        reservation = Reservation(self)
        try:
            yield reservation
        finally:
            self.in_flight_requests -= 1
            reservation.hold(-reservation.held_bytes)


class BufferedBodies:
    """Reads and unpacks bodies under the limits before the app behind it is asked; it sees them plain and whole."""

    def __init__(self, app: ASGIApp, admission: Admission) -> None:
        self._app = app
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; raises what `read_body` does."""
        async with self._admission.admit() as reservation:
            body = await read_body(Request(scope, receive), reservation, self._admission.limits)
            scope["headers"] = [entry for entry in scope["headers"] if entry[0] not in _BODY_HEADERS]
            pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

            async def replay() -> Message:
                return pending.pop() if pending else await receive()

            await self._app(scope, replay, send)


async def read_body(request: Request, reservation: Reservation, limits: BodyLimits) -> bytes:
    """Read and unpack the body.

    Raises `TooLargeError` beyond `max_body_bytes`, `InvalidError` for what cannot be unpacked, `RateLimitedError` when
    the server holds too much already, and `HTTPException` 408 when the body does not arrive in time.
    """
    encoding = request.headers.get("content-encoding", "").strip().lower()
    if encoding not in {"", "identity", *_PACKED}:
        text = "Content-Encoding is not supported: send the body as it is, or packed with gzip or deflate"
        raise InvalidError(text, code="unsupported_encoding")
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limits.max_body_bytes:
        raise _too_large(limits)
    try:
        async with asyncio.timeout(limits.body_timeout_s):
            packed = await _receive(request, reservation, limits)
    except TimeoutError:
        raise HTTPException(408) from None
    if encoding not in _PACKED:
        return packed
    if len(packed) <= _INLINE_BYTES:
        body = unpack(packed, limits, reservation)
    else:
        body = await run_in_threadpool(unpack, packed, limits, reservation)
    reservation.hold(-len(packed))
    return body


async def _receive(request: Request, reservation: Reservation, limits: BodyLimits) -> bytes:
    chunks = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limits.max_body_bytes:
            raise _too_large(limits)
        reservation.hold(len(chunk))
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def unpack(packed: bytes, limits: BodyLimits, reservation: Reservation) -> bytes:
    """Unpack gzip or deflate, several members included, never holding more than one byte beyond the limit.

    Raises `InvalidError` for what is no such stream or has too many members, `TooLargeError` beyond `max_body_bytes`.
    """
    chunks: list[bytes] = []
    size = members = position = 0
    view = memoryview(packed)
    while position < len(view):
        members += 1
        if members > _MAX_MEMBERS:
            raise _too_many_members()
        member = zlib.decompressobj(_WBITS)
        while not member.eof:
            piece = view[position : position + _PIECE_BYTES]
            chunk = _step(member, piece, limits.max_body_bytes - size + 1)
            # At its end a member may leave the same bytes in both places.
            taken = len(piece) - len(member.unused_data or member.unconsumed_tail)
            if not chunk and not taken and not member.eof:
                raise _broken()
            position += taken
            size += len(chunk)
            if size > limits.max_body_bytes:
                raise _too_large(limits)
            reservation.hold(len(chunk))
            chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _step(member: "zlib._Decompress", piece: memoryview, room: int) -> bytes:
    try:
        return member.decompress(piece, min(_STEP_BYTES, room))
    except zlib.error:
        raise _broken() from None


def _too_large(limits: BodyLimits) -> TooLargeError:
    name = "browser_max_body_bytes" if limits.max_body_bytes == limits.browser_max_body_bytes else "max_body_bytes"
    text = (
        f"The request body, packed or unpacked, is larger than {name} ({limits.max_body_bytes} bytes): "
        "send smaller batches or raise the setting"
    )
    return TooLargeError(text, code="body_too_large")


def _broken() -> InvalidError:
    text = "The request body is not a complete stream of its Content-Encoding, gzip or deflate"
    return InvalidError(text, code="broken_gzip")


def _too_many_members() -> InvalidError:
    text = f"The request body has more than {_MAX_MEMBERS} packed members: pack it as one"
    return InvalidError(text, code="too_many_members")
