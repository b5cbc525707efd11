"""Observations as the first version of the public API lists and shows them, alone and inside a trace."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from panope.domain.tracing import Level, ObservationDetail, ObservationRow, ObservationType, Payload
from panope.ports.telemetry import Observed, Page
from panope.query.ast import ListQuery, Sort
from panope.query.fields import View
from panope.wire.langfuse.filters import FieldNode, between, combine, equals, one_of
from panope.wire.langfuse.jsonvalues import encode, parse_stored, seconds, show_metadata, show_value, usd
from panope.wire.langfuse.paging import PageNumber, Params, page_meta, read_page
from panope.wire.langfuse.querytext.parameter import read_q
from panope.wire.langfuse.times import format_optional_time, format_time

_UNITS = frozenset({"CHARACTERS", "TOKENS", "MILLISECONDS", "SECONDS", "IMAGES", "REQUESTS"})
_DEFAULT_UNIT = "TOKENS"


class ObservationListRequest(Struct, frozen=True, kw_only=True):
    """One page of observations as it was asked for."""

    query: ListQuery
    page: PageNumber


def read_list_request(params: Params, now_us: int) -> ObservationListRequest:
    """Read the query string of a list of observations, latest start first."""
    page = read_page(params)
    plain = [*read_plain_filters(params), *equals("parent_id", params.text("parentObservationId"))]
    query = ListQuery(
        where=combine(View.OBSERVATIONS, plain, params.text("filter"), read_q(View.OBSERVATIONS, params, now_us)),
        sort=Sort("start_time"),
        limit=page.limit,
        offset=page.offset,
        with_payload=True,
        with_total=True,
    )
    return ObservationListRequest(query=query, page=page)


def read_plain_filters(params: Params) -> list[FieldNode]:
    """Read the filters that both versions take as plain parameters."""
    return [
        *equals("name", params.text("name")),
        *equals("user_id", params.text("userId")),
        *equals("type", params.choice("type", ObservationType)),
        *equals("trace_id", params.text("traceId")),
        *equals("level", params.choice("level", Level)),
        *equals("version", params.text("version")),
        *one_of("environment", params.words("environment")),
        *between("start_time", params.time("fromStartTime"), params.time("toStartTime")),
    ]


def encode_list(project_id: str, page: Page[Observed], request: ObservationListRequest) -> bytes:
    """Write one page of observations."""
    rows = [show_observation(project_id, observed) for observed in page.rows]
    return encode({"data": rows, "meta": page_meta(request.page, page.total or 0)})


def encode_detail(project_id: str, observed: Observed, cost_explanation: dict[str, Any]) -> bytes:
    """Write one observation with all that is known of it, and why it costs what it costs."""
    return encode(show_observation_in_full(project_id, observed) | {"costExplanation": cost_explanation})


def show_observation_in_full(
    project_id: str,
    observed: Observed,
    *,
    missing_price: int | None = None,
) -> dict[str, Any]:
    """Show an observation with what only panope knows of it, under names that no other field has."""
    row, payload = observed.row, observed.payload or Payload()
    return show_observation(project_id, observed, missing_price=missing_price) | {
        "spanEvents": [show_value(event) for event in payload.span_events],
        "links": [show_value(link) for link in payload.links],
        "clockSkew": row.clock_skew,
        "isRootObservation": is_root(row),
        "agent": row.agent,
        "tool": row.tool,
        "graphNode": row.graph_node,
        "threadId": row.thread_id,
        "finishReason": row.finish_reason,
        "errorType": row.error_type,
        "retryNumber": row.retry_number,
        "costSource": row.detail.cost_source,
        "usageEstimated": row.detail.usage_estimated,
    }


def show_observation(project_id: str, observed: Observed, *, missing_price: int | None = None) -> dict[str, Any]:
    """Show an observation as the first version does. `missing_price` stands for a price that no model gives."""
    row, payload = observed.row, observed.payload or Payload()
    return {
        "id": row.id,
        "projectId": project_id,
        "traceId": row.trace_id,
        "type": row.type,
        "parentObservationId": row.parent_id,
        "environment": row.environment,
        "name": row.name,
        "startTime": format_time(row.start_us),
        "endTime": format_optional_time(row.end_us),
        "completionStartTime": format_optional_time(row.completion_start_us),
        "level": row.level,
        "statusMessage": row.detail.status_message,
        "version": row.version,
        "input": parse_stored(payload.input),
        "output": parse_stored(payload.output),
        "metadata": show_metadata(payload.metadata),
        "promptId": observed.prompt_id,
        "promptName": row.prompt_name,
        "promptVersion": row.prompt_version,
        "model": row.model,
        "modelParameters": _show_parameters(row.detail.model_parameters),
        "createdAt": format_time(row.created_us),
        "updatedAt": format_time(row.updated_us),
        "latency": latency_s(row),
        "timeToFirstToken": time_to_first_token_s(row),
        **_show_usage(row.detail),
        **_show_prices(row, missing_price),
        **show_estimate(row.detail),
    }


def is_root(row: ObservationRow) -> bool:
    """Whether it has no parent, or is the first one of its application within a larger trace."""
    return row.parent_id is None or row.is_app_root


def latency_s(row: ObservationRow) -> float | None:
    """Seconds from start to end; None while it runs."""
    return None if row.end_us is None else seconds(max(0, row.end_us - row.start_us))


def time_to_first_token_s(row: ObservationRow) -> float | None:
    """Seconds from start to first token; None when it is not known or would be negative."""
    if row.completion_start_us is None or row.completion_start_us < row.start_us:
        return None
    return seconds(row.completion_start_us - row.start_us)


def show_costs(cost: Mapping[str, int]) -> dict[str, float]:
    """Costs by usage type, in US dollars."""
    return {kind: pico / 10**12 for kind, pico in cost.items()}


def _show_usage(detail: ObservationDetail) -> dict[str, Any]:
    """The usage and cost by type, and the three numbers that older clients read instead."""
    usage, cost = detail.usage, detail.cost
    input_units, output_units = _sum(usage, "input") or 0, _sum(usage, "output") or 0
    total_units = usage.get("total", 0)
    input_cost, output_cost = usd(_sum(cost, "input")), usd(_sum(cost, "output"))
    unit = detail.usage_unit if detail.usage_unit in _UNITS else _DEFAULT_UNIT
    return {
        "usage": {
            "input": input_units,
            "output": output_units,
            "total": total_units,
            "unit": unit,
            "inputCost": input_cost,
            "outputCost": output_cost,
            "totalCost": usd(cost.get("total")),
        },
        "usageDetails": usage,
        "costDetails": show_costs(cost),
        "unit": unit,
        "promptTokens": input_units,
        "completionTokens": output_units,
        "totalTokens": total_units,
        "calculatedInputCost": input_cost,
        "calculatedOutputCost": output_cost,
        "calculatedTotalCost": usd(cost.get("total", 0)),
    }


def show_estimate(detail: ObservationDetail) -> dict[str, bool]:
    """The mark of usage that panope has counted itself; lists leave it out where there is nothing to mark."""
    return {"usageEstimated": True} if detail.usage_estimated else {}


def _sum(amounts: Mapping[str, int], kind: str) -> int | None:
    parts = [amount for name, amount in amounts.items() if kind in name]
    return sum(parts) if parts else None


def _show_prices(row: ObservationRow, missing: int | None) -> dict[str, Any]:
    prices = {kind: float(price) for kind, price in row.detail.unit_prices.items()}
    return {
        "modelId": row.model_id,
        "inputPrice": prices.get("input", missing),
        "outputPrice": prices.get("output", missing),
        "totalPrice": prices.get("total", missing),
        "usagePricingTierId": row.detail.price_tier_id,
        "usagePricingTierName": row.detail.price_tier_name,
    }


def _show_parameters(parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Numbers, text and lists of text as they are; what is deeper as its JSON, because the oldest clients refuse it."""
    if parameters is None:
        return None
    return {name: _show_parameter(value) for name, value in parameters.items()}


def _show_parameter(value: Any) -> Any:
    if isinstance(value, dict) or (isinstance(value, list) and not all(isinstance(member, str) for member in value)):
        return encode(value).decode()
    return show_value(value)
