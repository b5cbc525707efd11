"""Query strings of the web app's lists."""

from typing import Final
from zoneinfo import ZoneInfo

from panope.domain.errors import InvalidError
from panope.kit.zones import find_zone
from panope.query.ast import Sort
from panope.query.cursor import decode_cursor
from panope.query.question import Listing, Question
from panope.wire.langfuse.paging import Params, invalid

MAX_LIMIT: Final = 500
DEFAULT_LIMIT: Final = 100
_MAX_TEXT_CHARS: Final = 20_000
_INT64: Final = 2**63

FILTERS: Final = ("q", "env", "from", "to")
"""Parameters that say which rows are meant; every question about a list takes them."""
PAGING: Final = ("orderBy", "limit", "cursor", "after")

_TOKENS_AND_COST: Final = {
    "inputTokens": "input_tokens",
    "outputTokens": "output_tokens",
    "totalTokens": "total_tokens",
    "inputCost": "input_cost",
    "outputCost": "output_cost",
    "cost": "total_cost",
}
MAX_META_KEYS: Final = 10
_MAX_KEY_CHARS: Final = 200
SORTS: Final[dict[Listing, dict[str, str]]] = {
    Listing.TRACES: {
        "timestamp": "timestamp",
        "id": "id",
        "name": "name",
        "userId": "user_id",
        "sessionId": "session_id",
        "environment": "environment",
        "release": "release",
        "version": "version",
        "latency": "latency",
        "observationCount": "observation_count",
        "errorCount": "error_count",
        "warningCount": "warning_count",
        "unpricedCount": "unpriced_count",
        **_TOKENS_AND_COST,
    },
    Listing.OBSERVATIONS: {
        "startTime": "start_time",
        "endTime": "end_time",
        "id": "id",
        "traceId": "trace_id",
        "parentId": "parent_id",
        "name": "name",
        "type": "type",
        "level": "level",
        "environment": "environment",
        "version": "version",
        "model": "model",
        "promptName": "prompt_name",
        "promptVersion": "prompt_version",
        "latency": "latency",
        "timeToFirstToken": "time_to_first_token",
        **_TOKENS_AND_COST,
    },
    Listing.SCORES: {
        "timestamp": "timestamp",
        "id": "id",
        "name": "name",
        "value": "value",
        "stringValue": "string_value",
        "source": "source",
        "dataType": "data_type",
        "traceId": "trace_id",
        "observationId": "observation_id",
        "sessionId": "session_id",
        "environment": "environment",
    },
    Listing.SESSIONS: {
        "createdAt": "created_at",
        "lastActivity": "last_activity",
        "start": "timestamp",
        "id": "id",
        "environment": "environment",
        "duration": "latency",
        "traceCount": "trace_count",
        "totalTokens": "total_tokens",
        "cost": "total_cost",
    },
    Listing.USERS: {
        "lastSeen": "last_us",
        "firstSeen": "first_us",
        "id": "id",
        "traceCount": "trace_count",
        "observationCount": "observation_count",
        "totalTokens": "total_tokens",
        "cost": "total_cost",
        "errorCount": "error_count",
        "sessionCount": "session_count",
    },
}
"""Columns that a list can be sorted by, the usual one first, and the field of each. `Us` may follow a moment."""


def read_question(listing: Listing, params: Params, more: tuple[str, ...] = ()) -> Question:
    """Read a question about a list; `more` are parameters that the caller reads. Raises `InvalidError`."""
    _refuse_unknown(params, (*FILTERS, *PAGING, *more))
    text = params.sent("q") or ""
    if len(text) > _MAX_TEXT_CHARS:
        raise invalid(("q",), f"must have at most {_MAX_TEXT_CHARS} characters")
    if listing is Listing.USERS and params.text("after") is not None:
        raise invalid(("after",), "cannot be asked of users: what their traces add up to is of all of them")
    cursor = params.text("cursor")
    return Question(
        listing=listing,
        text=text.strip(),
        environments=tuple(dict.fromkeys(name for name in params.all("env") if name)),
        from_us=moment(params, "from"),
        until_us=moment(params, "to"),
        changed_since_us=moment(params, "after"),
        sort=_read_sort(listing, params.text("orderBy")),
        limit=params.integer("limit", DEFAULT_LIMIT, 1, MAX_LIMIT),
        after=decode_cursor(cursor) if cursor else None,
    )


def read_filters(listing: Listing, params: Params) -> Question:
    """Read which rows are meant where all of them are, in no order and on no page. Raises `InvalidError`."""
    _refuse_unknown(params, FILTERS)
    return read_question(listing, params)


def read_meta_keys(params: Params) -> tuple[str, ...]:
    """Read the keys of the metadata that rows are to carry. Raises `InvalidError`."""
    keys = tuple(dict.fromkeys(params.all("meta")))
    if len(keys) > MAX_META_KEYS or any(not 0 < len(key) <= _MAX_KEY_CHARS for key in keys):
        raise invalid(("meta",), f"must be up to {MAX_META_KEYS} keys of 1 to {_MAX_KEY_CHARS} characters")
    return keys


def moment(params: Params, name: str) -> int | None:
    """Read a moment in microseconds since the epoch."""
    return None if params.text(name) is None else params.integer(name, 0, -_INT64, _INT64 - 1)


def read_zone(params: Params) -> ZoneInfo:
    """Read the time zone, UTC without one; raises `InvalidError`."""
    return zone_of(params.text("tz"), ("tz",))


def zone_of(name: str | None, path: tuple[str, ...]) -> ZoneInfo:
    """A time zone by its name, UTC without one; raises `InvalidError`."""
    try:
        return find_zone(name or "UTC")
    except ValueError:
        raise invalid(path, "must be the IANA name of a time zone, such as Europe/Berlin, or UTC") from None


def _refuse_unknown(params: Params, known: tuple[str, ...]) -> None:
    unknown = sorted(params.names().difference(known))
    if unknown:
        raise invalid((unknown[0][:100],), f"is no parameter here; there are {', '.join(known)}")


def _read_sort(listing: Listing, text: str | None) -> Sort:
    columns = SORTS[listing]
    if text is None:
        return Sort(next(iter(columns.values())))
    separator = ":" if ":" in text else "-"
    name, _, direction = text.rpartition(separator)
    field = columns.get(name) or columns.get(name.removesuffix("Us"))
    if field is None or direction.upper() not in {"ASC", "DESC"}:
        message = f"{listing} are ordered by COLUMN-ASC or COLUMN-DESC; columns: {', '.join(columns)}"
        raise InvalidError(message, code="invalid_order_by")
    return Sort(field, descending=direction.upper() == "DESC")
