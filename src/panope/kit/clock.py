"""The one place that reads the time: everything else is handed a clock, so that tests can stop it."""

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Now, in microseconds since the epoch."""


def now_us() -> int:
    """Wall-clock time in microseconds since the epoch."""
    return time.time_ns() // 1_000


def monotonic_s() -> float:
    """Seconds on a clock that never goes back; only differences mean something."""
    return time.monotonic()
