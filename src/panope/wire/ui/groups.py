"""Sessions and users in the web app: rows that say what traces add up to."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from panope.domain.scores import ScoreRow
from panope.domain.tracing import SessionRow, TraceRow
from panope.ports.exploration import TraceGroup
from panope.wire.cost_explanation import show_usd
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.ui.scores import ScoreBody, ScoreChipBody, show_chip, show_score


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
    start_us: int
    """Of its first trace."""
    last_activity_us: int
    """When the last of its traces ended, as far as is known."""
    created_at_us: int
    """When it was first heard of."""
    environment: str
    duration_us: int
    """From the first start to the last end, as far as they are known."""
    active_us: int
    """The latencies of its traces, added up."""
    user_id: str | None
    """Its user, or the first by name."""
    user_count: int
    tags: list[str]
    """Of its last trace; so is the next."""
    input_preview: str | None
    scores: list[ScoreChipBody]
    """Of the session itself, newest first."""


class SessionsBody(Struct, rename="camel", kw_only=True):
    """A page of sessions."""

    rows: list[SessionRowBody]
    next: str | None
    as_of_us: int
    has_more_scores: bool | UnsetType = UNSET
    """True when there are more than the rows carry; else left out."""


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


class OpenedSessionBody(SessionRowBody, rename="camel", kw_only=True):
    """A session that is open."""

    all_scores: list[ScoreBody]
    """Of the session itself, newest first."""
    comment_count: int
    has_more_scores: bool | UnsetType = UNSET
    """True when there are more, which are older; else left out."""
    as_of_us: int


def show_session(
    row: SessionRow, traces: TraceGroup | None, last: TraceRow | None, scores: Sequence[ScoreRow]
) -> SessionRowBody:
    """Show a session in a list, with what its traces add up to and the last of them."""
    return SessionRowBody(
        **_sums(traces),
        id=row.id,
        start_us=row.first_timestamp_us,
        last_activity_us=traces.last_us if traces else row.first_timestamp_us,
        created_at_us=row.created_us,
        environment=row.environment,
        duration_us=traces.span_us if traces else 0,
        active_us=traces.active_us if traces else 0,
        user_id=traces.user_id if traces else None,
        user_count=traces.user_count if traces else 0,
        tags=last.tags if last else [],
        input_preview=last.input_preview if last else None,
        scores=[show_chip(score) for score in scores],
    )


def encode_session(
    row: SessionRowBody, scores: Sequence[ScoreRow], *, has_more_scores: bool, comment_count: int, as_of_us: int
) -> bytes:
    """Write a session that is open: as a list shows it, its scores in full."""
    shown = {name: getattr(row, name) for name in SessionRowBody.__struct_fields__}
    body = OpenedSessionBody(
        **shown,
        all_scores=[show_score(score) for score in scores],
        has_more_scores=has_more_scores or UNSET,
        comment_count=comment_count,
        as_of_us=as_of_us,
    )
    return encode(body)


def show_user(traces: TraceGroup) -> UserRowBody:
    """Show a user in a list."""
    return UserRowBody(
        **_sums(traces),
        id=traces.id,
        first_seen_us=traces.first_us,
        last_seen_us=traces.last_us,
        session_count=traces.session_count,
    )


def _sums(group: TraceGroup | None) -> dict[str, Any]:
    counted = [name for name in TraceSumsBody.__struct_fields__ if name != "cost"]
    if group is None:
        return {**dict.fromkeys(counted, 0), "cost": "0"}
    is_unknown = group.total_cost == 0 and group.unpriced_count > 0
    shown = {name: getattr(group, name) for name in counted}
    return {**shown, "cost": None if is_unknown else show_usd(group.total_cost)}
