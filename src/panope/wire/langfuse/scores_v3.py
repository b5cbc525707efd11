"""Scores as the third version of the public API lists them: by cursor, with one value of the score's own type."""

import math
from typing import Any

from msgspec import Struct

from panope.domain.errors import InvalidError
from panope.domain.scores import ScoreDataType, ScoreRow, ScoreSource
from panope.ports.telemetry import Page, Scored
from panope.query.ast import Condition, Keyset, ListQuery, Op, Or, Sort
from panope.query.cursor import decode_cursor, encode_cursor
from panope.query.fields import View
from panope.wire.langfuse.filters import FieldNode, between, combine, one_of
from panope.wire.langfuse.jsonvalues import encode, parse_text
from panope.wire.langfuse.paging import DEFAULT_LIMIT, MAX_LIMIT, Params, invalid
from panope.wire.langfuse.querytext.parameter import read_q
from panope.wire.langfuse.times import format_time

GROUPS = ("core", "details", "subject", "annotation")
_LISTS = {
    "id": "id",
    "name": "name",
    "environment": "environment",
    "configId": "config_id",
    "queueId": "queue_id",
    "authorUserId": "author_user_id",
    "traceId": "trace_id",
    "sessionId": "session_id",
    "observationId": "observation_id",
    "experimentId": "dataset_run_id",
}
"""Parameters that take several values, any of which may match."""
_OTHERS = (
    "limit",
    "cursor",
    "fields",
    "source",
    "dataType",
    "value",
    "valueMin",
    "valueMax",
    "fromTimestamp",
    "toTimestamp",
    "q",
)
_COMPARABLE = (ScoreDataType.NUMERIC, ScoreDataType.BOOLEAN, ScoreDataType.CATEGORICAL)
_SUBJECTS = ("traceId", "sessionId", "experimentId")


class ScoresRequest(Struct, frozen=True, kw_only=True):
    """A stretch of scores as it was asked for. The query asks for one row more than `limit`."""

    query: ListQuery
    limit: int
    groups: frozenset[str]


def read_list_request(params: Params, now_us: int) -> ScoresRequest:
    """Read the query string, in which every name must be a known one."""
    unknown = sorted(params.names() - _LISTS.keys() - set(_OTHERS))
    if unknown:
        raise invalid((unknown[0],), f"is not a parameter here; possible: {', '.join((*_LISTS, *_OTHERS))}")
    limit = params.integer("limit", DEFAULT_LIMIT, 1, MAX_LIMIT)
    cursor = params.text("cursor")
    _check_subjects(params)
    types = _read_words(params, "dataType", ScoreDataType)
    plain = [
        *(node for name, field in _LISTS.items() for node in one_of(field, params.words(name))),
        *one_of("source", _read_words(params, "source", ScoreSource)),
        *one_of("data_type", types),
        *between("timestamp", params.time("fromTimestamp"), params.time("toTimestamp")),
        *_read_values(params.words("value"), types),
        *_read_range(params, types),
    ]
    query = ListQuery(
        where=combine(View.SCORES, plain, None, read_q(View.SCORES, params, now_us)),
        sort=Sort("timestamp"),
        limit=limit + 1,
        after=decode_cursor(cursor) if cursor else None,
    )
    return ScoresRequest(query=query, limit=limit, groups=_read_groups(params))


def _read_groups(params: Params) -> frozenset[str]:
    words = params.words("fields")
    unknown = [word for word in words if word not in GROUPS]
    if unknown:
        raise invalid(("fields",), f"must be some of {', '.join(GROUPS)}")
    return frozenset(words)


def _read_words(
    params: Params,
    name: str,
    allowed: type[ScoreDataType] | type[ScoreSource],
) -> tuple[str, ...]:
    words = tuple(word.upper() for word in params.words(name))
    if any(word not in list(allowed) for word in words):
        raise invalid((name,), f"must be some of {', '.join(allowed)}")
    return words


