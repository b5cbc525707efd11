"""What the projection reads, and the memory of where it was found, so that the write needs no second look."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from panope.adapters.relational.session import Dialect, Record, Session
from panope.adapters.relational.tables import (
    OBSERVATIONS,
    SCORES,
    SESSIONS,
    TRACES,
    Table,
    read_observation,
    read_score,
    read_session,
    read_tags,
    read_trace,
)
from panope.domain.projection.store import Extremes, SessionFirst, Stored
from panope.domain.scores import ScoreRow
from panope.domain.tracing import ObservationRow, SessionRow, TraceRow

_MAX_LEFT_OUT: Final = 200
_decode_object = msgspec.json.Decoder(dict[str, Any]).decode

_TABLES: Final = (TRACES, OBSERVATIONS, SCORES, SESSIONS)
_INDEXED_AT: Final = {table.name: tuple(1 + table.columns.index(name) for name in table.indexed) for table in _TABLES}
_ID_AT: Final = {table.name: 1 + table.columns.index("id") for table in _TABLES}
_TAGS_AT: Final = 1 + TRACES.columns.index("tags")

Row = TypeVar("Row", bound=TraceRow | ObservationRow | ScoreRow)
_Cell = TypeVar("_Cell")


class Place(NamedTuple):
    """Where a stored row lies, and what the indexes hold of it."""

    key: int
    indexed: tuple[object, ...]
    tags: tuple[str, ...] = ()
    """Of a trace: with its timestamp, which is the first of `indexed`, they find its entries in `trace_tag`."""


class RelationalRowStore:
    """The `RowStore` of one project in one open write transaction."""

    def __init__(self, session: Session, dialect: Dialect, project: int) -> None:
        self._session = session
        self._dialect = dialect
        self._project = project
        self._places: dict[str, dict[str, Place]] = {table.name: {} for table in _TABLES}
        self._payload_at = {table.name: 1 + len(table.columns) for table in (TRACES, OBSERVATIONS)}
        self._absent_sessions: set[str] = set()

    def places(self, table: Table, ids: Iterable[str]) -> dict[str, Place]:
        """Where rows lie; those not yet read are looked up. Ids that name nothing are absent."""
        wanted = list(ids)
        if not wanted:
            return {}
        known = self._places[table.name]
        absent = self._absent_sessions if table is SESSIONS else ()
        missing = [entity_id for entity_id in wanted if entity_id not in known and entity_id not in absent]
        if missing:
            for record in self._records(table, table.select(), missing):
                self._remember(table, record)
        return {entity_id: known[entity_id] for entity_id in wanted if entity_id in known}

    def load_traces(self, ids: Iterable[str]) -> dict[str, Stored[TraceRow]]:
        """Traces by id."""
        return self._load(TRACES, ids, read_trace)

    def load_observations(self, ids: Iterable[str]) -> dict[str, Stored[ObservationRow]]:
        """Observations by id."""
        return self._load(OBSERVATIONS, ids, read_observation)

    def load_scores(self, ids: Iterable[str]) -> dict[str, Stored[ScoreRow]]:
        """Scores by id."""
        found = {}
        for record in self._records(SCORES, f"{SCORES.select()}, s.state", list(ids)):
            self._remember(SCORES, record)
            row = read_score(record[1:])
            found[row.id] = Stored(row, self._dialect.unpack_state(record[-1]))
        return found

    def load_sessions(self, ids: Iterable[str]) -> dict[str, SessionRow]:
        """Sessions by id."""
        wanted = list(ids)
        found = {}
        for record in self._records(SESSIONS, SESSIONS.select(), wanted):
            self._remember(SESSIONS, record)
            row = read_session(record[1:])
            found[row.id] = row
        self._absent_sessions.update(session_id for session_id in wanted if session_id not in found)
        return found

    def has_cuts(self) -> bool:
        """Whether anything was ever deleted in the project."""
        sql = "SELECT 1 FROM tombstone x WHERE x.project = ? LIMIT 1"
        return bool(self._session.execute(sql, (self._project,)))

    def load_cuts(self, kind: str, ids: Iterable[str]) -> dict[str, int]:
        """Cut times of tombstones by id."""
        found: dict[str, int] = {}
        for chunk in _chunks(list(ids), self._dialect.max_values):
            matches = self._dialect.is_in("x.id", chunk)
            sql = f"SELECT x.id, x.cut_us FROM tombstone x WHERE x.project = ? AND x.kind = ? AND {matches.text}"  # noqa: S608
            records = self._session.execute(sql, (self._project, str(kind), *matches.params))
            found.update((record[0], record[1]) for record in records)
        return found

    def load_attribute_sets(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Attribute sets by id."""
        found: dict[str, dict[str, Any]] = {}
        for chunk in _chunks(list(ids), self._dialect.max_values):
            matches = self._dialect.is_in("a.id", chunk)
            sql = f"SELECT a.id, a.json FROM attribute_set a WHERE a.project = ? AND {matches.text}"  # noqa: S608
            records = self._session.execute(sql, (self._project, *matches.params))
            found.update((record[0], _decode_object(record[1])) for record in records)
        return found

    def find_extremes(self, trace_id: str, without: set[str]) -> Extremes:
        """First by (start, id) and last by end-else-start over the stored observations of a trace, some left out."""
        if len(without) > _MAX_LEFT_OUT:
            return self._find_extremes_slowly(trace_id, without)
        matches = self._left_out("o.id", without)
        scope = f"o.project = ? AND o.trace_id = ?{matches[0]}"
        params = (self._project, trace_id, *matches[1])
        first = self._session.execute(
            f"SELECT o.start_us, o.id, o.environment FROM observation o WHERE {scope} "  # noqa: S608
            "ORDER BY o.start_us, o.id LIMIT 1",
            params,
        )
        if not first:
            return Extremes()
        last = self._session.execute(
            f"SELECT max(coalesce(o.end_us, o.start_us)) FROM observation o WHERE {scope}",  # noqa: S608
            params,
        )
        return _extremes(first[0], last[0][0])

    def find_session_first(self, session_id: str, without: set[str]) -> SessionFirst | None:
        """Earliest stored trace of a session, some traces left out."""
        # Among one more than are left out, one stays; `without` may be too large for the parameters of a statement.
        # Were the limit a parameter as it is, SQLite would plan anew for each.
        sql = (
            "SELECT t.timestamp_us, t.id, t.environment FROM trace t WHERE t.project = ? AND t.session_id = ? "
            "ORDER BY t.timestamp_us, t.id LIMIT ? + 1"
        )
        params = (self._project, session_id, len(without))
        for timestamp_us, trace_id, environment in self._session.execute(sql, params):
            if trace_id not in without:
                return SessionFirst(timestamp_us=timestamp_us, trace_id=trace_id, environment=environment)
        return None

    def find_observation_ids(self, trace_id: str) -> list[str]:
        """Ids of the stored observations of a trace."""
        sql = "SELECT o.id FROM observation o WHERE o.project = ? AND o.trace_id = ? ORDER BY o.start_us, o.id"
        return [record[0] for record in self._session.execute(sql, (self._project, trace_id))]

    def find_score_ids(self, trace_id: str) -> list[str]:
        """Ids of the stored scores whose trace it is."""
        sql = "SELECT s.id FROM score s WHERE s.project = ? AND s.trace_id = ? ORDER BY s.timestamp_us, s.id"
        return [record[0] for record in self._session.execute(sql, (self._project, trace_id))]

    def _load(self, table: Table, ids: Iterable[str], read: Callable[[Record], Row]) -> dict[str, Stored[Row]]:
        payload = ", ".join(f"p.{column}" for column in self._dialect.payload_columns)
        join = f" LEFT JOIN {table.name}_payload p ON p.key = {table.alias}.key"
        payload_at = self._payload_at[table.name]
        found = {}
        for record in self._records(table, f"{table.select()}, {payload}", list(ids), join):
            self._remember(table, record)
            row = read(record[1:payload_at])
            found[row.id] = Stored(row, self._dialect.unpack(record[payload_at:]))
        return found

    def _records(self, table: Table, columns: str, ids: Sequence[str], join: str = "") -> Iterator[Record]:
        alias = table.alias
        for chunk in _chunks(ids, self._dialect.max_values):
            named = self._dialect.named(f"{table.name} {alias}{join}", alias, self._project, chunk)
            yield from self._session.execute(f"SELECT {alias}.key, {columns} FROM {named.text}", named.params)  # noqa: S608

    def _remember(self, table: Table, record: Record) -> None:
        """Keep the place of a record that begins with its key; taken before the projection touches the row."""
        indexed = tuple([record[at] for at in _INDEXED_AT[table.name]])
        tags = tuple(read_tags(record[_TAGS_AT])) if table is TRACES else ()
        self._places[table.name][record[_ID_AT[table.name]]] = Place(record[0], indexed, tags)

    def _left_out(self, column: str, without: set[str]) -> tuple[str, tuple[object, ...]]:
        if not without:
            return "", ()
        matches = self._dialect.is_in(column, sorted(without))
        return f" AND NOT ({matches.text})", matches.params

    def _find_extremes_slowly(self, trace_id: str, without: set[str]) -> Extremes:
        sql = (
            "SELECT o.start_us, o.id, o.environment, coalesce(o.end_us, o.start_us) FROM observation o "
            "WHERE o.project = ? AND o.trace_id = ? ORDER BY o.start_us, o.id"
        )
        records = [
            record for record in self._session.execute(sql, (self._project, trace_id)) if record[1] not in without
        ]
        return _extremes(records[0], max(record[3] for record in records)) if records else Extremes()


def _extremes(first: Record, last_end_us: int) -> Extremes:
    return Extremes(
        first_start_us=first[0], first_observation_id=first[1], first_environment=first[2], last_end_us=last_end_us
    )


def _chunks(values: Sequence[_Cell], size: int) -> Iterator[Sequence[_Cell]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
