"""Scores as the first and second version of the public API list and show them."""

from typing import Any

from msgspec import Struct

from panope.domain.errors import InvalidError
from panope.domain.scores import ScoreDataType, ScoreRow, ScoreSource
from panope.ports.telemetry import Page, Scored
from panope.query.ast import And, Condition, ListQuery, Node, Op, Sort
from panope.query.fields import View
from panope.wire.langfuse.clients import knows_text_scores
from panope.wire.langfuse.filters import FieldNode, between, combine, equals, one_of
from panope.wire.langfuse.jsonvalues import encode, parse_text
from panope.wire.langfuse.paging import PageNumber, Params, page_meta, read_page
from panope.wire.langfuse.querytext.parameter import read_q
from panope.wire.langfuse.times import format_time

DELETED = encode({"message": "Score deletion queued successfully"})

_OPERATORS = {"<": Op.LT, ">": Op.GT, "<=": Op.LE, ">=": Op.GE, "!=": Op.NE, "=": Op.EQ}
GROUPS = frozenset({"score", "trace"})
FILTERS = (
    *("userId", "name", "source", "dataType", "configId", "queueId", "scoreIds", "environment", "traceTags"),
    *("fromTimestamp", "toTimestamp", "operator", "value"),
    *("traceId", "sessionId", "traceSessionId", "datasetRunId", "observationId", "filter"),
)
"""Parameters that `read_where` reads."""


class ScoreListRequest(Struct, frozen=True, kw_only=True):
    """One page of scores as it was asked for."""

    query: ListQuery
    page: PageNumber
    has_trace: bool = True
    """Whether each score shows a few facts of its trace."""


def read_list_request_v1(params: Params, now_us: int) -> ScoreListRequest:
    """Read the query string of the first version: scores of traces and observations, corrections left out."""
    kept = [
        FieldNode("trace_id", Condition("trace_id", Op.IS_NOT_NULL)),
        FieldNode("data_type", Condition("data_type", Op.NE, ScoreDataType.CORRECTION.value)),
    ]
    return _read_request(params, _read_plain_filters(params), kept, now_us, has_trace=True)


def read_list_request_v2(params: Params, now_us: int) -> ScoreListRequest:
    """Read the query string of the second version: every kind of score."""
    words = params.words("fields")
    groups = GROUPS.intersection(words) if words else GROUPS
    if "score" not in groups:
        raise InvalidError("fields must include score", code="invalid_request_data")
    if "trace" not in groups and (params.text("userId") or params.words("traceTags")):
        raise InvalidError(
            "userId and traceTags filter by the trace: add trace to fields",
            code="invalid_request_data",
        )
    plain = [*_read_plain_filters(params), *_read_targets(params)]
    return _read_request(params, plain, [], now_us, has_trace="trace" in groups)


def read_where(params: Params) -> Node:
    """Read what the second version filters by, and nothing else."""
    return combine(View.SCORES, [*_read_plain_filters(params), *_read_targets(params)], params.text("filter"))


def _read_request(
    params: Params,
    plain: list[FieldNode],
    kept: list[FieldNode],
    now_us: int,
    *,
    has_trace: bool,
) -> ScoreListRequest:
    """Build the query; `kept` are conditions that no filter of the caller replaces."""
    page = read_page(params)
    where = combine(View.SCORES, plain, params.text("filter"), read_q(View.SCORES, params, now_us))
    query = ListQuery(
        where=And((*(entry.node for entry in kept), where)) if kept else where,
        sort=Sort("timestamp"),
        limit=page.limit,
        offset=page.offset,
        with_total=True,
    )
    return ScoreListRequest(query=query, page=page, has_trace=has_trace)


def _read_plain_filters(params: Params) -> list[FieldNode]:
    return [
        *equals("user_id", params.text("userId")),
        *equals("name", params.text("name")),
        *equals("source", params.choice("source", ScoreSource)),
        *equals("data_type", params.choice("dataType", ScoreDataType)),
        *equals("config_id", params.text("configId")),
        *equals("queue_id", params.text("queueId")),
        *one_of("id", params.words("scoreIds")),
        *one_of("environment", params.words("environment")),
        *one_of("trace_tags", params.words("traceTags"), Op.ALL_OF),
        *between("timestamp", params.time("fromTimestamp"), params.time("toTimestamp")),
        *_read_value(params),
    ]