def _check_subjects(params: Params) -> None:
    if len([name for name in _SUBJECTS if params.words(name)]) > 1:
        raise _refused(f"send at most one of {', '.join(_SUBJECTS)}")
    if params.words("observationId") and not params.words("traceId"):
        raise _refused("observationId needs traceId")


def _read_values(words: tuple[str, ...], types: tuple[str, ...]) -> list[FieldNode]:
    if not words:
        return []
    if len(types) != 1 or types[0] not in _COMPARABLE:
        raise _refused(f"value needs dataType, and that exactly one of {', '.join(_COMPARABLE)}")
    if types[0] == ScoreDataType.CATEGORICAL:
        return one_of("string_value", words)
    if types[0] == ScoreDataType.NUMERIC:
        conditions = [Condition("value", Op.EQ, _read_number(word)) for word in words]
    else:
        if not {"true", "false"}.issuperset(words):
            raise invalid(("value",), "must be true or false")
        conditions = [Condition("boolean_value", Op.EQ, word == "true") for word in words]
    return [FieldNode(conditions[0].field, Or(tuple(conditions)))]


def _read_number(word: str) -> float:
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise invalid(("value",), "must be finite numbers")
    return number


def _read_range(params: Params, types: tuple[str, ...]) -> list[FieldNode]:
    low, high = params.number("valueMin"), params.number("valueMax")
    if (low, high) != (None, None) and types != (ScoreDataType.NUMERIC,):
        raise _refused("valueMin and valueMax need dataType=NUMERIC")
    nodes = [] if low is None else [FieldNode("value", Condition("value", Op.GE, low))]
    return nodes if high is None else [*nodes, FieldNode("value", Condition("value", Op.LE, high))]


def _refused(message: str) -> InvalidError:
    return InvalidError(message, code="invalid_request_data")


def encode_list(project_id: str, page: Page[Scored], request: ScoresRequest) -> bytes:
    """Write the scores, and a cursor if there are more."""
    shown = [scored.row for scored in page.rows[: request.limit]]
    meta: dict[str, Any] = {"limit": request.limit}
    if len(page.rows) > request.limit:
        meta["cursor"] = encode_cursor(Keyset(shown[-1].timestamp_us, shown[-1].id))
    return encode({"data": [show_score(project_id, row, request.groups) for row in shown], "meta": meta})


def show_score(project_id: str, row: ScoreRow, groups: frozenset[str]) -> dict[str, Any]:
    """Show one score with some groups of its fields."""
    shown: dict[str, Any] = {
        "id": row.id,
        "projectId": project_id,
        "name": row.name,
        "value": _show_value(row),
        "dataType": row.data_type,
        "source": row.source,
        "timestamp": format_time(row.timestamp_us),
        "environment": row.environment,
        "createdAt": format_time(row.created_us),
        "updatedAt": format_time(row.updated_us),
    }
    if "details" in groups:
        metadata = parse_text(row.metadata) if row.metadata else {}
        shown |= {"comment": row.comment, "configId": row.config_id, "metadata": metadata}
    if "subject" in groups:
        shown["subject"] = _show_subject(row)
    if "annotation" in groups:
        shown |= {"authorUserId": row.author_user_id, "queueId": row.queue_id}
    return shown


def _show_value(row: ScoreRow) -> float | bool | str:
    if row.data_type == ScoreDataType.NUMERIC:
        return row.value
    if row.data_type == ScoreDataType.BOOLEAN:
        return row.value == 1
    return row.string_value or ""


def _show_subject(row: ScoreRow) -> dict[str, Any] | None:
    if row.observation_id is not None:
        return {"kind": "observation", "id": row.observation_id, "traceId": row.trace_id}
    if row.trace_id is not None:
        return {"kind": "trace", "id": row.trace_id}
    if row.session_id is not None:
        return {"kind": "session", "id": row.session_id}
    if row.dataset_run_id is not None:
        return {"kind": "experiment", "id": row.dataset_run_id}
    return None
