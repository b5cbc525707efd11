"""Steps of time by the clock of whoever looks."""

from typing import Final
from zoneinfo import ZoneInfo

from panope.domain.rollups import DAY_US, HOUR_US
from panope.kit.zones import read_offsets
from panope.query.grid import WEEK_US, Grid, clock_grid

MINUTE_US: Final = 60_000_000
_CHART_STEPS: Final = (
    (HOUR_US, MINUTE_US),
    (6 * HOUR_US, 5 * MINUTE_US),
    (DAY_US, HOUR_US),
    (14 * DAY_US, 6 * HOUR_US),
    (90 * DAY_US, DAY_US),
)
"""Spans, and the width of the steps of a chart of no more than that; a week for anything longer."""


def chart_width(span_us: int) -> int:
    """The width of the steps of a chart, in microseconds; a day on which the clock is put back is a day."""
    return next((width_us for most_us, width_us in _CHART_STEPS if span_us <= most_us + most_us // 20), WEEK_US)


def zoned_grid(zone: ZoneInfo, width_us: int, from_us: int, until_us: int) -> Grid:
    """Steps of about one width from that of `from_us` on, by the clock of a zone. All in microseconds."""
    offsets = read_offsets(zone, from_us - width_us - DAY_US, until_us)
    return clock_grid(width_us, from_us, offsets.first_us, offsets.changes)
