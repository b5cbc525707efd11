"""The use case behind `panope reprice` and `panope remap`: an operation is asked for, then carried out step by step."""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from panope.domain.errors import InvalidError, NotFoundError
from panope.domain.ids import ProjectId, is_possible_id
from panope.domain.operations import DAY_US, Cursor, Operation, OperationKind, OperationOrder
from panope.domain.pricing import PriceBook
from panope.domain.projection.replay import StateReader
from panope.domain.tracing import ObservationRow
from panope.kit.clock import Clock
from panope.ports.operations import Holder, OperationStore, ReplayStep
from panope.ports.telemetry import TelemetryReader
from panope.query.ast import And, Condition, Keyset, ListQuery, Op, Sort

STEP_ROWS: Final = 200
"""Observations of one step: so many hold the writer for a few hundredths of a second."""
_LISTED: Final = 100


class PriceBooks(Protocol):
    """Where the prices of a project come from."""

    async def get_book(self, project_id: ProjectId) -> PriceBook:
        """Prices as they are now; never older than the last change that was acknowledged."""

    async def get_edition(self) -> int:
        """A number that changes whenever a price of any project does."""


class ReplayService:
    """Keeps operations and carries them out, a bounded stretch of history at a time."""

    def __init__(
        self,
        store: OperationStore,
        telemetry: TelemetryReader,
        prices: PriceBooks,
        state_reader: StateReader,
        clock: Clock,
        new_id: Callable[[], str],
        *,
        release: str = "",
        step_rows: int = STEP_ROWS,
    ) -> None:
        """`release` names the code, whose readings of what was sent change with it."""
        self._store = store
        self._telemetry = telemetry
        self._prices = prices
        self._state_reader = state_reader
        self._clock = clock
        self._new_id = new_id
        self._release = release
        self._step_rows = step_rows

    async def request(
        self,
        project_id: ProjectId,
        kind: OperationKind,
        *,
        since_us: int,
        until_us: int | None = None,
        model: str | None = None,
        is_dry_run: bool = False,
    ) -> Operation:
        """Keep a new operation for whoever carries operations out, and return it.

        One that asks for the same and is not over is returned instead, so that asking twice does nothing twice and what
        was interrupted goes on; after a change of prices or of the release it is cancelled and a new one begins.
        Without `until_us` it goes to the end of what has arrived; a clock that goes a day ahead is allowed for. Only
        another without an end is the same, however long ago: what came since was priced and read as now. Raises
        `InvalidError` when the end is not after the beginning.
        """
        now_us = self._clock()
        if until_us is not None and until_us <= since_us:
            raise InvalidError("The end must lie after the beginning: exchange the two", code="invalid_period")
        order = OperationOrder(
            kind=kind,
            since_us=since_us,
            until_us=until_us if until_us is not None else max(now_us, since_us) + DAY_US,
            has_end=until_us is not None,
            model=model,
            is_dry_run=is_dry_run,
            basis=f"{self._release}/{await self._prices.get_edition()}",
        )
        for known in await self._store.list_recent(project_id, _LISTED):
            if known.state.is_over or _aim(known.order) != _aim(order):
                continue
            if known.order.basis == order.basis:
                return known
            await self._store.cancel(project_id, known.id)
        operation = Operation(id=self._new_id(), project_id=project_id, order=order, created_us=now_us)
        await self._store.add(operation)
        return operation

    async def get(self, project_id: ProjectId, operation_id: str, kind: OperationKind | None = None) -> Operation:
        """One operation as it stands, of this kind if one is said. Raises `NotFoundError`."""
        found = await self._store.get(project_id, operation_id) if is_possible_id(operation_id) else None
        return _found(found if found is None or kind in {None, found.order.kind} else None)

    async def list_recent(self, project_id: ProjectId) -> Sequence[Operation]:
        """The newest operations of a project, newest first."""
        return await self._store.list_recent(project_id, _LISTED)

    async def cancel(self, project_id: ProjectId, operation_id: str) -> Operation:
        """End an operation where it stands; what it has changed stays changed. Raises `NotFoundError`."""
        return _found(await self._store.cancel(project_id, operation_id) if is_possible_id(operation_id) else None)

    async def advance(self, operation: Operation, holder: Holder) -> Operation | None:
        """Carry out the next step of an operation that `holder` has claimed, and finish it after the last.

        Returns the operation as it stands; None when the holder has lost it.
        """
        rows = await self._next_rows(operation)
        if not rows:
            is_done = await self._store.finish(operation.project_id, operation.id, holder)
            return await self._store.get(operation.project_id, operation.id) if is_done else None
        order = operation.order
        step = ReplayStep(
            observation_ids=tuple(row.id for row in rows if _may_change(row, order)),
            prices=await self._prices.get_book(operation.project_id),
            reader=self._state_reader if order.kind is OperationKind.REMAP else None,
            at_us=self._clock(),
            cursor=Cursor(rows[-1].start_us, rows[-1].id),
        )
        return await self._store.replay(operation.project_id, operation.id, step, holder)

    async def _next_rows(self, operation: Operation) -> list[ObservationRow]:
        order, cursor = operation.order, operation.cursor
        query = ListQuery(
            where=And(
                (
                    Condition("start_time", Op.GE, order.since_us),
                    Condition("start_time", Op.LT, order.until_us),
                )
            ),
            sort=Sort("start_time", descending=False),
            limit=self._step_rows,
            after=Keyset(cursor.start_us, cursor.id) if cursor else None,
        )
        page = await self._telemetry.list_observations(operation.project_id, query)
        return [observed.row for observed in page.rows]


def _may_change(row: ObservationRow, order: OperationOrder) -> bool:
    """Whether an operation could change a row at all: without a model name, no price says anything about it."""
    if order.model is not None and row.model != order.model:
        return False
    return order.kind is OperationKind.REMAP or row.model is not None


def _aim(order: OperationOrder) -> tuple[object, ...]:
    return order.kind, order.since_us, order.until_us if order.has_end else None, order.model, order.is_dry_run


def _found(operation: Operation | None) -> Operation:
    if operation is None:
        raise NotFoundError("Operation not found within authorized project", code="operation_not_found")
    return operation
