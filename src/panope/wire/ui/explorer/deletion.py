"""Deleting traces and scores in the web app, and the work in the background that it may be."""

from collections.abc import Sequence

from msgspec import Struct

from panope.domain.errors import Issue
from panope.domain.ids import is_possible_id
from panope.domain.operations import Operation, OperationKind, OperationState
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.langfuse.requests import invalid_body, read_body

MAX_NAMED = 1_000


class TraceDeletionRequest(Struct, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """Which traces, and how many they are, as the user has confirmed it."""

    count: int
    trace_ids: list[str] | None = None
    """Without them: all that match the query string."""


class ScoreDeletionRequest(Struct, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """Which scores, and how many they are, as the user has confirmed it."""

    count: int
    score_ids: list[str] | None = None
    """Without them: all that match the query string."""


class BackgroundBody(Struct, rename="camel", kw_only=True):
    """Work in the background, and how far it is."""

    id: str
    kind: OperationKind
    state: OperationState
    created_us: int
    updated_us: int
    done: int
    """Rows that were looked at."""
    changed: int
    total: int | None
    """Null: nobody has counted."""
    query: str | None
    """Of a deletion."""
    error: str | None
    """A code."""


class BackgroundsBody(Struct, kw_only=True):
    """Work in the background, the newest first."""

    operations: list[BackgroundBody]


class DeletedBody(Struct, kw_only=True):
    """What was deleted."""

    deleted: int


def encode_background(operation: Operation) -> bytes:
    """Write one piece of work."""
    return encode(_show(operation))


def encode_backgrounds(operations: Sequence[Operation]) -> bytes:
    """Write several."""
    return encode(BackgroundsBody(operations=[_show(operation) for operation in operations]))


def read_trace_deletion(body: bytes) -> TraceDeletionRequest:
    """Read the body, each id once; raises `InvalidError`."""
    request = read_body(body, TraceDeletionRequest)
    request.trace_ids = _read_ids("traceIds", request.trace_ids)
    return request


def read_score_deletion(body: bytes) -> ScoreDeletionRequest:
    """Read the body, each id once; raises `InvalidError`."""
    request = read_body(body, ScoreDeletionRequest)
    request.score_ids = _read_ids("scoreIds", request.score_ids)
    return request


def _read_ids(name: str, ids: list[str] | None) -> list[str] | None:
    if ids is None:
        return None
    unique = list(dict.fromkeys(ids))
    if not 1 <= len(unique) <= MAX_NAMED or not all(map(is_possible_id, unique)):
        raise invalid_body([Issue((name,), f"must be 1 to {MAX_NAMED} ids")])
    return unique


def _show(operation: Operation) -> BackgroundBody:
    selection = operation.order.selection
    return BackgroundBody(
        id=operation.id,
        kind=operation.order.kind,
        state=operation.state,
        created_us=operation.created_us,
        updated_us=operation.updated_us or operation.created_us,
        done=operation.differences.observations,
        changed=operation.differences.changed,
        total=selection.count if selection else None,
        query=selection.text if selection else None,
        error=operation.error,
    )