def _read_targets(params: Params) -> list[FieldNode]:
    return [
        *equals("trace_id", params.text("traceId")),
        *equals("session_id", params.text("sessionId")),
        *equals("trace_session_id", params.text("traceSessionId")),
        *equals("dataset_run_id", params.text("datasetRunId")),
        *one_of("observation_id", params.words("observationId")),
    ]


def _read_value(params: Params) -> list[FieldNode]:
    """Read the comparison of the value, which counts only when both of its halves were sent."""
    operator, value = params.choice("operator", _OPERATORS), params.number("value")
    if operator is None or value is None:
        return []
    return [FieldNode("value", Condition("value", _OPERATORS[operator], value))]


def encode_list_v1(project_id: str, page: Page[Scored], request: ScoreListRequest, sdk: str | None = None) -> bytes:
    """Write one page in the shape of the first version; see `show_score_v1` for what `sdk` changes."""
    rows = [show_score_v1(project_id, scored.row, sdk) | {"trace": _show_trace(scored)} for scored in page.rows]
    return encode({"data": rows, "meta": page_meta(request.page, page.total or 0)})


def encode_list_v2(project_id: str, page: Page[Scored], request: ScoreListRequest) -> bytes:
    """Write one page in the shape of the second version."""
    rows = [_show_listed_v2(project_id, scored, has_trace=request.has_trace) for scored in page.rows]
    return encode({"data": rows, "meta": page_meta(request.page, page.total or 0)})


def _show_listed_v2(project_id: str, scored: Scored, *, has_trace: bool) -> dict[str, Any]:
    shown = _show_score(project_id, scored.row)
    if has_trace:
        shown["trace"] = _show_trace(scored) | {"sessionId": scored.trace_session_id} if scored.has_trace else None
    return shown


def encode_detail_v1(project_id: str, scored: Scored, sdk: str | None = None) -> bytes:
    """Write one score in the shape of the first version; see `show_score_v1` for what `sdk` changes."""
    return encode(show_score_v1(project_id, scored.row, sdk) | {"trace": _show_trace(scored)})


def encode_detail_v2(project_id: str, scored: Scored) -> bytes:
    """Write one score in the shape of the second version."""
    return encode(_show_score(project_id, scored.row))


def is_shown_in_v1(row: ScoreRow) -> bool:
    """Whether the first version knows scores like it: of a trace or observation, and no correction."""
    return row.trace_id is not None and row.data_type != ScoreDataType.CORRECTION


def show_score_v1(project_id: str, row: ScoreRow, sdk: str | None = None) -> dict[str, Any]:
    """Show a score as the first version and the trace do.

    A client that does not know texts is shown one as a category: it would fail on everything beside it otherwise.
    """
    shown = _show_score(project_id, row)
    if row.data_type == ScoreDataType.TEXT and not knows_text_scores(sdk):
        shown |= {"dataType": ScoreDataType.CATEGORICAL, "value": row.value}
    del shown["sessionId"], shown["datasetRunId"]
    return shown


def _show_score(project_id: str, row: ScoreRow) -> dict[str, Any]:
    shown = {
        "id": row.id,
        "projectId": project_id,
        "timestamp": format_time(row.timestamp_us),
        "name": row.name,
        "value": row.value,
        "stringValue": row.string_value,
        "dataType": row.data_type,
        "source": row.source,
        "traceId": row.trace_id,
        "observationId": row.observation_id,
        "sessionId": row.session_id,
        "datasetRunId": row.dataset_run_id,
        "environment": row.environment,
        "authorUserId": row.author_user_id,
        "comment": row.comment,
        "metadata": parse_text(row.metadata) if row.metadata else {},
        "configId": row.config_id,
        "queueId": row.queue_id,
        "executionTraceId": row.execution_trace_id,
        "createdAt": format_time(row.created_us),
        "updatedAt": format_time(row.updated_us),
    }
    if row.data_type == ScoreDataType.TEXT:
        del shown["value"]
    if row.data_type in _WITH_TEXT:
        shown["stringValue"] = row.string_value or ""
    return shown


_WITH_TEXT = frozenset({ScoreDataType.CATEGORICAL, ScoreDataType.TEXT, ScoreDataType.CORRECTION})
"""Types whose text clients insist on."""


def _show_trace(scored: Scored) -> dict[str, Any]:
    return {"userId": scored.user_id, "tags": scored.tags, "environment": scored.trace_environment}
