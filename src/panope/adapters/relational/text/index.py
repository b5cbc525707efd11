"""The index of texts of the relational engines: read and worked out beside the writer, written by it."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from panope.adapters.relational.changes import to_ranges
from panope.adapters.relational.segments.heads import MAX_PARTS, pack
from panope.adapters.relational.session import Dialect, RunRead, Session, Sql
from panope.adapters.relational.text.building import Patience, Step, plan_step
from panope.adapters.relational.text.describing import DROPPING, SOURCES, describe_indexes
from panope.adapters.relational.transaction import Procedure, Workplace, find_project
from panope.adapters.relational.writer import RelationalWriter
from panope.domain.ids import ProjectId
from panope.ports.operations import Holder
from panope.ports.texts.index import TextIndexState

_LAST_KEY: Final = 1 << 62
_DROPPED_AT_ONCE: Final = 8
_US_PER_S: Final = 1_000_000
_MAX_SIZES: Final = 50_000
"""Of segments that are remembered, those that are gone included."""


class RelationalTextIndex:
    """Implements `TextIndexStore`."""

    def __init__(
        self, writer: RelationalWriter, run: RunRead, dialect: Dialect, patience: Patience | None = None
    ) -> None:
        self._writer = writer
        self._run = run
        self._dialect = dialect
        self._patience = patience or Patience()
        self._sizes: dict[int, int] = {}

    async def describe(self) -> Sequence[TextIndexState]:
        """See the port."""
        return await self._run(lambda session: describe_indexes(session, self._dialect))

    async def find(self, project_id: ProjectId) -> TextIndexState | None:
        """See the port."""

        def run(session: Session) -> TextIndexState | None:
            project = find_project(session, project_id)
            return None if project is None else next(iter(describe_indexes(session, self._dialect, project)), None)

        return await self._run(run)

    async def start(self, project_id: ProjectId) -> None:
        """See the port. Only what is written from now on is noted: the rest is one note."""

        def run(place: Workplace) -> None:
            session, project = place.session, place.project
            # One that goes stays: all is noted already, and whoever drops it stops. They hold it before the notes.
            again = "UPDATE text_index SET owner = NULL, lease_us = 0 WHERE project = ? AND owner = ? RETURNING project"
            if session.execute(again, (project, DROPPING)):
                return
            session.text_notes.await_writers()
            if session.execute("SELECT 1 FROM text_index i WHERE i.project = ?", (project,)):
                session.execute(again, (project, DROPPING))
                return
            session.execute("INSERT INTO text_index (project, lease_us) VALUES (?, 0)", (project,))
            _note_everything(place)

        await self._ask(project_id, run)

    async def drop(self, project_id: ProjectId) -> None:
        """See the port. A few segments at a time: until the last is gone, searches take every row for changed."""

        def give_up(place: Workplace) -> None:
            held = "UPDATE text_index SET owner = ?, lease_us = ? WHERE project = ?"
            place.session.execute(held, (DROPPING, _LAST_KEY, place.project))
            place.session.execute("DELETE FROM text_change WHERE project = ?", (place.project,))
            _note_everything(place)

        def shrink(place: Workplace) -> bool:
            # Looks and holds: nobody switches it on until this is written.
            going = "UPDATE text_index SET owner = owner WHERE project = ? AND owner = ? RETURNING project"
            if not place.session.execute(going, (place.project, DROPPING)):
                return False
            sql = "SELECT s.key FROM text_segment s WHERE s.project = ? LIMIT ?"
            found = place.session.execute(sql, (place.project, _DROPPED_AT_ONCE))
            for (key,) in found:
                _remove(place.session, key)
            if not found:
                for table in ("text_change", "text_index"):
                    place.session.execute(f"DELETE FROM {table} WHERE project = ?", (place.project,))  # noqa: S608
            return bool(found)

        await self._ask(project_id, give_up)
        while await self._ask(project_id, shrink):
            pass

    async def claim(self, project_id: ProjectId, holder: Holder) -> bool:
        """See the port."""

        def run(place: Workplace) -> bool:
            free = f"owner IS NULL OR owner = ? OR lease_us <= {self._dialect.now_us}"
            return self._hold(place, holder, Sql(f" AND ({free})", (holder.owner,)))

        return bool(await self._ask(project_id, run))

    async def advance(self, project_id: ProjectId, holder: Holder) -> int:
        """See the port."""

        def read(session: Session) -> Step | None:
            project = find_project(session, project_id)
            return None if project is None else plan_step(session, self._dialect, project, self._patience, self._sizes)

        if len(self._sizes) > _MAX_SIZES:
            self._sizes.clear()
        step = await self._run(read, is_bounded=False)
        if step is None:
            return 0

        def run(place: Workplace) -> int:
            if not self._hold(place, holder, Sql(" AND owner = ?", (holder.owner,))):
                return 0
            _write(place, step)
            return step.rows

        return int(await self._ask(project_id, run))

    async def _ask(self, project_id: ProjectId, run: Callable[[Workplace], Any]) -> Any:
        return await self._writer.run(Procedure(project_id=project_id, run=run))

    def _hold(self, place: Workplace, holder: Holder, where: Sql) -> bool:
        """Take or renew the lease."""
        sql = (
            f"UPDATE text_index SET owner = ?, lease_us = {self._dialect.now_us} + ? "  # noqa: S608
            f"WHERE project = ?{where.text} RETURNING project"
        )
        lease_us = int(holder.lease_s * _US_PER_S)
        return bool(place.session.execute(sql, (holder.owner, lease_us, place.project, *where.params)))


def _note_everything(place: Workplace) -> None:
    for source in SOURCES:
        place.session.text_notes.add(place.project, source, [(0, _LAST_KEY)], is_gone=False)


def _write(place: Workplace, step: Step) -> None:
    session = place.session
    if step.changes:
        session.delete("text_change", ("key",), [(key,) for key in step.changes])
    if step.left is not None:
        key, first = step.left
        session.execute("UPDATE text_change SET first_key = ? WHERE key = ?", (first, key))
    for key in step.replaced:
        _remove(session, key)
    if step.again:
        session.text_notes.add(place.project, step.source, to_ranges(step.again), is_gone=False)
    segment = step.segment
    if segment is None:
        return
    head, parts = pack(segment.head), [pack(part) for part in segment.parts]
    size = len(head) + sum(map(len, parts))
    found = session.execute(
        "INSERT INTO text_segment (project, source, row_count, byte_count, head) VALUES (?, ?, ?, ?, ?) RETURNING key",
        (place.project, step.source, segment.rows, size, head),
    )
    first = int(found[0][0]) * MAX_PARTS
    session.insert("text_part", ("key", "postings"), [(first + number, part) for number, part in enumerate(parts)])


def _remove(session: Session, key: int) -> None:
    first = key * MAX_PARTS
    session.execute("DELETE FROM text_part WHERE key BETWEEN ? AND ?", (first, first + MAX_PARTS - 1))
    session.execute("DELETE FROM text_segment WHERE key = ?", (key,))
