"""Connections to providers of language models on the wire. What goes out never holds a secret or a header's value."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from msgspec import Meta, Struct, field

from panope.domain.connections.llm import LlmAdapter, LlmConnection
from panope.domain.errors import Issue
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.langfuse.paging import PageNumber, page_meta
from panope.wire.langfuse.requests import invalid_body, read_body
from panope.wire.langfuse.review.shapes import MetaBody
from panope.wire.langfuse.times import format_time

DELETED: Final = encode({"message": "LLM connection deleted successfully"})
MAX_SECRET_CHARS: Final = 20_000
"""A service account of Google's is a JSON document of some kilobytes."""
MAX_URL_CHARS: Final = 2_000
MAX_MODELS: Final = 500
MAX_HEADERS: Final = 50

_Name = Annotated[str, Meta(min_length=1, max_length=255)]


class LlmConnectionRequest(Struct, rename="camel", kw_only=True):
    """A connection to keep, in place of the one that the provider has."""

    provider: _Name
    adapter: LlmAdapter
    secret_key: Annotated[str, Meta(min_length=1, max_length=MAX_SECRET_CHARS)]
    base_url: Annotated[str, Meta(max_length=MAX_URL_CHARS)] | None = field(default=None, name="baseURL")
    custom_models: Annotated[list[_Name], Meta(max_length=MAX_MODELS)] | None = None
    with_default_models: bool | None = None
    extra_headers: Annotated[dict[_Name, str], Meta(max_length=MAX_HEADERS)] | None = None
    config: dict[str, Any] | None = None


class LlmConnectionBody(Struct, rename="camel", kw_only=True):
    """A connection without its secrets."""

    id: str
    provider: str
    adapter: str
    display_secret_key: str
    base_url: str | None = field(name="baseURL")
    custom_models: tuple[str, ...]
    with_default_models: bool
    extra_header_keys: tuple[str, ...]
    config: dict[str, Any] | None
    created_at: str
    updated_at: str


class LlmConnectionsBody(Struct, kw_only=True):
    """A page of connections."""

    data: list[LlmConnectionBody]
    meta: MetaBody


def read_connection(body: bytes) -> LlmConnectionRequest:
    """Read the body of a connection."""
    request = read_body(body, LlmConnectionRequest)
    issues = list(_check(request))
    if issues:
        raise invalid_body(issues)
    return request


def _check(request: LlmConnectionRequest) -> Iterator[Issue]:
    if request.base_url is not None and not _is_address(request.base_url):
        yield Issue(("baseURL",), "must be an address that begins with http:// or https:// and holds no password")
    for name, value in (request.extra_headers or {}).items():
        if not (name + value).isprintable() or not name.isascii() or " " in name:
            yield Issue(("extraHeaders",), "must have names and values that HTTP can carry")
            break


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.password is None and text.isprintable()


def encode_connection(connection: LlmConnection) -> bytes:
    """Write one connection."""
    return encode(_show(connection))


def encode_connections(connections: Sequence[LlmConnection], page: PageNumber) -> bytes:
    """Write a page of connections."""
    rows = connections[page.offset : page.offset + page.limit]
    return encode({"data": [_show(row) for row in rows], "meta": page_meta(page, len(connections))})


def _show(connection: LlmConnection) -> LlmConnectionBody:
    return LlmConnectionBody(
        id=connection.id,
        provider=connection.provider,
        adapter=connection.adapter,
        display_secret_key=connection.display_secret,
        base_url=connection.base_url,
        custom_models=connection.custom_models,
        with_default_models=connection.with_default_models,
        extra_header_keys=connection.header_names,
        config=connection.config,
        created_at=format_time(connection.created_us),
        updated_at=format_time(connection.updated_us),
    )
