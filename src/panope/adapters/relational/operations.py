"""Operations of the relational engines: kept in a table beside the telemetry, written by the telemetry writer.

Progress and the rows that it stands for are one commit, so what an operation says it changed is what it changed, also
when the process dies between any two of its steps.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from panope.adapters.relational.session import Dialect, RunRead, Session
from panope.adapters.relational.transaction import Procedure, Workplace, find_project
from panope.adapters.relational.writer import RelationalWriter
from panope.domain.errors import ConflictError
from panope.domain.ids import ProjectId
from panope.domain.operations import Operation, OperationState
from panope.domain.projection.replay import project_replay
from panope.kit.clock import now_us
from panope.ports.operations import Holder, ReplayStep

_US_PER_S: Final = 1_000_000
_ADD: Final = "INSERT INTO operation (project, id, created_us, is_over, lease_us, body) VALUES (?, ?, ?, 0, 0, ?)"
_ONE: Final = "o.project = ? AND o.id = ?"
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Operation).decode


class RelationalOperations:
    """Implements `OperationStore`. Its two lists are statements that tests ask for their plans."""

    recent_sql: str = "SELECT o.body FROM operation o WHERE o.project = ? ORDER BY o.created_us DESC, o.id DESC LIMIT ?"

    def __init__(self, writer: RelationalWriter, run: RunRead, dialect: Dialect) -> None:
        self._writer = writer
        self._run = run
        free = f"o.owner IS NULL OR o.lease_us <= {dialect.now_us}"
        hold = f"UPDATE operation AS o SET owner = ?, lease_us = {dialect.now_us} + ? WHERE {_ONE} AND is_over = 0"  # noqa: S608
        self._claim = f"{hold} AND ({free} OR o.owner = ?) RETURNING body"
        self._renew = f"{hold} AND o.owner = ? RETURNING body"
        self.due_sql = (
            f"SELECT o.body FROM operation o WHERE o.is_over = 0 AND ({free}) ORDER BY o.created_us, o.id LIMIT ?"  # noqa: S608
        )

    async def add(self, operation: Operation) -> None:
        """See the port."""

        def run(place: Workplace) -> None:
            key = (place.project, operation.id)
            if place.session.execute(f"SELECT 1 FROM operation o WHERE {_ONE}", key):  # noqa: S608
                raise ConflictError("The project has an operation of this id", code="operation_exists")
            place.session.execute(_ADD, (*key, operation.created_us, _text(operation)))

        await self._writer.run(Procedure(project_id=operation.project_id, run=run))

    async def get(self, project_id: ProjectId, operation_id: str) -> Operation | None:
        """See the port."""

        def read(session: Session) -> Operation | None:
            project = find_project(session, project_id)
            sql = f"SELECT o.body FROM operation o WHERE {_ONE}"  # noqa: S608
            found = [] if project is None else session.execute(sql, (project, operation_id))
            return _decode(found[0][0]) if found else None

        return await self._run(read)

    async def list_recent(self, project_id: ProjectId, limit: int) -> Sequence[Operation]:
        """See the port."""

        def read(session: Session) -> list[Operation]:
            project = find_project(session, project_id)
            found = [] if project is None else session.execute(self.recent_sql, (project, limit))
            return [_decode(record[0]) for record in found]

        return await self._run(read)

    async def list_due(self, limit: int) -> Sequence[Operation]:
        """See the port."""

        def read(session: Session) -> list[Operation]:
            return [_decode(record[0]) for record in session.execute(self.due_sql, (limit,))]

        return await self._run(read)

    async def claim(self, project_id: ProjectId, operation_id: str, holder: Holder) -> Operation | None:
        """See the port."""

        def run(place: Workplace) -> Operation | None:
            operation = self._hold(self._claim, place, operation_id, holder)
            if operation is not None:
                operation.state = OperationState.RUNNING
                _save(place, operation)
            return operation

        return await self._ask(project_id, run)

    async def replay(
        self, project_id: ProjectId, operation_id: str, step: ReplayStep, holder: Holder
    ) -> Operation | None:
        """See the port."""

        def run(place: Workplace) -> Operation | None:
            operation = self._hold(self._renew, place, operation_id, holder)
            if operation is None:
                return None
            store = place.open_store()
            changes, differences = project_replay(store, step.observation_ids, step.prices, step.reader, step.at_us)
            if not operation.order.is_dry_run:
                place.write(store, changes)
            operation.differences.add(differences)
            operation.cursor = step.cursor
            _save(place, operation)
            return operation

        return await self._ask(project_id, run, step.observation_ids)

    async def finish(
        self, project_id: ProjectId, operation_id: str, holder: Holder, *, error: str | None = None
    ) -> bool:
        """See the port."""

        def run(place: Workplace) -> Operation | None:
            operation = self._hold(self._renew, place, operation_id, holder)
            if operation is not None:
                operation.state = OperationState.FAILED if error else OperationState.DONE
                operation.error = error
                _save(place, operation)
            return operation

        return await self._ask(project_id, run) is not None

    async def release(self, project_id: ProjectId, operation_id: str, holder: Holder) -> None:
        """See the port."""

        def run(place: Workplace) -> None:
            sql = f"UPDATE operation AS o SET owner = NULL WHERE {_ONE} AND o.owner = ?"  # noqa: S608
            place.session.execute(sql, (place.project, operation_id, holder.owner))

        await self._writer.run(Procedure(project_id=project_id, run=run))

    async def cancel(self, project_id: ProjectId, operation_id: str) -> Operation | None:
        """See the port."""

        def run(place: Workplace) -> Operation | None:
            # Written before it is read, so that nobody makes a step meanwhile.
            sql = f"UPDATE operation AS o SET owner = NULL WHERE {_ONE} RETURNING body"  # noqa: S608
            found = place.session.execute(sql, (place.project, operation_id))
            operation = _decode(found[0][0]) if found else None
            if operation is not None and not operation.state.is_over:
                operation.state = OperationState.CANCELLED
                _save(place, operation)
            return operation

        return await self._ask(project_id, run)

    async def _ask(self, project_id: ProjectId, run: Any, observation_ids: tuple[str, ...] = ()) -> Operation | None:
        answer = await self._writer.run(Procedure(project_id=project_id, run=run, observation_ids=observation_ids))
        return answer if isinstance(answer, Operation) else None

    @staticmethod
    def _hold(sql: str, place: Workplace, operation_id: str, holder: Holder) -> Operation | None:
        """Take or renew the lease; None when it is somebody else's. The row is locked from then on."""
        lease_us = int(holder.lease_s * _US_PER_S)
        found = place.session.execute(sql, (holder.owner, lease_us, place.project, operation_id, holder.owner))
        return _decode(found[0][0]) if found else None


def _save(place: Workplace, operation: Operation) -> None:
    operation.updated_us = now_us()
    sql = f"UPDATE operation AS o SET body = ?, is_over = ? WHERE {_ONE}"  # noqa: S608
    params = (_text(operation), int(operation.state.is_over), place.project, operation.id)
    place.session.execute(sql, params)


def _text(operation: Operation) -> str:
    return _encode(operation).decode()
