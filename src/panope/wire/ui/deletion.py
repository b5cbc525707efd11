"""Deleting traces and scores in the web app."""

from msgspec import Struct

from panope.domain.errors import Issue
from panope.domain.ids import is_possible_id
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


class DeletedBody(Struct, kw_only=True):
    """What was deleted."""

    deleted: int


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
