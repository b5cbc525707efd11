"""Watches a read from inside SQLite's machine and ends it when it does too much."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from panope.adapters.sqlite.driver import sqlite3
from panope.kit.clock import monotonic_s
from panope.ports.bounds import ReadBound, too_broad

_STEPS_PER_ROW: Final = 20
"""Measured: 12 to 15 where a row is looked at and passed over, up to 45 where its scores are looked up as well."""
_STEPS_PER_TICK: Final = 100_000
"""A few milliseconds. Most reads end before the first tick, which has to wait for the interpreter."""


class _Reading(threading.local):
    """The read that is under way on a thread."""

    watch: "Watch | None" = None


_reading = _Reading()


class Watch:
    """Counts the steps and the time of one read."""

    def __init__(self, bound: ReadBound) -> None:
        self._left = bound.max_rows * _STEPS_PER_ROW
        self._deadline_s = monotonic_s() + bound.timeout_s
        self._is_over = False
        self._steps_per_tick = max(1, min(_STEPS_PER_TICK, self._left))

    @contextmanager
    def over(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Watch what a connection does in the block, and turn its early end into the error that says why."""
        connection.set_progress_handler(self._tick, self._steps_per_tick)
        _reading.watch = self
        try:
            yield
        except sqlite3.OperationalError:
            if self._is_over:
                raise too_broad() from None
            raise
        finally:
            _reading.watch = None
            connection.set_progress_handler(None, 0)

    def look(self) -> None:
        """Raise when the time is over."""
        if monotonic_s() > self._deadline_s:
            self._is_over = True
            raise TimeoutError

    def _tick(self) -> int:
        """Count so many steps more; 1 ends the statement. A statement that is shorter than a tick is not counted."""
        self._left -= self._steps_per_tick
        self._is_over = self._left <= 0 or monotonic_s() > self._deadline_s
        return int(self._is_over)


def watched(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function for SQL that looks at the time first: unpacking large payloads takes long in few steps."""

    def run(*values: Any) -> Any:
        if _reading.watch is not None:
            _reading.watch.look()
        return function(*values)

    return run
