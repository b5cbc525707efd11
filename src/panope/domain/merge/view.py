"""`view`: what a state looks like to everybody else. Everything that needs more than one event happens here."""

from typing import Any, Final

from panope.domain.merge.codec import read_metadata
from panope.domain.merge.state import State
from panope.domain.merge.tools import tools_available, tools_called
from panope.domain.previews import has_stored_previews, preview_input, preview_output
from panope.domain.pricing import UNPRICED, PriceBook
from panope.domain.scores import ScoreDataType, ScoreRow, ScoreSource
from panope.domain.tokens import encoding_of, estimate_usage
from panope.domain.tracing import (
    DEFAULT_ENVIRONMENT,
    Level,
    ObservationDetail,
    ObservationRow,
    ObservationType,
    TraceRow,
    TraceTotals,
)
from panope.domain.usage_types import amounts_by_kind

_PLAIN: Final = frozenset({"input", "output", "total"})
_DETAILED: Final = ("model", "usage", "cost", "model_parameters", "usage_unit", "status_message")
_PLAIN_RARE: Final = frozenset("version agent tool graph_node thread_id finish_reason error_type retry_number".split())
_RARE: Final = _PLAIN_RARE | {"prompt", "completion_start_time", "is_app_root"}
_ESTIMATED: Final = frozenset({ObservationType.GENERATION.value, ObservationType.EMBEDDING.value})
_NO_PROMPT: Final = (None, None)
# Members of an enumeration are texts, but the drivers of the databases ask for plain ones.
_SPAN: Final = str(ObservationType.SPAN)
_GENERATION: Final = str(ObservationType.GENERATION)
_DEFAULT_LEVEL: Final = str(Level.DEFAULT)
_ERROR_LEVEL: Final = str(Level.ERROR)


def view_observation(
    observation_id: str, state: State, prices: PriceBook, values: dict[str, Any] | None = None
) -> ObservationRow:
    """Row of an observation. Without a trace id it is its own trace; an end before the start is shown as the start.

    `values` are those of the state, for a caller that has them already.
    """
    if values is None:
        values = state.values()
    told = values.get
    start_us = values["start_time"]
    end_us = told("end_time")
    row = ObservationRow(
        id=observation_id,
        trace_id=told("trace_id") or observation_id,
        type=told("type", _SPAN),
        name=told("name"),
        start_us=start_us,
        end_us=end_us,
        parent_id=told("parent_id"),
        level=told("level") or _DEFAULT_LEVEL,
        environment=told("environment", DEFAULT_ENVIRONMENT),
        model=told("model"),
    )
    if end_us is not None and end_us < start_us:
        row.end_us, row.clock_skew = start_us, True
    if not _RARE.isdisjoint(values):
        _add_rare(row, values)
    input_text, output_text = told("input"), told("output")
    if has_stored_previews(input_text, output_text):
        row.input_preview, row.output_preview = preview_input(input_text), preview_output(output_text)
    if row.type == _GENERATION:
        row.detail = _describe_call(row, values, state, prices)
    else:
        for name in _DETAILED:  # a few names are looked up in less than half the time that `isdisjoint` takes
            if name in values:
                row.detail = _describe_call(row, values, state, prices)
                break
    return row


def _add_rare(row: ObservationRow, values: dict[str, Any]) -> None:
    for name in _PLAIN_RARE & values.keys():
        setattr(row, name, values[name])
    if "prompt" in values:
        row.prompt_name, row.prompt_version = values["prompt"] or _NO_PROMPT
    first_token_us = values.get("completion_start_time")
    if first_token_us is not None:
        row.completion_start_us = max(row.start_us, first_token_us)
        row.clock_skew = row.clock_skew or first_token_us < row.start_us
    row.is_app_root = values.get("is_app_root") or False


def _estimate_usage(row: ObservationRow, values: dict[str, Any], prices: PriceBook) -> dict[str, int]:
    """Count what was said when it has ended and nobody sent the usage: until then the sender may still do it.

    Of a call that failed nothing is counted: what was refused was not used.
    """
    sent, answered = values.get("input"), values.get("output")
    if row.level == _ERROR_LEVEL or (row.end_us is None and not answered):
        return {}
    if row.model is None or prices.tokens is None:
        return {}
    model = prices.match(row.model, row.start_us)
    named = (model.tokenizer_config or {}).get("tokenizerModel") if model is not None else None
    encoding = encoding_of(named if isinstance(named, str) else row.model)
    answered = answered if row.type == ObservationType.GENERATION else None
    return estimate_usage(encoding, sent, answered, prices.tokens) if encoding is not None else {}


