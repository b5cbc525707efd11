"""The daily report: usage and cost by day and model, as the oldest clients ask for it."""

from typing import Any, Final

import msgspec
from msgspec import Struct

from panope.domain.usage import PICO_PER_USD
from panope.query.ast import And, Condition, Node, Op
from panope.query.metrics.daily import DailyPage, DailyQuestion, DailyUse, Day
from panope.query.metrics.windows import day_of
from panope.wire.langfuse.paging import PageNumber, Params, page_meta, read_page
from panope.wire.langfuse.times import floor_ms, parse_time

_FIRST_US: Final = parse_time("0001-01-01T00:00:00Z")
_LAST_US: Final = parse_time("9999-12-31T00:00:00Z")


class DailyRequest(Struct, frozen=True, kw_only=True):
    """One page of the report as it was asked for."""

    question: DailyQuestion
    page: PageNumber


def read_daily_request(params: Params) -> DailyRequest:
    """Read the query string; the conditions are on the traces, and the environment on the observations too."""
    page = read_page(params)
    from_us, until_us = params.time("fromTimestamp"), params.time("toTimestamp")
    shared = [
        *_equals("user_id", params.text("userId")),
        *_holds("tags", Op.ALL_OF, params.words("tags")),
        *_holds("environment", Op.ANY_OF, params.words("environment")),
    ]
    name = params.text("traceName")
    question = DailyQuestion(
        from_us=_FIRST_US if from_us is None else floor_ms(from_us),
        until_us=_LAST_US if until_us is None else floor_ms(until_us),
        traces=And((*_equals("name", name), *shared)),
        observations=And((*_equals("trace_name", name), *shared)),
        offset=page.offset,
        limit=page.limit,
    )
    return DailyRequest(question=question, page=page)


def encode_days(page: DailyPage, asked: DailyRequest) -> bytes:
    """The body of the answer."""
    return msgspec.json.encode(
        {"data": [_day(day) for day in page.days], "meta": page_meta(asked.page, page.total)},
    )


def _day(day: Day) -> dict[str, Any]:
    return {
        "date": day_of(day.day_us),
        "countTraces": day.count_traces,
        "countObservations": sum(use.count_observations for use in day.uses),
        "totalCost": sum(use.total_cost for use in day.uses) / PICO_PER_USD,
        "usage": [_use(use) for use in day.uses],
    }


def _use(use: DailyUse) -> dict[str, Any]:
    return {
        "model": use.model,
        "inputUsage": use.input_tokens,
        "outputUsage": use.output_tokens,
        "totalUsage": use.total_tokens,
        "countObservations": use.count_observations,
        "countTraces": use.count_traces,
        "totalCost": use.total_cost / PICO_PER_USD,
    }


def _equals(field: str, value: str | None) -> list[Node]:
    return [] if value is None else [Condition(field, Op.EQ, value)]


def _holds(field: str, op: Op, values: tuple[str, ...]) -> list[Node]:
    return [Condition(field, op, values)] if values else []
