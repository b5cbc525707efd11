"""Sessions: they exist while a trace names them, and count their traces."""

from panope.domain.projection.store import ChangeSet, RowStore, SessionFirst
from panope.domain.tracing import SessionRow, TraceRow


class SessionMoves:
    """Collects how traces moved between sessions, then settles the sessions."""

    def __init__(self, store: RowStore, changes: ChangeSet, now_us: int) -> None:
        self._store = store
        self._changes = changes
        self._now_us = now_us
        self._counts: dict[str, int] = {}
        self._entered: dict[str, list[TraceRow]] = {}
        self._left: dict[str, set[str]] = {}

    def move(self, old: TraceRow | None, new: TraceRow | None) -> None:
        """One trace appeared, changed or went."""
        if old is not None and old.session_id:
            self._counts[old.session_id] = self._counts.get(old.session_id, 0) - 1
            self._left.setdefault(old.session_id, set()).add(old.id)
        if new is not None and new.session_id:
            self._counts[new.session_id] = self._counts.get(new.session_id, 0) + 1
            self._entered.setdefault(new.session_id, []).append(new)

    def settle(self) -> None:
        """Write the sessions that changed."""
        known = self._store.load_sessions(self._counts) if self._counts else {}
        for session_id, change in self._counts.items():
            old = known.get(session_id)
            count = (old.trace_count if old else 0) + change
            if count > 0:
                row = self._row(session_id, old, count)
                if row != old:
                    self._changes.sessions.append(row)
            elif old is not None:
                self._changes.removed_sessions.append(session_id)

    def _row(self, session_id: str, old: SessionRow | None, count: int) -> SessionRow:
        first = self._first(session_id, old)
        return SessionRow(
            id=session_id,
            created_us=old.created_us if old else self._now_us,
            environment=first.environment,
            trace_count=count,
            first_timestamp_us=first.timestamp_us,
            first_trace_id=first.trace_id,
        )

    def _first(self, session_id: str, old: SessionRow | None) -> SessionFirst:
        left = self._left.get(session_id, set())
        entered = self._entered.get(session_id, [])
        first: SessionFirst | None = None
        if old is not None and old.first_trace_id in left:
            first = self._store.find_session_first(session_id, left | {row.id for row in entered})
        elif old is not None:
            first = SessionFirst(
                timestamp_us=old.first_timestamp_us, trace_id=old.first_trace_id, environment=old.environment
            )
        for row in entered:
            if first is None or (row.timestamp_us, row.id) <= (first.timestamp_us, first.trace_id):
                first = SessionFirst(timestamp_us=row.timestamp_us, trace_id=row.id, environment=row.environment)
        assert first is not None, "a session exists while a trace names it"
        return first
