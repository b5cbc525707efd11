"""Traces as the public API lists, shows and deletes them."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec import Struct

from panope.domain.errors import InvalidError
from panope.domain.ids import MAX_ID_BYTES, is_possible_id
from panope.domain.tracing import Payload, TraceRow
from panope.ports.telemetry import Page, Traced, TraceDetail
from panope.query.ast import ListQuery, Op, Sort
from panope.query.fields import View
from panope.wire.langfuse.filters import between, combine, equals, one_of
from panope.wire.langfuse.jsonvalues import encode, parse_stored, seconds, show_metadata, usd
from panope.wire.langfuse.observations import show_observation_in_full
from panope.wire.langfuse.paging import PageNumber, Params, invalid, page_meta, read_page
from panope.wire.langfuse.querytext.parameter import read_q
from panope.wire.langfuse.scores import is_shown_in_v1, show_score_v1
from panope.wire.langfuse.times import format_time

GROUPS = frozenset({"core", "io", "scores", "observations", "metrics"})
MAX_DELETED = 1_000

DELETED_ONE = encode({"message": "Trace deleted successfully"})
DELETED_MANY = encode({"message": "Traces deleted successfully"})

_NOT_ASKED = -1
"""What a metric shows when its group was not asked for: the oldest clients refuse null."""

_SORTS = {
    "id": "id",
    "timestamp": "timestamp",
    "name": "name",
    "userId": "user_id",
    "release": "release",
    "version": "version",
    "public": "public",
    "bookmarked": "bookmarked",
    "sessionId": "session_id",
}


class TraceListRequest(Struct, frozen=True, kw_only=True):
    """One page of traces as it was asked for."""

    query: ListQuery
    page: PageNumber
    groups: frozenset[str]


def read_list_request(params: Params, now_us: int | None = None) -> TraceListRequest:
    """Read the query string of a list of traces; without `now_us`, in µs, `q` is not taken."""
    page = read_page(params)
    groups = read_groups(params)
    plain = [
        *equals("user_id", params.text("userId")),
        *equals("name", params.text("name")),
        *equals("session_id", params.text("sessionId")),
        *equals("version", params.text("version")),
        *equals("release", params.text("release")),
        *one_of("tags", params.words("tags"), Op.ALL_OF),
        *one_of("environment", params.words("environment")),
        *between("timestamp", params.time("fromTimestamp"), params.time("toTimestamp")),
    ]
    query = ListQuery(
        where=combine(View.TRACES, plain, params.text("filter"), read_q(View.TRACES, params, now_us)),
        sort=_read_sort(params.text("orderBy")),
        limit=page.limit,
        offset=page.offset,
        with_payload="io" in groups,
        with_ids=not groups.isdisjoint({"observations", "scores"}),
        with_total=True,
    )
    return TraceListRequest(query=query, page=page, groups=groups)


def read_groups(params: Params) -> frozenset[str]:
    """Which groups of fields are wanted; unknown names are ignored, and nothing known means everything."""
    asked = GROUPS.intersection(params.words("fields"))
    return asked or GROUPS


def _read_sort(text: str | None) -> Sort:
    if text is None:
        return Sort("timestamp")
    name, _, direction = text.partition(".")
    if name not in _SORTS:
        raise InvalidError(f"Invalid order by column: {name}. Possible: {', '.join(_SORTS)}", code="invalid_order_by")
    if direction.lower() not in {"asc", "desc"}:
        raise InvalidError(f"Invalid order by direction: {direction}. Possible: asc, desc", code="invalid_order_by")
    return Sort(_SORTS[name], descending=direction.lower() == "desc")


class _Deletion(Struct, forbid_unknown_fields=True):
    traceIds: list[str]  # noqa: N815 - the name on the wire


def read_deletion(body: bytes) -> list[str]:
    """Read the ids of the traces to delete."""
    try:
        ids = msgspec.json.decode(body, type=_Deletion).traceIds
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid(("traceIds",), 'send {"traceIds": [...]} and nothing else') from error
    if not 1 <= len(ids) <= MAX_DELETED:
        raise invalid(("traceIds",), f"must hold 1 to {MAX_DELETED} ids")
    if not all(map(is_possible_id, ids)):
        raise invalid(("traceIds",), f"must hold ids of 1 to {MAX_ID_BYTES} bytes without NUL; no trace has another")
    return ids


def encode_list(project_id: str, page: Page[Traced], request: TraceListRequest) -> bytes:
    """Write one page of traces, with the ids of what belongs to each."""
    rows = [_show_listed(project_id, traced, request.groups) for traced in page.rows]
    return encode({"data": rows, "meta": page_meta(request.page, page.total or 0)})


def _show_listed(project_id: str, traced: Traced, groups: frozenset[str]) -> dict[str, Any]:
    shown = show_trace(project_id, traced.row, traced.payload)
    shown["observations"] = traced.observation_ids if "observations" in groups else []
    shown["scores"] = traced.score_ids if "scores" in groups else []
    return shown | _show_metrics(project_id, traced.row, groups)


def encode_detail(project_id: str, detail: TraceDetail, groups: frozenset[str], sdk: str | None = None) -> bytes:
    """Write one trace with everything that belongs to it; see `show_score_v1` for what `sdk` changes."""
    traced = detail.trace
    shown = show_trace(project_id, traced.row, traced.payload if "io" in groups else None)
    shown["observations"] = _when(
        "observations" in groups,
        lambda: [show_observation_in_full(project_id, row, missing_price=0) for row in detail.observations],
    )
    shown["scores"] = _when(
        "scores" in groups,
        lambda: [show_score_v1(project_id, row, sdk) for row in detail.scores if is_shown_in_v1(row)],
    )
    return encode(shown | _show_metrics(project_id, traced.row, groups))


def _when(is_wanted: bool, build: Callable[[], list[Any]]) -> list[Any]:  # noqa: FBT001 - read aloud it is clear
    return build() if is_wanted else []


def show_trace(project_id: str, row: TraceRow, payload: Payload | None) -> dict[str, Any]:
    """Show what every endpoint shows of a trace; without a payload its large fields are empty."""
    return {
        "id": row.id,
        "projectId": project_id,
        "timestamp": format_time(row.timestamp_us),
        "name": row.name,
        "environment": row.environment,
        "sessionId": row.session_id,
        "userId": row.user_id,
        "release": row.release,
        "version": row.version,
        "public": row.public,
        "bookmarked": row.bookmarked,
        "tags": row.tags,
        "externalId": None,
        "input": parse_stored(payload.input) if payload else None,
        "output": parse_stored(payload.output) if payload else None,
        "metadata": show_metadata(payload.metadata) if payload else {},
        "createdAt": format_time(row.created_us),
        "updatedAt": format_time(row.updated_us),
    }


def _show_metrics(project_id: str, row: TraceRow, groups: frozenset[str]) -> dict[str, Any]:
    is_wanted = "metrics" in groups
    return {
        "htmlPath": f"/project/{quote(project_id, safe='')}/traces/{quote(row.id, safe='')}",
        "latency": seconds(row.latency_us) if is_wanted else _NOT_ASKED,
        "totalCost": usd(row.totals.total_cost) if is_wanted else _NOT_ASKED,
    }
