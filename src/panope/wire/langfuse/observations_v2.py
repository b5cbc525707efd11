"""Observations as the second version of the public API lists them: by cursor, in groups of fields."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from panope.domain.errors import InvalidError
from panope.domain.tracing import ObservationRow, Payload
from panope.ports.telemetry import Observed, Page
from panope.query.ast import Condition, Keyset, ListQuery, Op, Sort
from panope.query.cursor import decode_cursor, encode_cursor
from panope.query.fields import View
from panope.wire.langfuse.filters import FieldNode, combine, equals, require_exact_text
from panope.wire.langfuse.jsonvalues import encode, parse_text, show_value, usd
from panope.wire.langfuse.observations import (
    is_root,
    latency_s,
    read_plain_filters,
    show_costs,
    show_estimate,
    time_to_first_token_s,
)
from panope.wire.langfuse.paging import DEFAULT_LIMIT, Params
from panope.wire.langfuse.querytext.parameter import read_q
from panope.wire.langfuse.times import format_optional_time, format_time

MAX_LIMIT = 1_000
METADATA_CHARS = 200
"""Longer metadata values are cut to this, unless they or the payload are asked for."""

GROUPS = frozenset({"core", "basic", "time", "io", "metadata", "model", "usage", "prompt", "metrics", "trace_context"})
_DEFAULT_GROUPS = frozenset({"core", "basic"})


class ObservationsRequest(Struct, frozen=True, kw_only=True):
    """A stretch of observations as it was asked for. The query asks for one row more than `limit`."""

    query: ListQuery
    limit: int
    groups: frozenset[str]
    expanded: frozenset[str]
    """Metadata keys whose values are wanted whole."""


def read_list_request(params: Params, now_us: int) -> ObservationsRequest:
    """Read the query string."""
    if params.flag("parseIoAsJson"):
        raise InvalidError(
            "parseIoAsJson=true is not supported: input and output are returned as text; parse them in the client",
            code="invalid_request_data",
        )
    limit = params.integer("limit", DEFAULT_LIMIT, 0, MAX_LIMIT)
    cursor, filter_text = params.text("cursor"), params.text("filter")
    groups = GROUPS.intersection(params.words("fields")) or _DEFAULT_GROUPS
    require_exact_text(filter_text)
    plain = [
        *read_plain_filters(params),
        *equals("session_id", params.text("sessionId")),
        *_read_parent(params.sent("parentObservationId")),
        *_read_root(params.flag("isRootObservation")),
    ]
    query = ListQuery(
        where=combine(View.OBSERVATIONS, plain, filter_text, read_q(View.OBSERVATIONS, params, now_us)),
        sort=Sort("start_time"),
        limit=limit + 1,
        after=decode_cursor(cursor) if cursor else None,
        with_payload=not groups.isdisjoint({"io", "metadata"}),
    )
    expanded = frozenset(params.words("expandMetadata"))
    return ObservationsRequest(query=query, limit=limit, groups=groups, expanded=expanded)


def _read_parent(sent: str | None) -> list[FieldNode]:
    if sent == "":
        return [FieldNode("parent_id", Condition("parent_id", Op.IS_NULL))]
    return equals("parent_id", sent)


def _read_root(flag: bool | None) -> list[FieldNode]:  # noqa: FBT001 - a parameter's value
    return [] if flag is None else [FieldNode("is_root", Condition("is_root", Op.EQ, flag))]


def encode_list(project_id: str, page: Page[Observed], request: ObservationsRequest) -> bytes:
    """Write the observations, and a cursor if there are more."""
    shown = page.rows[: request.limit]
    meta: dict[str, Any] = {}
    if shown and len(page.rows) > request.limit:
        last = shown[-1].row
        meta["cursor"] = encode_cursor(Keyset(last.start_us, last.id))
    return encode({"data": [_show(project_id, observed, request) for observed in shown], "meta": meta})


def _show(project_id: str, observed: Observed, request: ObservationsRequest) -> dict[str, Any]:
    row, groups = observed.row, request.groups
    shown = _show_core(project_id, row, has_model="model" in groups)
    for group, show in _SHOW.items():
        if group in groups:
            shown |= show(observed)
    payload = observed.payload or Payload()
    if "io" in groups:
        shown |= {"input": payload.input or None, "output": payload.output or None}
    if "metadata" in groups:
        shown["metadata"] = _show_metadata(payload.metadata, None if "io" in groups else request.expanded)
    return shown


def _show_core(project_id: str, row: ObservationRow, *, has_model: bool) -> dict[str, Any]:
    prices = row.detail.unit_prices if has_model else {}
    return {
        "id": row.id,
        "traceId": row.trace_id,
        "startTime": format_time(row.start_us),
        "endTime": format_optional_time(row.end_us),
        "projectId": project_id,
        "parentObservationId": row.parent_id,
        "type": row.type,
        "modelId": row.model_id if has_model else None,
        "inputPrice": prices.get("input"),
        "outputPrice": prices.get("output"),
        "totalPrice": prices.get("total"),
        "latency": latency_s(row),
        "timeToFirstToken": time_to_first_token_s(row),
    }


def _show_basic(observed: Observed) -> dict[str, Any]:
    row = observed.row
    return {
        "name": row.name,
        "level": row.level,
        "statusMessage": row.detail.status_message,
        "version": row.version,
        "environment": row.environment,
        "bookmarked": observed.bookmarked,
        "public": observed.public,
        "userId": observed.user_id,
        "sessionId": observed.session_id,
        "isRootObservation": is_root(row),
    }


def _show_time(observed: Observed) -> dict[str, Any]:
    row = observed.row
    return {
        "completionStartTime": format_optional_time(row.completion_start_us),
        "createdAt": format_time(row.created_us),
        "updatedAt": format_time(row.updated_us),
    }


def _show_model(observed: Observed) -> dict[str, Any]:
    row = observed.row
    return {
        "model": row.model,
        "providedModelName": row.model,
        "internalModelId": row.model_id,
        "modelParameters": show_value(row.detail.model_parameters),
    }


def _show_usage(observed: Observed) -> dict[str, Any]:
    row, detail = observed.row, observed.row.detail
    return {
        "usageDetails": detail.usage,
        "costDetails": show_costs(detail.cost),
        "inputUsage": row.input_tokens,
        "outputUsage": row.output_tokens,
        "totalUsage": row.total_tokens,
        "inputCost": usd(row.input_cost),
        "outputCost": usd(row.output_cost),
        "totalCost": usd(row.total_cost),
        "usagePricingTierId": detail.price_tier_id,
        "usagePricingTierName": detail.price_tier_name,
        **show_estimate(detail),
    }


def _show_prompt(observed: Observed) -> dict[str, Any]:
    row = observed.row
    return {"promptId": observed.prompt_id, "promptName": row.prompt_name, "promptVersion": row.prompt_version}


def _show_trace(observed: Observed) -> dict[str, Any]:
    return {"tags": observed.tags, "release": observed.release, "traceName": observed.trace_name}


_SHOW: dict[str, Callable[[Observed], dict[str, Any]]] = {
    "basic": _show_basic,
    "time": _show_time,
    "model": _show_model,
    "usage": _show_usage,
    "prompt": _show_prompt,
    "trace_context": _show_trace,
}


def _show_metadata(metadata: dict[str, Any], expanded: frozenset[str] | None) -> dict[str, Any]:
    """Metadata with long values cut to text; `expanded` names those left whole, None leaves all whole."""
    shown = {}
    for key, value in metadata.items():
        text = value if isinstance(value, str) else encode(value).decode()
        if expanded is not None and key not in expanded and len(text) > METADATA_CHARS:
            shown[key] = text[:METADATA_CHARS]
        else:
            shown[key] = parse_text(text) if isinstance(value, str) else show_value(value)
    return shown
