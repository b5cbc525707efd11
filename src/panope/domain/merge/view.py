"""`view`: what a state looks like to everybody else. Everything that needs more than one event happens here."""

from typing import Any

from panope.domain.merge.leaves import unflatten
from panope.domain.merge.state import State
from panope.domain.previews import preview_input, preview_output
from panope.domain.pricing import PriceBook
from panope.domain.scores import ScoreDataType, ScoreRow, ScoreSource
from panope.domain.tracing import (
    DEFAULT_ENVIRONMENT,
    Level,
    ObservationDetail,
    ObservationRow,
    ObservationType,
    TraceRow,
    TraceTotals,
)


def view_observation(observation_id: str, state: State, prices: PriceBook) -> ObservationRow:
    """Row of an observation. Without a trace id it is its own trace; an end before the start is shown as the start."""
    values = state.values()
    start_us = values["start_time"]
    end_us = values.get("end_time")
    first_token_us = values.get("completion_start_time")
    prompt = values.get("prompt") or (None, None)
    row = ObservationRow(
        id=observation_id,
        trace_id=values.get("trace_id") or observation_id,
        type=values.get("type", ObservationType.SPAN),
        start_us=start_us,
        end_us=None if end_us is None else max(start_us, end_us),
        completion_start_us=None if first_token_us is None else max(start_us, first_token_us),
        level=values.get("level") or Level.DEFAULT,
        environment=values.get("environment", DEFAULT_ENVIRONMENT),
        prompt_name=prompt[0],
        prompt_version=prompt[1],
        is_app_root=values.get("is_app_root", False),
        clock_skew=any(time_us is not None and time_us < start_us for time_us in (end_us, first_token_us)),
        input_preview=preview_input(values.get("input")),
        output_preview=preview_output(values.get("output")),
        name=values.get("name"),
        version=values.get("version"),
        parent_id=values.get("parent_id"),
        model=values.get("model"),
        detail=ObservationDetail(
            status_message=values.get("status_message"),
            usage=values.get("usage", {}),
            usage_unit=values.get("usage_unit"),
            model_parameters=values.get("model_parameters"),
            resource=values.get("resource"),
            scope=values.get("scope"),
        ),
    )
    _identify_agent(row, values)
    _count_tokens(row)
    _price(row, values.get("cost"), state, prices)
    return row


def _identify_agent(row: ObservationRow, values: dict[str, Any]) -> None:
    row.agent = values.get("agent")
    row.tool = values.get("tool")
    row.graph_node = values.get("graph_node")
    row.thread_id = values.get("thread_id")
    row.finish_reason = values.get("finish_reason")
    row.error_type = values.get("error_type")
    row.retry_number = values.get("retry_number")


def _count_tokens(row: ObservationRow) -> None:
    usage = row.detail.usage
    row.input_tokens = _sum(usage, "input") or 0
    row.output_tokens = _sum(usage, "output") or 0
    row.total_tokens = usage.get("total", 0)


def _price(row: ObservationRow, given: dict[str, int] | None, state: State, prices: PriceBook) -> None:
    """Given cost beats computed cost; a model without a price leaves the cost unknown, which is not zero."""
    detail = row.detail
    model = prices.match(row.model, row.start_us) if row.model else None
    if model is not None:
        row.model_id = model.id
        detail.unit_prices = prices.unit_prices(model)
    if given:
        detail.cost, detail.cost_source = given, "given"
    elif model is not None and detail.usage:
        metadata = unflatten(state.fragments) if model.reads_metadata else None
        priced = prices.price(model, detail.usage, detail.model_parameters, metadata)
        if priced.cost:
            detail.cost, detail.cost_source = priced.cost, "computed"
            detail.price_tier_id, detail.price_tier_name = priced.tier_id, priced.tier_name
    row.input_cost = _sum(detail.cost, "input")
    row.output_cost = _sum(detail.cost, "output")
    row.total_cost = detail.cost.get("total")


def _sum(parts: dict[str, int], word: str) -> int | None:
    """Sum of the parts whose name contains a word; None when there is none."""
    total = None
    for name, amount in parts.items():
        if word in name or word in name.lower():
            total = amount + (total or 0)
    return total


def view_trace(trace_id: str, state: State | None, totals: TraceTotals) -> TraceRow:
    """Row of a trace: its own facts, and where they are silent those of its earliest observation."""
    values: dict[str, Any] = state.values() if state else {}
    timestamp_us = values.get("timestamp", totals.first_start_us)
    return TraceRow(
        id=trace_id,
        timestamp_us=0 if timestamp_us is None else timestamp_us,
        name=values.get("name"),
        user_id=values.get("user_id"),
        session_id=values.get("session_id"),
        environment=values.get("environment") or totals.first_environment or DEFAULT_ENVIRONMENT,
        release=values.get("release"),
        version=values.get("version"),
        public=values.get("public", False),
        bookmarked=values.get("bookmarked", False),
        tags=state.tags() if state else [],
        has_state=state is not None,
        input_preview=preview_input(values.get("input")),
        output_preview=preview_output(values.get("output")),
        resource=values.get("resource"),
        scope=values.get("scope"),
        totals=totals,
    )


def view_score(score_id: str, state: State, metadata: str | None) -> ScoreRow:
    """Row of a score; its data type, when not sent, follows from its value."""
    values = state.values()
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
        trace_id=values.get("trace_id"),
        observation_id=values.get("observation_id"),
        session_id=values.get("session_id"),
        dataset_run_id=values.get("dataset_run_id"),
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
    return number, values.get("text")
