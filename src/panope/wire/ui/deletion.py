"""Deleting traces in the web app."""

from msgspec import Struct

from panope.domain.errors import Issue
from panope.domain.ids import is_possible_id
from panope.wire.langfuse.requests import invalid_body, read_body

MAX_NAMED = 1_000


class DeletionRequest(Struct, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """Which traces, and how many they are, as the user has confirmed it."""

    count: int
    trace_ids: list[str] | None = None
    """Without them: all that match the query string."""


class DeletedBody(Struct, kw_only=True):
    """What was deleted."""

    deleted: int


def read_deletion(body: bytes) -> DeletionRequest:
    """Read the body, each id once."""
    request = read_body(body, DeletionRequest)
    if request.trace_ids is not None:
        request.trace_ids = list(dict.fromkeys(request.trace_ids))
        if not 1 <= len(request.trace_ids) <= MAX_NAMED or not all(map(is_possible_id, request.trace_ids)):
            raise invalid_body([Issue(("traceIds",), f"must be 1 to {MAX_NAMED} ids of traces")])
    return request
