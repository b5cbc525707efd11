"""Operations over dictionaries."""

import asyncio
from collections.abc import Sequence

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from panope.adapters.memory.rows import Projects, write_changes
from panope.domain.errors import ConflictError
from panope.domain.ids import ProjectId
from panope.domain.operations import Differences, Operation, OperationState
from panope.domain.projection.replay import project_replay
from panope.kit.clock import monotonic_s, now_us
from panope.ports.operations import Holder, Progress, ReplayStep

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Operation).decode


class _Kept(Struct):
    """One operation with its lease."""

    operation: Operation
    owner: str | None = None
    until_s: float = field(default=0.0)


class MemoryOperations:
    """Implements `OperationStore`."""

    _projects: Projects
    _operations: dict[tuple[str, str], _Kept]

    async def add(self, operation: Operation) -> None:
        """See the port."""
        key = (operation.project_id, operation.id)
        if key in self._operations:
            raise ConflictError("The project has an operation of this id", code="operation_exists")
        self._operations[key] = _Kept(_copy(operation))

    async def get(self, project_id: ProjectId, operation_id: str) -> Operation | None:
        """See the port."""
        kept = self._operations.get((project_id, operation_id))
        return _copy(kept.operation) if kept else None

    async def list_recent(self, project_id: ProjectId, limit: int) -> Sequence[Operation]:
        """See the port."""
        own = [kept.operation for (project, _), kept in self._operations.items() if project == project_id]
        return [_copy(found) for found in sorted(own, key=_age, reverse=True)[:limit]]

    async def list_due(self, limit: int) -> Sequence[Operation]:
        """See the port."""
        due = [kept.operation for kept in self._operations.values() if _is_due(kept)]
        return [_copy(found) for found in sorted(due, key=_age)[:limit]]

    async def claim(self, project_id: ProjectId, operation_id: str, holder: Holder) -> Operation | None:
        """See the port."""
        kept = self._operations.get((project_id, operation_id))
        if kept is None or kept.operation.state.is_over or not (_is_due(kept) or kept.owner == holder.owner):
            return None
        kept.operation.state = OperationState.RUNNING
        _hold(kept, holder)
        return _copy(kept.operation)

    async def replay(
        self, project_id: ProjectId, operation_id: str, step: ReplayStep, holder: Holder
    ) -> Operation | None:
        """See the port."""
        await asyncio.sleep(0)
        kept = self._operations.get((project_id, operation_id))
        if not _is_held(kept, holder) or kept is None:
            return None
        rows = self._projects[project_id]
        changes, differences = project_replay(rows, step.observation_ids, step.prices, step.reader, step.at_us)
        if not kept.operation.order.is_dry_run:
            write_changes(rows, changes)
        kept.operation.differences.add(differences)
        kept.operation.cursor = step.cursor
        _hold(kept, holder)
        return _copy(kept.operation)

    async def note(
        self, project_id: ProjectId, operation_id: str, progress: Progress, holder: Holder
    ) -> Operation | None:
        """See the port."""
        kept = self._operations.get((project_id, operation_id))
        if not _is_held(kept, holder) or kept is None:
            return None
        kept.operation.differences.add(Differences(observations=progress.looked_at, changed=progress.changed))
        kept.operation.cursor = progress.cursor
        _hold(kept, holder)
        return _copy(kept.operation)

    async def finish(
        self, project_id: ProjectId, operation_id: str, holder: Holder, *, error: str | None = None
    ) -> bool:
        """See the port."""
        kept = self._operations.get((project_id, operation_id))
        if not _is_held(kept, holder) or kept is None:
            return False
        _end(kept, OperationState.FAILED if error else OperationState.DONE)
        kept.operation.error = error
        return True

    async def release(self, project_id: ProjectId, operation_id: str, holder: Holder) -> None:
        """See the port."""
        kept = self._operations.get((project_id, operation_id))
        if _is_held(kept, holder) and kept is not None:
            kept.owner = None

    async def cancel(self, project_id: ProjectId, operation_id: str) -> Operation | None:
        """See the port."""
        kept = self._operations.get((project_id, operation_id))
        if kept is None:
            return None
        if not kept.operation.state.is_over:
            _end(kept, OperationState.CANCELLED)
        return _copy(kept.operation)


def _copy(operation: Operation) -> Operation:
    return _decode(_encode(replace(operation)))


def _age(operation: Operation) -> tuple[int, str]:
    return operation.created_us, operation.id


def _is_due(kept: _Kept) -> bool:
    return not kept.operation.state.is_over and (kept.owner is None or kept.until_s <= monotonic_s())


def _is_held(kept: _Kept | None, holder: Holder) -> bool:
    return kept is not None and kept.owner == holder.owner and not kept.operation.state.is_over


def _hold(kept: _Kept, holder: Holder) -> None:
    kept.owner = holder.owner
    kept.until_s = monotonic_s() + holder.lease_s
    kept.operation.updated_us = now_us()


def _end(kept: _Kept, state: OperationState) -> None:
    kept.operation.state = state
    kept.operation.updated_us = now_us()
    kept.owner = None