def _describe_call(row: ObservationRow, values: dict[str, Any], state: State, prices: PriceBook) -> ObservationDetail:
    """What a call used, cost and did with tools; its sums go into the row.

    Given cost beats computed cost; without a price the cost is unknown, which is not zero.
    """
    told = values.get
    usage, is_estimated, parameters = told("usage") or {}, False, told("model_parameters")
    if not usage and prices.tokens is not None and row.type in _ESTIMATED:
        usage = _estimate_usage(row, values, prices)
        is_estimated = bool(usage)
    if usage:
        input_tokens, output_tokens = _sides(usage)
        row.input_tokens, row.output_tokens = input_tokens or 0, output_tokens or 0
        row.total_tokens = usage.get("total", 0)
    model = prices.match(row.model, row.start_us) if row.model else None
    if model is not None:
        row.model_id = model.id
    cost, source, tier = told("cost") or {}, "given", UNPRICED
    if not cost and model is not None and usage:
        metadata = read_metadata(state) if prices.reads_metadata(model) else None
        tier = prices.price(model, usage, parameters, metadata)
        cost, source = tier.cost, "computed"
    if cost:
        row.input_cost, row.output_cost = _sides(cost)
        row.total_cost = cost.get("total")
    is_generation = row.type == _GENERATION
    return ObservationDetail(
        status_message=told("status_message"),
        usage=usage,
        usage_estimated=is_estimated,
        cost=cost,
        usage_unit=told("usage_unit"),
        model_parameters=parameters,
        cost_source=source if cost else None,
        price_tier_id=tier.tier_id,
        price_tier_name=tier.tier_name,
        tools_available=tools_available(told("input")) if is_generation else [],
        tools_called=tools_called(told("output")) if is_generation else [],
        unit_prices=prices.unit_prices(model) if model is not None else {},
    )


def _sides(parts: dict[str, int]) -> tuple[int | None, int | None]:
    """Input and output, however many types they are split into."""
    if _PLAIN.issuperset(parts):
        return parts.get("input"), parts.get("output")
    return _sum(parts, "input"), _sum(parts, "output")


def _sum(parts: dict[str, int], word: str) -> int | None:
    """Sum of the parts whose name contains a word, else what is spelled otherwise; None when there is neither."""
    total = None
    for name, amount in parts.items():
        if word in name or word in name.lower():
            total = amount + (total or 0)
    return amounts_by_kind(parts).get(word) if total is None else total


def view_trace(trace_id: str, state: State | None, totals: TraceTotals) -> TraceRow:
    """Row of a trace: its own facts, and where they are silent those of its earliest observation."""
    values: dict[str, Any] = state.values() if state else {}
    told = values.get
    timestamp_us = told("timestamp", totals.first_start_us)
    return TraceRow(
        id=trace_id,
        timestamp_us=0 if timestamp_us is None else timestamp_us,
        name=told("name"),
        user_id=told("user_id"),
        session_id=told("session_id"),
        environment=told("environment") or totals.first_environment or DEFAULT_ENVIRONMENT,
        release=told("release"),
        version=told("version"),
        public=told("public") or False,
        bookmarked=told("bookmarked") or False,
        tags=state.tags() if state else [],
        has_state=state is not None,
        input_preview=preview_input(told("input")),
        output_preview=preview_output(told("output")),
        totals=totals,
    )


def view_score(score_id: str, state: State, metadata: str | None) -> ScoreRow:
    """Row of a score; its data type, when not sent, follows from its value.

    It has one target even when its events name several: a trace before a session, a session before a dataset run.
    """
    values = state.values()
    trace_id, session_id = values.get("trace_id"), values.get("session_id")
    data_type = values.get("data_type") or _infer_type(values)
    number, text = _score_value(data_type, values)
    return ScoreRow(
        id=score_id,
        name=values.get("name", ""),
        value=number,
        string_value=text,
        data_type=data_type,
        source=values.get("source", ScoreSource.API),
        timestamp_us=values["timestamp"],
        environment=values.get("environment", DEFAULT_ENVIRONMENT),
        metadata=metadata,
        trace_id=trace_id,
        observation_id=values.get("observation_id") if trace_id else None,
        session_id=None if trace_id else session_id,
        dataset_run_id=None if trace_id or session_id else values.get("dataset_run_id"),
        comment=values.get("comment"),
        config_id=values.get("config_id"),
        queue_id=values.get("queue_id"),
        author_user_id=values.get("author_user_id"),
        execution_trace_id=values.get("execution_trace_id"),
    )


def _infer_type(values: dict[str, Any]) -> str:
    return ScoreDataType.CATEGORICAL if values.get("text") is not None else ScoreDataType.NUMERIC


def _score_value(data_type: str, values: dict[str, Any]) -> tuple[float, str | None]:
    number = float(values.get("number") or 0)
    if data_type == ScoreDataType.NUMERIC:
        return number, None
    if data_type == ScoreDataType.BOOLEAN:
        return number, "True" if number else "False"
    has_label_value = data_type == ScoreDataType.CATEGORICAL and "config_id" in values
    return number if has_label_value else 0.0, values.get("text")
