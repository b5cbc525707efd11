"""The rows of one project in dictionaries, as the projection reads and writes them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, field

from panope.domain.ledger import Receipt
from panope.domain.merge import codec
from panope.domain.projection.rollups import end_or_start_us
from panope.domain.projection.store import ChangeSet, Extremes, SessionFirst, Stored, Written
from panope.domain.rollups import BucketKey, BucketTotals
from panope.domain.scores import ScoreRow
from panope.domain.tracing import ObservationRow, SessionRow, TraceRow

Value = TypeVar("Value")
Row = TypeVar("Row", TraceRow, ObservationRow, ScoreRow)


def _pick(rows: dict[str, Value], ids: Iterable[str]) -> dict[str, Value]:
    return {row_id: rows[row_id] for row_id in ids if row_id in rows}


class ProjectRows(Struct):
    """All telemetry of one project. Implements `RowStore`."""

    traces: dict[str, Stored[TraceRow]] = field(default_factory=dict)
    observations: dict[str, Stored[ObservationRow]] = field(default_factory=dict)
    scores: dict[str, Stored[ScoreRow]] = field(default_factory=dict)
    sessions: dict[str, SessionRow] = field(default_factory=dict)
    buckets: dict[BucketKey, BucketTotals] = field(default_factory=dict)
    cuts: dict[tuple[str, str], int] = field(default_factory=dict)
    attribute_sets: dict[str, str] = field(default_factory=dict)
    receipts: list[Receipt] = field(default_factory=list)
    changed: dict[str, int] = field(default_factory=dict)
    """The last write of each trace or of a score on it, by trace id."""
    changed_within: dict[str, int] = field(default_factory=dict)
    """The same of its observations."""
    written: int = 0
    """Writes of rows so far: the change sequence."""

    def load_traces(self, ids: Iterable[str]) -> dict[str, Stored[TraceRow]]:
        """Traces by id."""
        return _pick(self.traces, ids)

    def load_observations(self, ids: Iterable[str]) -> dict[str, Stored[ObservationRow]]:
        """Observations by id."""
        return _pick(self.observations, ids)

    def load_scores(self, ids: Iterable[str]) -> dict[str, Stored[ScoreRow]]:
        """Scores by id."""
        return _pick(self.scores, ids)

    def load_sessions(self, ids: Iterable[str]) -> dict[str, SessionRow]:
        """Sessions by id."""
        return _pick(self.sessions, ids)

    def has_cuts(self) -> bool:
        """Whether anything was ever deleted."""
        return bool(self.cuts)

    def load_cuts(self, kind: str, ids: Iterable[str]) -> dict[str, int]:
        """Cut times by id."""
        return {row_id: self.cuts[kind, row_id] for row_id in ids if (kind, row_id) in self.cuts}

    def load_attribute_sets(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Attribute sets by id."""
        return {set_id: msgspec.json.decode(json) for set_id, json in _pick(self.attribute_sets, ids).items()}

    def find_extremes(self, trace_id: str, without: set[str]) -> Extremes:
        """First and last of a trace's observations, some left out."""
        rows = [
            stored.row
            for stored in self.observations.values()
            if stored.row.trace_id == trace_id and stored.row.id not in without
        ]
        if not rows:
            return Extremes()
        first = min(rows, key=lambda row: (row.start_us, row.id))
        return Extremes(
            first_start_us=first.start_us,
            first_observation_id=first.id,
            first_environment=first.environment,
            last_end_us=max(end_or_start_us(row) for row in rows),
        )

    def find_session_first(self, session_id: str, without: set[str]) -> SessionFirst | None:
        """Earliest trace of a session, some left out."""
        rows = [
            stored.row
            for stored in self.traces.values()
            if stored.row.session_id == session_id and stored.row.id not in without
        ]
        if not rows:
            return None
        first = min(rows, key=lambda row: (row.timestamp_us, row.id))
        return SessionFirst(timestamp_us=first.timestamp_us, trace_id=first.id, environment=first.environment)

    def find_observation_ids(self, trace_id: str) -> list[str]:
        """Ids of a trace's observations."""
        return [stored.row.id for stored in self.observations.values() if stored.row.trace_id == trace_id]

    def find_score_ids(self, trace_id: str) -> list[str]:
        """Ids of a trace's scores."""
        return [stored.row.id for stored in self.scores.values() if stored.row.trace_id == trace_id]


Projects = defaultdict[str, ProjectRows]
"""Rows by project; a project that is asked about for the first time is empty."""


def write_changes(rows: ProjectRows, changes: ChangeSet) -> None:
    """Write a change set into a project's rows."""
    _write(rows.traces, changes.traces, changes.removed_traces)
    _write(rows.observations, changes.observations, changes.removed_observations)
    _write(rows.scores, changes.scores, changes.removed_scores)
    _stamp(rows, changes)
    rows.sessions.update({session.id: session for session in changes.sessions})
    for session_id in changes.removed_sessions:
        rows.sessions.pop(session_id, None)
    for key, difference in changes.buckets.items():
        totals = rows.buckets.setdefault(key, BucketTotals())
        totals.add(difference)
        if totals.is_zero():
            del rows.buckets[key]
    for cut, at_us in changes.cuts.items():
        rows.cuts[cut] = max(at_us, rows.cuts.get(cut, at_us))


def _stamp(rows: ProjectRows, changes: ChangeSet) -> None:
    """Give what was written its places in the change sequence."""
    for trace_id in (
        *(written.row.id for written in changes.traces),
        *(written.row.trace_id for written in changes.scores),
    ):
        rows.written += 1
        if trace_id is not None:
            rows.changed[trace_id] = rows.written
    for observed in changes.observations:
        rows.written += 1
        rows.changed_within[observed.row.trace_id] = rows.written


def _write(stored: dict[str, Stored[Row]], written: list[Written[Row]], removed: list[str]) -> None:
    for change in written:
        stored[change.row.id] = Stored(change.row, codec.encode(change.state) if change.state else None)
    for row_id in removed:
        stored.pop(row_id, None)
