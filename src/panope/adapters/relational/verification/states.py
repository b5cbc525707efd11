"""Streaming rows with their states, and what these refer to."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from panope.adapters.relational.session import Dialect, Record
from panope.adapters.relational.tables import (
    OBSERVATIONS,
    SCORES,
    SESSIONS,
    TRACES,
    Table,
    read_observation,
    read_score,
    read_trace,
)
from panope.adapters.relational.verification.session import StreamSession, attempt, scope
from panope.domain.events import AttributeSet, EntityKind
from panope.domain.ids import ProjectId
from panope.ports.verification import CutRow, OrphanedState, Project, StoredRow

TABLES: Final = {EntityKind.TRACE: TRACES, EntityKind.OBSERVATION: OBSERVATIONS, EntityKind.SCORE: SCORES}
_READERS: Final[dict[EntityKind, Callable[[Record], Any]]] = {
    EntityKind.TRACE: read_trace,
    EntityKind.OBSERVATION: read_observation,
    EntityKind.SCORE: read_score,
}
_WITH_PAYLOADS: Final = (EntityKind.TRACE, EntityKind.OBSERVATION)


class RelationalStates:
    """Implements `StoredStates`."""

    def __init__(self, session: StreamSession, dialect: Dialect) -> None:
        self._session = session
        self._dialect = dialect

    def projects(self) -> Mapping[int, ProjectId]:
        """See the port."""
        return {
            number: ProjectId(name)
            for number, name in self._session.execute("SELECT number, id FROM project ORDER BY number")
        }

    def sizes(self, within: Project) -> Mapping[str, int]:
        """See the port."""
        sizes = {}
        for table in (TRACES, OBSERVATIONS, SCORES, SESSIONS):
            where, params = scope(table.alias, within)
            sql = f"SELECT count(*) FROM {table.name} {table.alias}{where}"  # noqa: S608
            sizes[table.name] = int(self._session.execute(sql, params)[0][0])
        return sizes

    def rows(self, kind: EntityKind, within: Project) -> Iterator[StoredRow]:
        """See the port."""
        table = TABLES[kind]
        where, params = scope(table.alias, within)
        sql = f"SELECT {self._columns(kind)} FROM {self._source(kind)}{where} ORDER BY {table.alias}.key"  # noqa: S608
        for record in self._session.stream(sql, params):
            yield self._stored(kind, record)

    def orphans(self) -> Iterator[OrphanedState]:
        """See the port."""
        for kind in _WITH_PAYLOADS:
            table = TABLES[kind]
            sql = (
                f"SELECT p.key FROM {table.name}_payload p "  # noqa: S608
                f"WHERE NOT EXISTS (SELECT 1 FROM {table.name} a WHERE a.key = p.key) ORDER BY p.key"
            )
            for (key,) in self._session.stream(sql):
                yield OrphanedState(kind=kind, key=key)

    def cut_rows(self, within: Project) -> Iterator[CutRow]:
        """See the port."""
        for kind, table in TABLES.items():
            yield from self._cut_rows(kind, f"{table.alias}.id", kind, within)
            if kind is not EntityKind.TRACE:
                yield from self._cut_rows(kind, f"{table.alias}.trace_id", EntityKind.TRACE, within)

    def attribute_sets(self, within: Project) -> Iterator[tuple[int, AttributeSet]]:
        """See the port."""
        where, params = scope("a", within)
        sql = f"SELECT a.project, a.id, a.json FROM attribute_set a{where} ORDER BY a.project, a.id"  # noqa: S608
        for project, set_id, json in self._session.stream(sql, params):
            yield project, AttributeSet(set_id, json)

    def has_attribute_set(self, project: int, set_id: str) -> bool:
        """See the port."""
        sql = "SELECT 1 FROM attribute_set a WHERE a.project = ? AND a.id = ?"
        return bool(self._session.execute(sql, (project, set_id)))

    def _cut_rows(self, kind: EntityKind, named: str, cut_kind: EntityKind, within: Project) -> Iterator[CutRow]:
        """Rows whose column `named` is the id of a tombstone."""
        table = TABLES[kind]
        where, params = scope("x", within, and_where=f"x.kind = '{cut_kind.value}'")
        source = f"tombstone x {self._dialect.forced_join} {table.name} {table.alias}"
        source += f" ON {table.alias}.project = x.project AND {named} = x.id{self._payload_join(kind)}"
        sql = f"SELECT x.cut_us, {self._columns(kind)} FROM {source}{where}"  # noqa: S608
        for record in self._session.stream(sql, params):
            stored = self._stored(kind, record[1:])
            yield CutRow(stored=stored, cut_us=record[0], is_of_trace=cut_kind is not kind)

    def _columns(self, kind: EntityKind) -> str:
        table = TABLES[kind]
        packed = [f"p.{column}" for column in self._dialect.payload_columns]
        state = packed if kind in _WITH_PAYLOADS else [f"{table.alias}.state"]
        return ", ".join([f"{table.alias}.project", table.select(), *state])

    def _source(self, kind: EntityKind) -> str:
        table = TABLES[kind]
        return f"{table.name} {table.alias}{self._payload_join(kind)}"

    @staticmethod
    def _payload_join(kind: EntityKind) -> str:
        table = TABLES[kind]
        return f" LEFT JOIN {table.name}_payload p ON p.key = {table.alias}.key" if kind in _WITH_PAYLOADS else ""

    def _stored(self, kind: EntityKind, record: Record) -> StoredRow:
        table: Table = TABLES[kind]
        end = 1 + len(table.columns)
        columns, packed = record[1:end], record[end:]
        unpack: Callable[[Record], Any] = self._dialect.unpack if kind in _WITH_PAYLOADS else self._unpack_state
        return StoredRow(
            kind=kind,
            project=record[0],
            id=columns[_ID_AT[kind]],
            row=attempt(_READERS[kind], columns),
            parts=attempt(unpack, packed),
        )

    def _unpack_state(self, packed: Record) -> Any:
        return self._dialect.unpack_state(packed[0])


_ID_AT: Final = {kind: table.columns.index("id") for kind, table in TABLES.items()}
