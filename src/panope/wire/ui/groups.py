"""Sessions and users in the web app: rows that say what traces add up to."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from panope.domain.scores import ScoreRow
from panope.domain.tracing import SessionRow
from panope.ports.exploration import TraceGroup
from panope.query.ast import Keyset
from panope.wire.cost_explanation import show_usd
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.ui.pages import show_place
from panope.wire.ui.scores import ScoreChipBody, show_chip


class TraceSumsBody(Struct, rename="camel", kw_only=True):
    """What traces add up to. Cost in USD; null when nothing that was used has a price."""

    trace_count: int
    observation_count: int
    error_count: int
    """Traces with an observation of level ERROR."""
    input_tokens: int
    output_tokens: int
    total_tokens: int
    cost: str | None
    unpriced_count: int


class SessionRowBody(TraceSumsBody, rename="camel", kw_only=True):
    """A session as a list shows it."""

    id: str
    created_at_us: int
    environment: str
    duration_us: int
    """From the first trace to the end of the last."""
    active_us: int
    """The latencies of its traces, added up."""
    user_id: str | None
    """Its user, or the first by name."""
    user_count: int
    scores: list[ScoreChipBody]
    """Of the session itself, newest first."""


class SessionsBody(Struct, rename="camel", kw_only=True):
    """A page of sessions."""

    rows: list[SessionRowBody]
    next: str | None
    as_of_us: int


class UserRowBody(TraceSumsBody, rename="camel", kw_only=True):
    """A user of the traces that match."""

    id: str
    first_seen_us: int
    last_seen_us: int
    session_count: int


class UsersBody(Struct, rename="camel", kw_only=True):
    """A page of users."""

    rows: list[UserRowBody]
    next: str | None
    as_of_us: int


def encode_sessions(
    sessions: Iterable[tuple[SessionRow, TraceGroup | None, Sequence[ScoreRow]]], place: Keyset | None, as_of_us: int
) -> bytes:
    """Write a page of sessions, each with its traces and scores."""
    rows = [
        SessionRowBody(
            **_sums(group),
            id=row.id,
            created_at_us=row.created_us,
            environment=row.environment,
            duration_us=max(0, group.last_us - group.first_us) if group else 0,
            active_us=group.active_us if group else 0,
            user_id=group.user_id if group else None,
            user_count=group.user_count if group else 0,
            scores=[show_chip(score) for score in scores],
        )
        for row, group, scores in sessions
    ]
    return encode(SessionsBody(rows=rows, next=show_place(place), as_of_us=as_of_us))


def encode_users(users: Iterable[TraceGroup], place: Keyset | None, as_of_us: int) -> bytes:
    """Write a page of users."""
    rows = [
        UserRowBody(
            **_sums(group),
            id=group.id,
            first_seen_us=group.first_us,
            last_seen_us=group.last_us,
            session_count=group.session_count,
        )
        for group in users
    ]
    return encode(UsersBody(rows=rows, next=show_place(place), as_of_us=as_of_us))


def _sums(group: TraceGroup | None) -> dict[str, Any]:
    counted = [name for name in TraceSumsBody.__struct_fields__ if name != "cost"]
    if group is None:
        return {**dict.fromkeys(counted, 0), "cost": "0"}
    is_unknown = group.total_cost == 0 and group.unpriced_count > 0
    shown = {name: getattr(group, name) for name in counted}
    return {**shown, "cost": None if is_unknown else show_usd(group.total_cost)}
