"""The daily report in names and units of storage."""

from typing import Any

from msgspec import Struct

from panope.query.ast import ALWAYS, Node


class DailyQuestion(Struct, frozen=True, kw_only=True):
    """One page of days."""

    from_us: int
    until_us: int
    traces: Node = ALWAYS
    """Conditions on the view of traces."""
    observations: Node = ALWAYS
    """The same conditions on the view of observations."""
    offset: int = 0
    limit: int = 50


class DailyUse(Struct, frozen=True):
    """What the observations of one model used on one day, by the time they started."""

    model: Any
    """As sent; None for observations without one."""
    count_observations: Any
    input_tokens: Any
    output_tokens: Any
    total_tokens: Any
    total_cost: Any
    count_traces: Any
    """Traces that these observations are part of."""


class Day(Struct, frozen=True, kw_only=True):
    """One day, UTC."""

    day_us: int
    count_traces: int
    """Traces by their own timestamp."""
    uses: list[DailyUse]


class DailyPage(Struct, frozen=True, kw_only=True):
    """The days of one page, and how many days have anything in them."""

    days: list[Day]
    total: int
