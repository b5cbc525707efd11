"""What to answer when a question asks for too much: how much it is, and what would be less."""

from panope.domain.errors import TooBroadError
from panope.query.metrics.ast import MetricsQuery
from panope.query.metrics.windows import format_moment

_SECOND_US = 1_000_000


def too_many_rows(query: MetricsQuery, rows: int, max_rows: int, now_us: int) -> TooBroadError:
    """The error of a question whose window holds too many rows, with a window up to now that probably does not."""
    until_us = min(query.until_us, now_us)
    span_us = until_us - query.from_us
    since_us = until_us - max(span_us * max_rows // (rows + rows // 10), _SECOND_US)
    advice = f"ask from {format_moment(since_us)} on" if since_us > query.from_us else "ask for a shorter range of time"
    return TooBroadError(
        f"The window holds {rows:,} {query.view} to look at, and a question may look at {max_rows:,}: "
        f"{advice}; counts and sums of observations by environment, type and model alone, "
        "and of traces by environment and name, have no such bound",
        code="query_too_broad",
    )


def too_many_groups(max_groups: int) -> TooBroadError:
    """The error of a question with too many groups."""
    return TooBroadError(
        f"The answer would have more than {max_groups:,} rows: leave out a dimension of which nearly every row has a "
        "value of its own, or ask for the first ones with config.row_limit and orderBy",
        code="query_too_broad",
    )
