"""Traces in the web app: a row of a list, and the header of a trace that is open."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType

from panope.domain.ids import ProjectId
from panope.domain.scores import ScoreRow
from panope.domain.tracing import Level, Payload, TraceRow
from panope.ports.exploration import TraceParts
from panope.wire.cost_explanation import show_usd
from panope.wire.langfuse.jsonvalues import encode, show_metadata
from panope.wire.langfuse.requests import read_body
from panope.wire.ui.scores import ScoreBody, ScoreChipBody, show_chip, show_score

_SILENT_US: Final = 3_600_000_000
"""A trace of which nothing was heard for so long is not running, whatever of it has not ended."""


class TraceFactsBody(Struct, rename="camel", kw_only=True):
    """What is shown of a trace everywhere."""

    id: str
    name: str | None
    timestamp_us: int
    latency_us: int | None
    """From the first start to the last end; null without observations."""
    input_preview: str | None
    output_preview: str | None
    input_tokens: int
    output_tokens: int
    total_tokens: int
    cost: str | None
    """USD; null when nothing that was used has a price. Partial when `unpricedCount` is not 0."""
    unpriced_count: int
    """Observations with usage and without a price."""
    user_id: str | None
    session_id: str | None
    tags: list[str]
    environment: str
    release: str | None
    version: str | None
    is_public: bool
    observation_count: int
    error_count: int
    warning_count: int
    level: str | None
    """The worst of its observations."""
    is_running: bool
    """Something has not ended or its root is missing, and the last of it was heard of within the hour."""


class TraceRowBody(TraceFactsBody, rename="camel", kw_only=True):
    """A trace as a list shows it."""

    scores: list[ScoreChipBody]
    """Of the trace and its observations, newest first."""
    meta: dict[str, Any] | UnsetType = UNSET
    """What the metadata says under the keys that were asked for, at its top level; keys that it lacks are left out."""
    models: list[str] | UnsetType | None = UNSET
    """When asked for, the models that its observations name, sorted; null when there are too many to look at."""
    tools: list[str] | UnsetType | None = UNSET
    """The same for the tools that were run."""


class TracesBody(Struct, rename="camel", kw_only=True):
    """A page of traces."""

    rows: list[TraceRowBody]
    next: str | None
    as_of_us: int
    has_more_scores: bool | UnsetType = UNSET
    """True when there are more than the rows carry; else left out."""


class TextSizeBody(Struct, rename="camel", kw_only=True):
    """How large a text is that is read apart."""

    size: int
    """Bytes in UTF-8; 0 when there is none."""


class TotalsBody(Struct, rename="camel", kw_only=True):
    """What the observations of a trace add up to. Money in USD, as far as there are prices."""

    observation_count: int
    root_count: int
    input_tokens: int
    output_tokens: int
    total_tokens: int
    input_cost: str
    output_cost: str
    total_cost: str
    error_count: int
    warning_count: int
    default_count: int
    debug_count: int
    unpriced_count: int
    open_count: int
    """Observations that have not ended."""


class TraceBody(TraceFactsBody, rename="camel", kw_only=True):
    """A trace that is open, without its observations."""

    input: TextSizeBody
    output: TextSizeBody
    metadata: dict[str, Any]
    totals: TotalsBody
    unpriced_models: list[str]
    scores: list[ScoreBody]
    """Of the trace and its observations, by time."""
    has_more_scores: bool | UnsetType = UNSET
    """True when there are more, which are older; else left out."""
    score_authors: dict[str, str]
    """Names of the people who gave them, by `authorUserId`; nobody is named to whoever is no member."""
    comment_counts: dict[str, int]
    """By object id; objects without comments are left out."""
    created_us: int
    updated_us: int


class SharingChange(Struct, rename="camel", kw_only=True):
    """Whether anybody may read a trace who has its address."""

    is_public: bool


class PublicTraceBody(Struct, rename="camel", kw_only=True):
    """Where a public trace is."""

    project_id: str


class PublicTracesBody(Struct, kw_only=True):
    """All public traces of an id."""

    traces: list[PublicTraceBody]


def read_sharing(body: bytes) -> bool:
    """Read whether a trace is to be public. Raises `InvalidError`."""
    return read_body(body, SharingChange).is_public


def encode_public(project_ids: Sequence[ProjectId]) -> bytes:
    """Write where public traces of an id are."""
    return encode(PublicTracesBody(traces=[PublicTraceBody(project_id=one) for one in project_ids]))


def show_trace(
    row: TraceRow, scores: Sequence[ScoreRow], as_of_us: int, parts: TraceParts | UnsetType | None = UNSET
) -> TraceRowBody:
    """Show a trace in a list; `parts` when it was asked for."""
    body = TraceRowBody(**_row(row, as_of_us), scores=[show_chip(score) for score in scores])
    if parts is not UNSET:
        body.models, body.tools = (None, None) if parts is None else (parts.models, parts.tools)
    return body


def encode_trace(
    row: TraceRow,
    payload: Payload,
    scores: Sequence[ScoreRow],
    *,
    has_more_scores: bool,
    unpriced_models: list[str],
    score_authors: dict[str, str],
    comment_counts: dict[str, int],
    as_of_us: int,
) -> bytes:
    """Write the header of a trace."""
    body = TraceBody(
        **_row(row, as_of_us),
        scores=[show_score(score) for score in scores],
        has_more_scores=has_more_scores or UNSET,
        input=show_size(payload.input),
        output=show_size(payload.output),
        metadata=show_metadata(payload.metadata),
        totals=_show_totals(row),
        unpriced_models=unpriced_models,
        score_authors=score_authors,
        comment_counts=comment_counts,
        created_us=row.created_us,
        updated_us=row.updated_us,
    )
    return encode(body)


def show_size(text: str | None) -> TextSizeBody:
    """How large a text is."""
    return TextSizeBody(size=len(text.encode()) if text else 0)


def _row(row: TraceRow, as_of_us: int) -> dict[str, Any]:
    totals = row.totals
    is_open = totals.open_count > 0 or row.is_incomplete
    is_unknown = totals.total_cost == 0 and totals.unpriced_count > 0
    return {
        "id": row.id,
        "name": row.name,
        "timestamp_us": row.timestamp_us,
        "latency_us": row.latency_us if totals.observation_count else None,
        "input_preview": row.input_preview,
        "output_preview": row.output_preview,
        "input_tokens": totals.input_tokens,
        "output_tokens": totals.output_tokens,
        "total_tokens": totals.total_tokens,
        "cost": None if is_unknown else show_usd(totals.total_cost),
        "unpriced_count": totals.unpriced_count,
        "user_id": row.user_id,
        "session_id": row.session_id,
        "tags": row.tags,
        "environment": row.environment,
        "release": row.release,
        "version": row.version,
        "is_public": row.public,
        "observation_count": totals.observation_count,
        "error_count": totals.error_count,
        "warning_count": totals.warning_count,
        "level": _worst_level(row),
        "is_running": is_open and as_of_us - row.updated_us < _SILENT_US,
    }


def _worst_level(row: TraceRow) -> str | None:
    totals = row.totals
    counts = {
        Level.ERROR: totals.error_count,
        Level.WARNING: totals.warning_count,
        Level.DEFAULT: totals.default_count,
        Level.DEBUG: totals.debug_count,
    }
    return next((str(level) for level, count in counts.items() if count), None)


def _show_totals(row: TraceRow) -> TotalsBody:
    values: dict[str, Any] = {name: getattr(row.totals, name) for name in TotalsBody.__struct_fields__}
    values |= {name: show_usd(value) for name, value in values.items() if name.endswith("_cost")}
    return TotalsBody(**values)
