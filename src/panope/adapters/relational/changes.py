"""Writing a change set: one statement per kind of change, each run once per row."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

from panope.adapters.relational.session import Dialect, Session
from panope.adapters.relational.store import Place, RelationalRowStore
from panope.adapters.relational.tables import (
    OBSERVATIONS,
    SCORES,
    SESSIONS,
    TRACES,
    Table,
    write_observation,
    write_score,
    write_session,
    write_trace,
)
from panope.domain.projection.store import ChangeSet, Written
from panope.domain.rollups import BucketKey, BucketTotals
from panope.domain.scores import ScoreRow
from panope.domain.tracing import ObservationRow, SessionRow, TraceRow

Row = TypeVar("Row", bound=TraceRow | ObservationRow | ScoreRow)

_BUCKET_KEY: Final = BucketKey.__struct_fields__
_BUCKET_TOTALS: Final = BucketTotals.__struct_fields__


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _insert(table: Table, extra: tuple[str, ...] = ()) -> str:
    columns = ("key", "project", "seq", *table.columns, *extra)
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({_marks(len(columns))})"  # noqa: S608


def _update(table: Table, columns: Sequence[str]) -> str:
    sets = ", ".join(f"{column} = ?" for column in ("seq", *columns))
    return f"UPDATE {table.name} SET {sets} WHERE key = ?"  # noqa: S608


class _Statements:
    """The statements of one table. Rewriting an indexed column costs an index entry even when nothing changed."""

    def __init__(self, table: Table, extra: tuple[str, ...] = ()) -> None:
        columns = (*table.columns, *extra)
        self.insert = _insert(table, extra)
        self.update = _update(table, columns)
        still = [at for at, name in enumerate(columns) if name not in table.indexed and name != "id"]
        self.still_at = still
        self.update_still = _update(table, [columns[at] for at in still])
        self.indexed_at = [table.columns.index(name) for name in table.indexed]


_STATEMENTS: Final = {
    TRACES.name: _Statements(TRACES),
    OBSERVATIONS.name: _Statements(OBSERVATIONS),
    SCORES.name: _Statements(SCORES, ("state",)),
    SESSIONS.name: _Statements(SESSIONS),
}

_ADD_BUCKET: Final = (
    f"INSERT INTO bucket (project, {', '.join((*_BUCKET_KEY, *_BUCKET_TOTALS))}) "  # noqa: S608
    f"VALUES ({_marks(1 + len(_BUCKET_KEY) + len(_BUCKET_TOTALS))}) "
    f"ON CONFLICT (project, {', '.join(_BUCKET_KEY)}) DO UPDATE SET "
    + ", ".join(f"{name} = bucket.{name} + excluded.{name}" for name in _BUCKET_TOTALS)
)
_DROP_EMPTY_BUCKET: Final = (
    "DELETE FROM bucket WHERE "  # noqa: S608
    + " AND ".join(f"{name} = ?" for name in ("project", *_BUCKET_KEY))
    + "".join(f" AND {name} = 0" for name in _BUCKET_TOTALS)
)
_CUT: Final = (
    "INSERT INTO tombstone (project, kind, id, cut_us) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (project, kind, id) DO UPDATE SET cut_us = excluded.cut_us WHERE excluded.cut_us > tombstone.cut_us"
)


class ChangeSetWriter:
    """Writes change sets of one project in one open write transaction."""

    def __init__(self, session: Session, dialect: Dialect, project: int, store: RelationalRowStore) -> None:
        self._session = session
        self._dialect = dialect
        self._project = project
        self._store = store

    def write(self, changes: ChangeSet) -> None:
        """Write all of it."""
        self._write_traces(changes.traces)
        self._write_rows(OBSERVATIONS, changes.observations, write_observation)
        self._write_scores(changes.scores)
        self._write_sessions(changes.sessions)
        self._remove_traces(changes.removed_traces)
        self._remove(OBSERVATIONS, changes.removed_observations, has_payload=True)
        self._remove(SCORES, changes.removed_scores)
        self._remove(SESSIONS, changes.removed_sessions)
        self._add_buckets(changes.buckets)
        self._many(_CUT, [(self._project, str(kind), name, cut) for (kind, name), cut in changes.cuts.items()])

    def _many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        if rows:
            self._session.executemany(sql, rows)

    def _write_traces(self, traces: list[Written[TraceRow]]) -> None:
        places = self._store.places(TRACES, [written.row.id for written in traces if not written.is_new])
        self._write_rows(TRACES, traces, write_trace)
        gone: list[tuple[object, ...]] = []
        come: list[tuple[object, ...]] = []
        for written in traces:
            row = written.row
            old = _tag_entries(self._project, row.id, places.get(row.id))
            new = {(self._project, tag, row.timestamp_us, row.id) for tag in row.tags}
            gone.extend(old - new)
            come.extend(new - old)
        self._remove_tags(gone)
        self._many("INSERT INTO trace_tag (project, tag, timestamp_us, trace_id) VALUES (?, ?, ?, ?)", come)

    def _remove_tags(self, entries: Sequence[Sequence[object]]) -> None:
        self._many("DELETE FROM trace_tag WHERE project = ? AND tag = ? AND timestamp_us = ? AND trace_id = ?", entries)

    def _write_rows(self, table: Table, rows: list[Written[Row]], record: Callable[[Row], list[object]]) -> None:
        keys = self._write_records(table, [(written.row.id, written.is_new, record(written.row)) for written in rows])
        inserts: list[tuple[object, ...]] = []
        replacements: list[tuple[object, ...]] = []
        removals: list[tuple[object, ...]] = []
        for written in rows:
            key = keys[written.row.id]
            if written.parts_changed and written.parts is not None:
                packed = (key, *self._dialect.pack(written.parts))
                (inserts if written.is_new else replacements).append(packed)
            elif written.parts_changed and not written.is_new:
                removals.append((key,))
        columns = self._dialect.payload_columns
        insert = f"INSERT INTO {table.name}_payload (key, {', '.join(columns)}) VALUES ({_marks(1 + len(columns))})"  # noqa: S608
        replace = ", ".join(f"{column} = excluded.{column}" for column in columns)
        self._many(insert, inserts)
        self._many(f"{insert} ON CONFLICT (key) DO UPDATE SET {replace}", replacements)
        self._many(f"DELETE FROM {table.name}_payload WHERE key = ?", removals)  # noqa: S608

    def _write_scores(self, scores: list[Written[ScoreRow]]) -> None:
        pack = self._dialect.pack_state
        records = [
            (written.row.id, written.is_new, [*write_score(written.row), pack(written.parts)])
            for written in scores
            if written.parts
        ]
        self._write_records(SCORES, records)

    def _write_sessions(self, sessions: list[SessionRow]) -> None:
        known = self._store.places(SESSIONS, [row.id for row in sessions])
        self._write_records(SESSIONS, [(row.id, row.id not in known, write_session(row)) for row in sessions])

    def _write_records(self, table: Table, records: list[tuple[str, bool, list[object]]]) -> dict[str, int]:
        """Insert or update records; returns the keys of the rows by id."""
        if not records:
            return {}
        statements = _STATEMENTS[table.name]
        places = self._store.places(table, [name for name, is_new, _ in records if not is_new])
        keys = {name: place.key for name, place in places.items()}
        new = [(name, record) for name, is_new, record in records if is_new]
        if new:
            first = self._session.allocate_keys(table.name, len(new))
            keys.update({name: first + at for at, (name, _) in enumerate(new)})
        seq = self._session.next_seq(len(records))
        inserts: list[Sequence[Any]] = []
        updates: list[Sequence[Any]] = []
        still: list[Sequence[Any]] = []
        for name, is_new, record in records:
            if is_new:
                inserts.append((keys[name], self._project, seq, *record))
            elif tuple([record[at] for at in statements.indexed_at]) == places[name].indexed:
                still.append((seq, *[record[at] for at in statements.still_at], keys[name]))
            else:
                updates.append((seq, *record, keys[name]))
            seq += 1
        self._many(statements.insert, inserts)
        self._many(statements.update, updates)
        self._many(statements.update_still, still)
        return keys

    def _remove_traces(self, ids: Sequence[str]) -> None:
        places = self._store.places(TRACES, ids)
        for trace_id, place in places.items():
            self._remove_tags(sorted(_tag_entries(self._project, trace_id, place)))
        self._remove(TRACES, ids, has_payload=True)

    def _remove(self, table: Table, ids: Iterable[str], *, has_payload: bool = False) -> None:
        keys = [(place.key,) for place in self._store.places(table, ids).values()]
        self._many(f"DELETE FROM {table.name} WHERE key = ?", keys)  # noqa: S608
        if has_payload:
            self._many(f"DELETE FROM {table.name}_payload WHERE key = ?", keys)  # noqa: S608

    def _add_buckets(self, buckets: dict[BucketKey, BucketTotals]) -> None:
        moved = []
        shrunk = []
        for key, totals in buckets.items():
            place = (self._project, *[_plain(getattr(key, name)) for name in _BUCKET_KEY])
            moved.append((*place, *[getattr(totals, name) for name in _BUCKET_TOTALS]))
            if totals.count < 0:
                shrunk.append(place)
        self._many(_ADD_BUCKET, moved)
        self._many(_DROP_EMPTY_BUCKET, shrunk)


def _plain(value: object) -> object:
    """Enumerations as their text: drivers disagree about them."""
    return str(value) if isinstance(value, str) else value


def _tag_entries(project: int, trace_id: str, place: Place | None) -> set[tuple[int, str, int, str]]:
    if place is None:
        return set()
    timestamp_us = place.indexed[0]
    return {(project, tag, timestamp_us, trace_id) for tag in place.tags if isinstance(timestamp_us, int)}
