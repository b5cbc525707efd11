"""Prepared statements of connections, and how long their plans are kept."""

from typing import Any, Final
from weakref import WeakKeyDictionary

from psycopg import Connection

from panope.kit.clock import monotonic_s

RENEW: Final = "DISCARD PLANS"
_KEPT_S: Final = 1.0


class KeptPlans:
    """Lets connections prepare statements, and says when their plans are to be made anew, by `RENEW`.

    A plan that serves all values and was made while a table had a few rows walks a whole index for what it looks up,
    and the server keeps it until the table is analysed.
    """

    def __init__(self, prepare_after: int) -> None:
        self._prepare_after = prepare_after
        self._renewed_s: WeakKeyDictionary[Connection[Any], float] = WeakKeyDictionary()
        self._are_allowed = True

    def allow(self, connection: Connection[Any]) -> None:
        """Let a new connection prepare what it has run this many times, unless a pooler stands between.

        A transaction pooler tells a process id of its own making.
        """
        if not self._are_allowed:
            return
        found = connection.execute(b"SELECT pg_backend_pid()").fetchone()
        if found is not None and found[0] == connection.info.backend_pid:
            connection.prepare_threshold = self._prepare_after

    def give_up(self, connection: Connection[Any]) -> bool:
        """Prepare nothing any more, as a pooler hides whose servers do not know each other's statements.

        False if this connection prepared nothing anyway.
        """
        was_preparing = connection.prepare_threshold is not None
        connection.prepare_threshold = None
        self._are_allowed = False
        return was_preparing

    def are_due(self, connection: Connection[Any]) -> bool:
        """Whether the plans of this connection are to be made anew now; says so once a second at most."""
        if connection.prepare_threshold is None:
            return False
        now_s = monotonic_s()
        is_due = now_s - self._renewed_s.get(connection, 0.0) >= _KEPT_S
        if is_due:
            self._renewed_s[connection] = now_s
        return is_due
