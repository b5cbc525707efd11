"""Carries operations out: claims one that is due, works on it a step at a time, and rests between the steps."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Final, Protocol

import structlog

from panope.domain.errors import PanopeError, UnavailableError
from panope.domain.operations import Operation, OperationKind
from panope.kit.clock import monotonic_s
from panope.ports.operations import Holder, OperationStore

LEASE_S: Final = 10.0
"""A step takes a small part of it; after so long without one its holder is taken for dead."""
_POLL_S: Final = 2.0
"""How soon an operation that another process asked for is found."""
_RETRY_S: Final = 5.0
_MAX_REST_S: Final = 1.0


class Advances(Protocol):
    """What carries out the steps."""

    async def advance(self, operation: Operation, holder: Holder) -> Operation | None:
        """Carry out the next step; None when the holder has lost the operation."""


class ByKind:
    """Hands each kind of operation to who carries it out."""

    def __init__(self, services: Mapping[OperationKind, Advances]) -> None:
        self._services = services

    async def advance(self, operation: Operation, holder: Holder) -> Operation | None:
        """See `Advances`."""
        return await self._services[operation.order.kind].advance(operation, holder)


class OperationRunner:
    """Works on operations, one at a time, for as long as the process lives."""

    def __init__(self, store: OperationStore, service: Advances, owner: str) -> None:
        """`owner` is a name that no other runner has."""
        self._store = store
        self._service = service
        self._holder = Holder(owner, LEASE_S)
        self._stopping = asyncio.Event()
        self._wanted = asyncio.Event()
        self._log = structlog.get_logger("panope.operations")

    def wake(self) -> None:
        """Look for work at once: this process was asked for an operation."""
        self._wanted.set()

    def stop(self) -> None:
        """Make `run` return after the step in progress; what is unfinished is given back."""
        self._stopping.set()
        self._wanted.set()

    async def run(self) -> None:
        """Carry out what is due until `stop`. Never raises for an operation that fails or a store that is away."""
        while not self._stopping.is_set():
            wait_s = _POLL_S
            try:
                if await self.run_due():
                    continue
            except PanopeError as error:
                self._log.warning("operations have to wait", code=error.code)
                wait_s = _RETRY_S
            except Exception as error:  # noqa: BLE001 - whatever is wrong here must not end the server
                self._log.error("operations have to wait", error=type(error).__name__, exc_info=error)
                wait_s = _RETRY_S
            self._wanted.clear()
            if not self._stopping.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wanted.wait(), wait_s)

    async def work_on(self, operation: Operation) -> Operation | None:
        """Carry out one operation as far as it goes, and return it as it stands; None when somebody else has it."""
        claimed = await self._store.claim(operation.project_id, operation.id, self._holder)
        if claimed is None:
            return None
        try:
            return await self._work(claimed)
        except UnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - the operation failed, whatever it was
            code = error.code if isinstance(error, PanopeError) else "internal"
            self._log.error("operation failed", operation=operation.id, code=code, exc_info=error)
            await self._store.finish(operation.project_id, operation.id, self._holder, error=code)
            return await self._store.get(operation.project_id, operation.id)
        finally:
            await self._give_back(operation)

    async def run_due(self) -> bool:
        """Work on the oldest operation that is due, if there is one; whether there was."""
        for operation in await self._store.list_due(1):
            done = await self.work_on(operation)
            if done is not None and done.state.is_over:
                self._log.info(
                    f"operation {done.state.value}",
                    operation=done.id,
                    kind=done.order.kind.value,
                    project=done.project_id,
                    observations=done.differences.observations,
                    changed=done.differences.changed,
                )
            return True
        return False

    async def _work(self, operation: Operation) -> Operation | None:
        current: Operation | None = operation
        while current is not None and not current.state.is_over and not self._stopping.is_set():
            began_s = monotonic_s()
            current = await self._service.advance(current, self._holder)
            if current is None or current.state.is_over:
                break
            # As long as the step took: half of the writer's time stays with what arrives.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), min(monotonic_s() - began_s, _MAX_REST_S))
        return current

    async def _give_back(self, operation: Operation) -> None:
        """An operation that is over has nobody to be taken from; a store that is away lets the lease run out."""
        with suppress(UnavailableError):
            await self._store.release(operation.project_id, operation.id, self._holder)
