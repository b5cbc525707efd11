"""The reads of the table: what is asked of a `TelemetryReader` and, where the public API can ask it, of the server."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from msgspec import Struct

from bench.seed import BIG_SESSION, BIG_TRACE, DAY_US, END_US, PROJECT
from panope.adapters.memory.catalog.whole import MemoryCatalog
from panope.features.prompts.links import PromptLinks
from panope.features.tracing.reading import TraceReading
from panope.features.tracing.remarks import Remarks
from panope.ports.telemetry import TelemetryReader
from panope.query.ast import ALWAYS, And, Condition, ListQuery, Node, Op, Sort
from panope.query.fields import View

Ask = Callable[[TelemetryReader], Awaitable[Any]]

NEWEST: Final = Sort("timestamp")
LATEST: Final = Sort("start_time")
WINDOW_DAYS: Final = 7
_TRACES: Final = "/api/public/traces"
_OBSERVATIONS: Final = "/api/public/v2/observations"
_SINCE_US: Final = END_US - WINDOW_DAYS * DAY_US
_WINDOW_FROM: Final = datetime.fromtimestamp(_SINCE_US / 10**6, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Read(Struct, frozen=True, kw_only=True):
    """One row of the table."""

    name: str
    ask: Ask
    path: str | None = None
    """What the public API is asked for the same; None where it cannot be asked."""
    is_unbounded: bool = False
    """Whether it walks the history on purpose, so that its work grows with it."""


def reads() -> list[Read]:
    """All of them."""
    return [*_pages(), *_windowed(), *_observations(), *_whole(), *_totals(), *_unbounded()]


def _is(field: str, value: str = "asked-for") -> Condition:
    return Condition(field, Op.EQ, value)


_TAG: Final = Condition("tags", Op.ALL_OF, ("asked-for",))
_CUSTOMER: Final = Condition("metadata", Op.EQ, "asked-for", key="customer")
_CAMPAIGN: Final = Condition("metadata", Op.EQ, "asked-for", key="campaign")
_SCORE: Final = Condition("scores_avg", Op.GE, 0.0, key="asked-for")
_RECENT_SCORE: Final = Condition("scores_avg", Op.GE, 0.0, key="asked-for-recently")


def _since(where: Node, field: str = "timestamp") -> Node:
    return And((where, Condition(field, Op.GE, _SINCE_US)))


def _traces(name: str, where: Node, params: dict[str, str] | None, sort: Sort = NEWEST, **rest: Any) -> Read:
    whole = rest.pop("whole", False)
    query = ListQuery(where=where, sort=sort, limit=50, with_payload=whole, with_ids=whole)
    path = None if params is None else f"{_TRACES}?{urlencode({'limit': '50', 'fields': 'core,metrics', **params})}"
    return Read(name=name, ask=lambda reader: reader.list_traces(PROJECT, query), path=path, **rest)


def _filter(kind: str, column: str, operator: str, value: object, key: str | None = None) -> dict[str, str]:
    entry = {"type": kind, "column": column, "operator": operator, "value": value, "key": key}
    return {"filter": json.dumps([{name: told for name, told in entry.items() if told is not None}])}


_BY_CAMPAIGN: Final = _filter("stringObject", "metadata", "=", "asked-for", "campaign")
_BY_SCORE: Final = _filter("numberObject", "scores_avg", ">=", 0, "asked-for")
_BY_RECENT_SCORE: Final = _filter("numberObject", "scores_avg", ">=", 0, "asked-for-recently")


def _pages() -> list[Read]:
    everything = {"fields": "core,io,scores,observations,metrics"}
    return [
        _traces("newest traces", ALWAYS, {}),
        _traces("newest traces with everything", ALWAYS, everything, whole=True),
        _traces("traces of a user", _is("user_id"), {"userId": "asked-for"}),
        _traces("traces of a session", _is("session_id"), {"sessionId": "asked-for"}),
        _traces("traces with a tag", _TAG, {"tags": "asked-for"}),
        _traces("traces by name", _is("name"), {"name": "asked-for"}),
        _traces("traces of an environment", _is("environment"), {"environment": "asked-for"}),
        _traces("traces with a score", _SCORE, _BY_SCORE),
    ]


def _windowed() -> list[Read]:
    window = {"fromTimestamp": _WINDOW_FROM}
    by_latency, by_cost, by_name = Sort("latency"), Sort("total_cost"), Sort("name", descending=False)
    return [
        _traces("week: by metadata key", _since(_CAMPAIGN), {**window, **_BY_CAMPAIGN}),
        _traces("week: with a score", _since(_RECENT_SCORE), {**window, **_BY_RECENT_SCORE}),
        _traces("week: by latency", _since(ALWAYS), None, by_latency),
        _traces("week: by cost", _since(ALWAYS), None, by_cost),
        _traces("week: by name, ascending", _since(ALWAYS), {**window, "orderBy": "name.asc"}, by_name),
    ]


def _observed(name: str, where: Node, params: dict[str, str], *, is_unbounded: bool = False) -> Read:
    query = ListQuery(where=where, sort=LATEST, limit=50)
    path = f"{_OBSERVATIONS}?{urlencode({'limit': '49', **params})}"
    return Read(
        name=name,
        ask=lambda reader: reader.list_observations(PROJECT, query),
        path=path,
        is_unbounded=is_unbounded,
    )


def _observations() -> list[Read]:
    window = {"fromStartTime": _WINDOW_FROM}
    rare = "asked-for-recently"
    return [
        _observed("latest observations", ALWAYS, {}),
        _observed("observations of a common type", _is("type", "GENERATION"), {"type": "GENERATION"}),
        _observed("observations of a common model", _is("model", "gpt-4o"), _model("gpt-4o")),
        _observed("observations of a common name", _is("name", "draft"), {"name": "draft"}),
        _observed(
            "week: observations of a rare type",
            _since(_is("type", "GUARDRAIL"), "start_time"),
            {**window, "type": "GUARDRAIL"},
        ),
        _observed(
            "week: observations of a rare model", _since(_is("model", rare), "start_time"), window | _model(rare)
        ),
        _observed(
            "week: observations of a rare name", _since(_is("name", rare), "start_time"), window | {"name": rare}
        ),
    ]


def _model(name: str) -> dict[str, str]:
    return _filter("string", "providedModelName", "=", name)


def _whole() -> list[Read]:
    session = ListQuery(where=_is("session_id", BIG_SESSION), sort=NEWEST, limit=50, with_ids=False)
    month = (END_US - 30 * DAY_US, END_US)
    return [
        Read(
            name="one trace of 1,000 observations",
            ask=lambda reader: reader.get_trace(PROJECT, BIG_TRACE),
            path=f"{_TRACES}/{BIG_TRACE}",
        ),
        Read(
            name="session of 20,000 traces, a page",
            ask=lambda reader: reader.list_traces(PROJECT, session),
            path=f"{_TRACES}?limit=50&fields=core,metrics&sessionId={BIG_SESSION}",
        ),
        Read(
            name="session of 20,000 traces, all of it",
            ask=_whole_session,
            path=f"/api/public/sessions/{BIG_SESSION}",
        ),
        Read(
            name="cost by model by day, 30 days",
            ask=lambda reader: reader.sum_usage_by_day(PROJECT, *month),
        ),
    ]


async def _whole_session(reader: TelemetryReader) -> object:
    """As the endpoint reads it."""
    catalog = MemoryCatalog()
    tracing = TraceReading(reader, PromptLinks(catalog.prompt_index, catalog.version), Remarks(catalog.comments))
    return await tracing.get_session(PROJECT, [BIG_SESSION])


def _total(name: str, view: View, where: Node, *, is_unbounded: bool = False) -> Read:
    sort = NEWEST if view is View.TRACES else LATEST
    query = ListQuery(where=where, sort=sort, limit=0, with_total=True)

    async def ask(reader: TelemetryReader) -> object:
        if view is View.TRACES:
            return (await reader.list_traces(PROJECT, query)).total
        return (await reader.list_observations(PROJECT, query)).total

    return Read(name=name, ask=ask, is_unbounded=is_unbounded)


def _totals() -> list[Read]:
    return [
        _total("total: traces", View.TRACES, ALWAYS),
        _total("total: observations", View.OBSERVATIONS, ALWAYS),
        _total("total: traces of an environment", View.TRACES, _is("environment")),
        _total("total: observations of a type", View.OBSERVATIONS, _is("type", "GENERATION")),
        _total("total: traces of a user", View.TRACES, _is("user_id")),
        _total("total: traces of a session", View.TRACES, _is("session_id")),
        _total("total: traces with a tag", View.TRACES, _TAG),
        _total("total: traces by name", View.TRACES, _is("name")),
        _total("total: traces with a score", View.TRACES, _SCORE),
        _total("total: session of 20,000 traces", View.TRACES, _is("session_id", BIG_SESSION)),
        _total("total: week", View.TRACES, _since(ALWAYS)),
        _total("total: week, by metadata key", View.TRACES, _since(_CAMPAIGN)),
        _total("total: week, with a score", View.TRACES, _since(_RECENT_SCORE)),
    ]


def _unbounded() -> list[Read]:
    return [
        _traces("all history: by metadata key", _CUSTOMER, None, is_unbounded=True),
        _traces("all history: by latency", ALWAYS, None, Sort("latency"), is_unbounded=True),
        _traces("all history: by cost", ALWAYS, None, Sort("total_cost"), is_unbounded=True),
        _observed(
            "all history: observations of a rare type",
            _is("type", "EVALUATOR"),
            {"type": "EVALUATOR"},
            is_unbounded=True,
        ),
        _observed("all history: observations of a rare model", _is("model"), _model("asked-for"), is_unbounded=True),
        _observed("all history: observations of a rare name", _is("name"), {"name": "asked-for"}, is_unbounded=True),
        _total("total: all history, by metadata key", View.TRACES, _CUSTOMER, is_unbounded=True),
    ]
