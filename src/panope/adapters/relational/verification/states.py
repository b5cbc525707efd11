"""Streaming rows with their states, and what these refer to."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from panope.adapters.relational.session import Dialect, Record
from panope.adapters.relational.tables import (
    LINKS,
    OBSERVATIONS,
    SCORES,
    SESSIONS,
    TRACES,
    Table,
    read_link,
    read_observation,
    read_score,
    read_trace,
)
from panope.adapters.relational.verification.session import StreamSession, attempt, scope
from panope.domain.events import AttributeSet, EntityKind
from panope.domain.ids import ProjectId
from panope.ports.verification import CutRow, OrphanedLink, OrphanedState, Project, StoredLink, StoredRow

TABLES: Final = {EntityKind.TRACE: TRACES, EntityKind.OBSERVATION: OBSERVATIONS, EntityKind.SCORE: SCORES}
_READERS: Final[dict[EntityKind, Callable[[Record], Any]]] = {
    EntityKind.TRACE: read_trace,
    EntityKind.OBSERVATION: read_observation,
    EntityKind.SCORE: read_score,
}
_WITH_PAYLOADS: Final = (EntityKind.TRACE, EntityKind.OBSERVATION)
"""These have a state, and may have a link to an experiment, in tables of their own."""
_LINK_SELECT: Final = ", ".join(f"e.{column}" for column in ("project", *LINKS))
_LINK_WIDTH: Final = 1 + len(LINKS)


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

    def orphaned_links(self, within: Project) -> Iterator[OrphanedLink]:
        """See the port."""
        for kind in _WITH_PAYLOADS:
            name = TABLES[kind].name
            lone = f"NOT EXISTS (SELECT 1 FROM {name} a WHERE a.key = e.key)"  # noqa: S608 - names of our own
            where, params = scope("e", within, and_where=lone)
            sql = f"SELECT e.project, e.id FROM {name}_experiment e{where} ORDER BY e.key"  # noqa: S608
            for project, entity_id in self._session.stream(sql, params):
                yield OrphanedLink(kind=kind, project=project, id=entity_id)

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
        source += f" ON {table.alias}.project = x.project AND {named} = x.id{self._joined(kind)}"
        sql = f"SELECT x.cut_us, {self._columns(kind)} FROM {source}{where}"  # noqa: S608
        for record in self._session.stream(sql, params):
            stored = self._stored(kind, record[1:])
            yield CutRow(stored=stored, cut_us=record[0], is_of_trace=cut_kind is not kind)

    def _columns(self, kind: EntityKind) -> str:
        table = TABLES[kind]
        packed = [f"p.{column}" for column in self._dialect.payload_columns]
        state = [_LINK_SELECT, *packed] if kind in _WITH_PAYLOADS else [f"{table.alias}.state"]
        return ", ".join([f"{table.alias}.project", table.select(), *state])

    def _source(self, kind: EntityKind) -> str:
        table = TABLES[kind]
        return f"{table.name} {table.alias}{self._joined(kind)}"

    @staticmethod
    def _joined(kind: EntityKind) -> str:
        """What of a row lies in tables of its own."""
        if kind not in _WITH_PAYLOADS:
            return ""
        table = TABLES[kind]
        links = f" LEFT JOIN {table.name}_experiment e ON e.key = {table.alias}.key"
        return f"{links} LEFT JOIN {table.name}_payload p ON p.key = {table.alias}.key"

    def _stored(self, kind: EntityKind, record: Record) -> StoredRow:
        table: Table = TABLES[kind]
        end = 1 + len(table.columns)
        columns, packed = record[1:end], record[end:]
        link: Record = ()
        if kind in _WITH_PAYLOADS:
            link, packed = packed[:_LINK_WIDTH], packed[_LINK_WIDTH:]
        unpack: Callable[[Record], Any] = self._dialect.unpack if kind in _WITH_PAYLOADS else self._unpack_state
        return StoredRow(
            kind=kind,
            project=record[0],
            id=columns[_ID_AT[kind]],
            row=attempt(_READERS[kind], columns),
            parts=attempt(unpack, packed),
            link=_stored_link(link),
        )

    def _unpack_state(self, packed: Record) -> Any:
        return self._dialect.unpack_state(packed[0])


def _stored_link(record: Record) -> StoredLink | None:
    """No column of a link but its dataset and experiment may be null, so that a project tells that there is one."""
    if not record or record[0] is None:
        return None
    return StoredLink(project=record[0], link=attempt(read_link, record[1:]))


_ID_AT: Final = {kind: table.columns.index("id") for kind, table in TABLES.items()}
