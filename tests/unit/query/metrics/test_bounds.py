"""What a question is told that asks for too much: a window that lies before now, where there is one."""

from typing import Final

import pytest

from panope.query.metrics.ast import MetricsQuery, MetricsView
from panope.query.metrics.bounds import too_many_rows

NOW_US: Final = 1_760_000_000_000_000
HOUR_US: Final = 3_600_000_000
END_US: Final = 253_402_300_800_000_000
"""Of all years that have four digits."""


def _told(from_us: int, until_us: int) -> str:
    query = MetricsQuery(view=MetricsView.TRACES, metrics=(), from_us=from_us, until_us=until_us)
    return str(too_many_rows(query, 1_000, 110, NOW_US))


@pytest.mark.parametrize("until_us", [NOW_US, NOW_US + HOUR_US, END_US])
def test_a_window_that_reaches_beyond_now_is_narrowed_up_to_now(until_us: int) -> None:
    assert "ask from 2025-10-09T07:53:20Z on;" in _told(NOW_US - 10 * HOUR_US, until_us)


def test_a_window_of_the_past_is_narrowed_up_to_its_end() -> None:
    assert "ask from 2025-10-09T05:53:20Z on;" in _told(NOW_US - 12 * HOUR_US, NOW_US - 2 * HOUR_US)


@pytest.mark.parametrize("from_us", [NOW_US - 1_000_000, NOW_US, NOW_US + HOUR_US])
def test_where_no_beginning_would_do_a_shorter_range_is_advised(from_us: int) -> None:
    assert "ask for a shorter range of time;" in _told(from_us, END_US)
