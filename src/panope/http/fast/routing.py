"""What a hot route is: a path, a method, an endpoint, and whom it lets in."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from urllib.parse import unquote

from msgspec import Struct
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from panope.domain.accounts import Access
from panope.domain.errors import TooLargeError
from panope.domain.ids import is_possible_id

_BODY_TIMEOUT_S = 60.0
_MANY_ROWS = 200
"""Rows with their payloads that are encoded in a few milliseconds."""

Endpoint = Callable[[Request], Awaitable[Response]]
"""Answers one request; raises `PanopeError` for what it refuses."""


class AnyPath(PathConvertor):
    """What `{name:path}` stands for on every route: all that follows, line breaks too, as an id may hold them."""

    regex = "(?s:.*)"


register_url_convertor("path", AnyPath())


class FastRoute(Struct, frozen=True):
    """One route of the hot lane."""

    path: str
    """Starlette path template, from the root of the server."""
    method: str
    endpoint: Endpoint
    access: Access | None
    """Least reach of the caller, who is then at `request.state.principal`; None lets everybody in."""


def path_ids(request: Request, before: str) -> list[str]:
    """Ids that the rest of the path after `before` may stand for, the likeliest first.

    Clients encode an id once or twice, and it may hold slashes: so the path is read as it was sent, and both readings
    are offered. An id that no store can hold is not among them.
    """
    return list(_storable(path_rests(request, before)))


def path_rests(request: Request, before: str) -> list[str]:
    """The rest of the path after `before`, decoded once and twice; once alone where that is the same."""
    raw = request.scope.get("raw_path") or request.url.path.encode()
    _, found, rest = raw.decode("latin-1").partition("?")[0].partition(before)
    once = unquote(rest) if found else request.scope["path"].partition(before)[2]
    return list(dict.fromkeys((once, unquote(once))))


async def read_small_body(request: Request, max_bytes: int, advice: str) -> bytes:
    """Read a body that is never large.

    Raises `TooLargeError`, which ends in `advice`, and `HTTPException` 408 when it does not arrive in time.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_TIMEOUT_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > max_bytes:
                    text = f"The request body is larger than {max_bytes} bytes: {advice}"
                    raise TooLargeError(text, code="body_too_large")
    except TimeoutError:
        raise HTTPException(408) from None
    return bytes(body)


def _storable(ids: Iterable[str]) -> Iterable[str]:
    return (entity_id for entity_id in ids if is_possible_id(entity_id))


async def encode_many(rows: int, encode: Callable[[], bytes]) -> bytes:
    """What `encode` makes of so many rows; beside the event loop when they would keep others waiting."""
    return await asyncio.to_thread(encode) if rows > _MANY_ROWS else encode()


def json_answer(body: bytes, status: int = 200) -> Response:
    """Answer with JSON that is already encoded."""
    return Response(body, status, media_type="application/json")
