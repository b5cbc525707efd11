"""Observations in the web app: a row of a list, and one that is open, without its texts."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType

from panope.domain.explanation import CostExplanation
from panope.domain.scores import ScoreRow
from panope.domain.tracing import Payload
from panope.ports.telemetry import Observed
from panope.wire.cost_explanation import show_cost_explanation, show_usd
from panope.wire.langfuse.jsonvalues import encode, show_metadata, show_value
from panope.wire.ui.scores import ScoreBody, ScoreChipBody, show_chip, show_score
from panope.wire.ui.traces import TextSizeBody, show_size

_US_PER_S: Final = 1_000_000


class ObservationFactsBody(Struct, rename="camel", kw_only=True):
    """What is shown of an observation everywhere."""

    id: str
    trace_id: str
    trace_name: str | None
    parent_id: str | None
    type: str
    name: str | None
    start_time_us: int
    end_time_us: int | None
    latency_us: int | None
    time_to_first_token_us: int | None
    tokens_per_second: float | None
    level: str
    status_message: str | None
    model: str | None
    prompt_name: str | None
    prompt_version: int | None
    tool: str | None
    """The tool whose run it is."""
    tools_called: list[str]
    """Tools that a call of a model called, in its order, as often as it called them."""
    input_preview: str | None
    output_preview: str | None
    input_tokens: int
    output_tokens: int
    total_tokens: int
    cost: str | None
    """USD; null when unknown, which is not zero."""
    is_unpriced: bool
    """It was used, and nobody knows what that costs."""
    environment: str
    version: str | None
    user_id: str | None
    session_id: str | None
    tags: list[str]


class ObservationRowBody(ObservationFactsBody, rename="camel", kw_only=True):
    """An observation as a list shows it."""

    scores: list[ScoreChipBody]
    """Of the observation itself, newest first."""
    meta: dict[str, Any] | UnsetType = UNSET
    """What the metadata says under the keys that were asked for, at its top level; keys that it lacks are left out."""


class ObservationsBody(Struct, rename="camel", kw_only=True):
    """A page of observations."""

    rows: list[ObservationRowBody]
    next: str | None
    as_of_us: int
    has_more_scores: bool | UnsetType = UNSET
    """True when there are more than the rows carry; else left out."""


class ObservationBody(ObservationFactsBody, rename="camel", kw_only=True):
    """An observation that is open."""

    input: TextSizeBody
    output: TextSizeBody
    metadata: dict[str, Any]
    model_id: str | None
    """Of the price model that matched."""
    model_parameters: dict[str, Any]
    prompt_id: str | None
    usage_details: dict[str, int]
    usage_unit: str | None
    is_usage_estimated: bool
    cost_details: dict[str, str]
    input_cost: str | None
    output_cost: str | None
    cost_source: str | None
    """`given`, `computed`, or null without a cost."""
    explanation: dict[str, Any]
    """Why it costs what it costs, as `costExplanation` of the public API."""
    scores: list[ScoreBody]
    has_more_scores: bool | UnsetType = UNSET
    """True when there are more, which are older; else left out."""
    tools_available: list[str]
    """Tools that a call of a model was offered."""
    agent: str | None
    graph_node: str | None
    thread_id: str | None
    finish_reason: str | None
    error_type: str | None
    retry_number: int | None
    span_events: list[Any]
    links: list[Any]
    release: str | None
    has_clock_skew: bool
    created_us: int
    updated_us: int


def show_observation(observed: Observed, scores: Sequence[ScoreRow]) -> ObservationRowBody:
    """Show an observation in a list."""
    return ObservationRowBody(**_row(observed), scores=[show_chip(score) for score in scores])


def encode_observation(
    observed: Observed, scores: Sequence[ScoreRow], explanation: CostExplanation, *, has_more_scores: bool
) -> bytes:
    """Write all of an observation but its texts."""
    row, payload = observed.row, observed.payload or Payload()
    detail = row.detail
    plain = ("model_id", "agent", "graph_node", "thread_id", "finish_reason", "error_type", "retry_number")
    body = ObservationBody(
        **_row(observed),
        **{name: getattr(row, name) for name in (*plain, "created_us", "updated_us")},
        scores=[show_score(score) for score in scores],
        has_more_scores=has_more_scores or UNSET,
        input=show_size(payload.input),
        output=show_size(payload.output),
        metadata=show_metadata(payload.metadata),
        tools_available=detail.tools_available,
        model_parameters=show_value(detail.model_parameters) or {},
        prompt_id=observed.prompt_id,
        usage_details=detail.usage,
        usage_unit=detail.usage_unit,
        is_usage_estimated=detail.usage_estimated,
        cost_details={name: show_usd(cost) or "0" for name, cost in detail.cost.items()},
        input_cost=show_usd(row.input_cost),
        output_cost=show_usd(row.output_cost),
        cost_source=detail.cost_source,
        explanation=show_cost_explanation(observed, explanation),
        span_events=[show_value(event) for event in payload.span_events],
        links=[show_value(link) for link in payload.links],
        release=observed.release,
        has_clock_skew=row.clock_skew,
    )
    return encode(body)


def _row(observed: Observed) -> dict[str, Any]:
    row = observed.row
    latency_us = None if row.end_us is None else row.end_us - row.start_us
    first_us = row.completion_start_us
    same = "id trace_id parent_id type name level model tool prompt_name prompt_version environment version"
    counted = "input_preview output_preview input_tokens output_tokens total_tokens"
    return {
        **{name: getattr(row, name) for name in f"{same} {counted}".split()},
        "trace_name": observed.trace_name,
        "start_time_us": row.start_us,
        "end_time_us": row.end_us,
        "latency_us": latency_us,
        "time_to_first_token_us": None if first_us is None else first_us - row.start_us,
        "tokens_per_second": row.total_tokens * _US_PER_S / latency_us if latency_us and row.total_tokens else None,
        "status_message": row.detail.status_message,
        "tools_called": row.detail.tools_called,
        "cost": show_usd(row.total_cost),
        "is_unpriced": row.total_cost is None and bool(row.detail.usage),
        "user_id": observed.user_id,
        "session_id": observed.session_id,
        "tags": observed.tags,
    }
