"""Writing a change set: what to insert, to update and to delete, table by table."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

from panope.adapters.relational.session import Dialect, WriteSession
from panope.adapters.relational.store import Place, RelationalRowStore
from panope.adapters.relational.tables import (
    LINKS,
    OBSERVATIONS,
    SCORES,
    SESSIONS,
    TRACES,
    Table,
    write_link,
    write_observation,
    write_score,
    write_session,
    write_trace,
)
from panope.domain.experiments.links import ExperimentLink
from panope.domain.merge.codec import encode
from panope.domain.projection.store import ChangeSet, Written
from panope.domain.rollups import count_all_hours
from panope.domain.scores import ScoreRow
from panope.domain.tracing import ObservationRow, SessionRow, TraceRow

Row = TypeVar("Row", bound=TraceRow | ObservationRow | ScoreRow)
_Rows = list[tuple[object, ...]]


class _Columns:
    """The columns of one table. Rewriting an indexed column costs an index entry even when nothing changed."""

    def __init__(self, table: Table, extra: tuple[str, ...] = ()) -> None:
        self.all = (*table.columns, *extra)
        self.still_at = [at for at, name in enumerate(self.all) if name not in table.indexed and name != "id"]
        self.still = tuple(self.all[at] for at in self.still_at)
        self.indexed_at = [table.columns.index(name) for name in table.indexed]


_COLUMNS: Final = {
    TRACES.name: _Columns(TRACES),
    OBSERVATIONS.name: _Columns(OBSERVATIONS),
    SCORES.name: _Columns(SCORES, ("state",)),
    SESSIONS.name: _Columns(SESSIONS),
}
_TAG_COLUMNS: Final = ("project", "tag", "timestamp_us", "trace_id")
_KEY: Final = ("key",)
_LINK_COLUMNS: Final = ("key", "project", *LINKS)


class ChangeSetWriter:
    """Writes change sets of one project in one open write transaction."""

    def __init__(self, session: WriteSession, dialect: Dialect, project: int, store: RelationalRowStore) -> None:
        self._session = session
        self._dialect = dialect
        self._project = project
        self._store = store

    def write(self, changes: ChangeSet) -> None:
        """Write all of it."""
        self._write_traces(changes.traces)
        self._write_rows(OBSERVATIONS, changes.observations, write_observation)
        self._write_links(OBSERVATIONS, changes.observation_links, changes.unlinked_observations)
        self._write_links(TRACES, changes.trace_links, changes.unlinked_traces)
        self._write_scores(changes.scores)
        self._write_sessions(changes.sessions)
        self._remove_traces(changes.removed_traces)
        self._remove(OBSERVATIONS, changes.removed_observations, has_payload=True)
        self._remove(SCORES, changes.removed_scores)
        self._remove(SESSIONS, changes.removed_sessions)
        if changes.buckets:
            self._session.add_to_buckets(self._project, {**changes.buckets, **count_all_hours(changes.buckets)})
        if changes.cuts:
            self._session.keep_cuts(self._project, changes.cuts)

    def _note(self, table: Table, keys: Sequence[int], *, is_gone: bool = False) -> None:
        """Tell the index of texts, which follows."""
        self._session.text_notes.add(self._project, table.name, to_ranges(keys), is_gone=is_gone)

    def _insert(self, table: str, columns: tuple[str, ...], rows: _Rows) -> None:
        if rows:
            self._session.insert(table, columns, rows)

    def _delete(self, table: str, columns: tuple[str, ...], rows: _Rows) -> None:
        if rows:
            self._session.delete(table, columns, rows)

    def _write_traces(self, traces: list[Written[TraceRow]]) -> None:
        places = self._store.places(TRACES, [written.row.id for written in traces if not written.is_new])
        self._write_rows(TRACES, traces, write_trace)
        gone: _Rows = []
        come: _Rows = []
        for written in traces:
            row = written.row
            old = _tag_entries(self._project, row.id, places.get(row.id))
            new = {(self._project, tag, row.timestamp_us, row.id) for tag in row.tags}
            gone.extend(old - new)
            come.extend(new - old)
        self._delete("trace_tag", _TAG_COLUMNS, gone)
        self._insert("trace_tag", _TAG_COLUMNS, come)

    def _write_links(self, table: Table, links: Sequence[ExperimentLink], unlinked: Sequence[str]) -> None:
        if unlinked:
            gone: _Rows = [(place.key,) for place in self._store.places(table, unlinked).values()]
            self._delete(f"{table.name}_experiment", _KEY, gone)
        if links:
            places = self._store.places(table, [link.id for link in links])
            records = [(places[link.id].key, self._project, *write_link(link)) for link in links]
            self._session.replace(f"{table.name}_experiment", _LINK_COLUMNS, records)

    def _write_rows(self, table: Table, rows: list[Written[Row]], record: Callable[[Row], list[object]]) -> None:
        new = [written for written in rows if written.is_new]
        if new:
            self._insert_rows(table, new, record)
        if len(new) < len(rows):
            self._rewrite_rows(table, [written for written in rows if not written.is_new], record)

    def _insert_rows(self, table: Table, rows: list[Written[Row]], record: Callable[[Row], list[object]]) -> None:
        project, pack = self._project, self._dialect.pack
        keys = self._session.allocate_keys(table.name, len(rows))
        stamps = self._session.stamps(len(rows))
        records = [
            (key, project, *stamp, *record(written.row))
            for key, stamp, written in zip(keys, stamps, rows, strict=False)
        ]
        columns = _COLUMNS[table.name].all
        self._session.insert(table.name, ("key", "project", *self._session.stamp_columns, *columns), records)
        self._note(table, keys)
        payloads = [
            (key, *pack(encode(written.state)))
            for key, written in zip(keys, rows, strict=True)
            if written.state is not None
        ]
        self._insert(f"{table.name}_payload", ("key", *self._dialect.payload_columns), payloads)

    def _rewrite_rows(self, table: Table, rows: list[Written[Row]], record: Callable[[Row], list[object]]) -> None:
        keys = self._write_records(table, [(written.row.id, False, record(written.row)) for written in rows])
        told = [written for written in rows if written.state_changed]
        packed = [
            (keys[written.row.id], *self._dialect.pack(encode(written.state)))
            for written in told
            if written.state is not None
        ]
        payloads = f"{table.name}_payload"
        if told:
            self._note(table, [keys[written.row.id] for written in told])
        if packed:
            self._session.replace(payloads, ("key", *self._dialect.payload_columns), packed)
        self._delete(payloads, _KEY, [(keys[written.row.id],) for written in told if written.state is None])

    def _write_scores(self, scores: list[Written[ScoreRow]]) -> None:
        pack = self._dialect.pack_state
        records = [
            (written.row.id, written.is_new, [*write_score(written.row), pack(encode(written.state))])
            for written in scores
            if written.state
        ]
        self._write_records(SCORES, records)

    def _write_sessions(self, sessions: list[SessionRow]) -> None:
        known = self._store.places(SESSIONS, [row.id for row in sessions])
        self._write_records(SESSIONS, [(row.id, row.id not in known, write_session(row)) for row in sessions])

    def _write_records(self, table: Table, records: list[tuple[str, bool, list[object]]]) -> dict[str, int]:
        """Insert or update records; returns the keys of the rows by id."""
        if not records:
            return {}
        columns = _COLUMNS[table.name]
        places = self._store.places(table, [name for name, is_new, _ in records if not is_new])
        keys = {name: place.key for name, place in places.items()}
        new = [name for name, is_new, _ in records if is_new]
        if new:
            keys.update(zip(new, self._session.allocate_keys(table.name, len(new)), strict=True))
        inserts: _Rows = []
        updates: _Rows = []
        still: _Rows = []
        for (name, is_new, record), stamp in zip(records, self._session.stamps(len(records)), strict=True):
            if is_new:
                inserts.append((keys[name], self._project, *stamp, *record))
            elif tuple([record[at] for at in columns.indexed_at]) == places[name].indexed:
                still.append((*stamp, *[record[at] for at in columns.still_at], keys[name]))
            else:
                updates.append((*stamp, *record, keys[name]))
        stamp_columns = self._session.stamp_columns
        self._insert(table.name, ("key", "project", *stamp_columns, *columns.all), inserts)
        if updates:
            self._session.update(table.name, (*stamp_columns, *columns.all, "key"), updates)
        if still:
            self._session.update(table.name, (*stamp_columns, *columns.still, "key"), still)
        return keys

    def _remove_traces(self, ids: Sequence[str]) -> None:
        entries: _Rows = []
        for trace_id, place in self._store.places(TRACES, ids).items():
            entries.extend(sorted(_tag_entries(self._project, trace_id, place)))
        self._delete("trace_tag", _TAG_COLUMNS, entries)
        self._remove(TRACES, ids, has_payload=True)

    def _remove(self, table: Table, ids: Iterable[str], *, has_payload: bool = False) -> None:
        places = self._store.places(table, ids).values()
        keys: _Rows = [(place.key,) for place in places]
        self._delete(table.name, _KEY, keys)
        if has_payload and keys:
            self._note(table, [place.key for place in places], is_gone=True)
            self._delete(f"{table.name}_payload", _KEY, keys)
            self._delete(f"{table.name}_experiment", _KEY, keys)


def to_ranges(keys: Iterable[int]) -> list[tuple[int, int]]:
    """Keys as ranges from the first to the last of neighbours, rising."""
    if isinstance(keys, range) and keys.step == 1:
        return [(keys[0], keys[-1])] if keys else []
    ranges: list[tuple[int, int]] = []
    for key in sorted(keys):
        if ranges and key <= ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], key)
        else:
            ranges.append((key, key))
    return ranges


def _tag_entries(project: int, trace_id: str, place: Place | None) -> set[tuple[int, str, int, str]]:
    if place is None:
        return set()
    timestamp_us = place.indexed[0]
    return {(project, tag, timestamp_us, trace_id) for tag in place.tags if isinstance(timestamp_us, int)}
