"""What to make items of: traces, chosen as lists of traces choose them."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from panope.query.ast import Node
from panope.wire.langfuse.paging import Params
from panope.wire.langfuse.requests import read_body
from panope.wire.langfuse.traces import read_list_request

MAX_TRACES = 10_000


class TakingRequest(Struct, rename="camel", kw_only=True):
    """The parameters of a list of traces, and what to do with those that it finds."""

    name: str | UnsetType = UNSET
    user_id: str | UnsetType = UNSET
    session_id: str | UnsetType = UNSET
    version: str | UnsetType = UNSET
    release: str | UnsetType = UNSET
    tags: list[str] | UnsetType = UNSET
    environment: str | list[str] | UnsetType = UNSET
    from_timestamp: str | UnsetType = UNSET
    to_timestamp: str | UnsetType = UNSET
    filter: list[dict[str, Any]] | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=1, le=MAX_TRACES)] = 1_000
    with_output: bool = True
    dry_run: bool = False


class TakenBody(Struct, rename="camel", kw_only=True):
    """What became of the traces that were found."""

    traces: int
    created: int
    already_there: int
    without_input: int
    dry_run: bool


def read_taking(body: bytes) -> TakingRequest:
    """Read what to take. Raises `InvalidError` with the place that is wrong."""
    return read_body(body or b"{}", TakingRequest, code="invalid_taking")


def read_where(request: TakingRequest) -> Node:
    """The traces that a request is about. Raises `InvalidError` as a list of traces would."""
    pairs: list[tuple[str, str]] = []
    for field, value in msgspec.structs.asdict(request).items():
        name = _NAMES.get(field)
        if name is None or value is UNSET:
            continue
        if field == "filter":
            pairs.append((name, msgspec.json.encode(value).decode()))
        else:
            pairs += [(name, each) for each in (value if isinstance(value, list) else [value])]
    return read_list_request(Params(pairs)).query.where


_NAMES = {
    "name": "name",
    "user_id": "userId",
    "session_id": "sessionId",
    "version": "version",
    "release": "release",
    "tags": "tags",
    "environment": "environment",
    "from_timestamp": "fromTimestamp",
    "to_timestamp": "toTimestamp",
    "filter": "filter",
}
"""Names of the parameters of a list."""
