"""Operations over the history of a project: kept with the telemetry that they change, and worked on under a lease.

An operation is waiting, or running while somebody holds its lease, or over. The clock of the store counts the leases,
so that servers whose clocks differ agree on them. Every write is durable when the call returns. Every method may raise
`UnavailableError` when the store is away; then nothing was changed.
"""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from panope.domain.ids import ProjectId
from panope.domain.operations import Cursor, Operation
from panope.domain.pricing import PriceBook
from panope.domain.projection.replay import StateReader


class Holder(Struct, frozen=True):
    """Who works on an operation."""

    owner: str
    lease_s: float
    """For how long it stays theirs after each sign of life. Zero or less: for no time, as a dead holder's."""


class ReplayStep(Struct, frozen=True, kw_only=True):
    """One stretch of the history that an operation goes through."""

    observation_ids: tuple[str, ...]
    """What to look at again; ids that name nothing any more are passed over."""
    prices: PriceBook
    reader: StateReader | None = None
    """Reads what was sent again; None: the reading stays."""
    at_us: int
    """What changed rows take as `updated_us`."""
    cursor: Cursor | None
    """Where the operation stands when this is done."""


class Progress(Struct, frozen=True):
    """What one step did that the store did not carry out itself."""

    cursor: Cursor
    """Where the operation stands now."""
    looked_at: int
    changed: int


class OperationStore(Protocol):
    """Keeps operations and carries out their steps."""

    async def add(self, operation: Operation) -> None:
        """Keep a new operation, waiting. Raises `ConflictError` when the project has one of that id."""

    async def get(self, project_id: ProjectId, operation_id: str) -> Operation | None:
        """One operation as it stands, or None."""

    async def list_recent(self, project_id: ProjectId, limit: int) -> Sequence[Operation]:
        """The newest operations by (creation, id), newest first."""

    async def list_due(self, limit: int) -> Sequence[Operation]:
        """Operations of all projects that nobody works on and that are not over, oldest first by (creation, id)."""

    async def claim(self, project_id: ProjectId, operation_id: str, holder: Holder) -> Operation | None:
        """Take an operation that is due, and return it as it stands; None when it is not. One of many callers gets it.

        Who holds it already gets it again.
        """

    async def replay(
        self, project_id: ProjectId, operation_id: str, step: ReplayStep, holder: Holder
    ) -> Operation | None:
        """Carry out one step and keep the progress, in one commit; the lease begins anew.

        Observations move with every sum that depends on them, and take their place in the change sequence. Of a dry
        run only the progress is kept. Returns the operation with the differences of this step added; None, and nothing
        is changed, when the holder has lost it or it is over. Doing a step again changes no row.
        """

    async def note(
        self, project_id: ProjectId, operation_id: str, progress: Progress, holder: Holder
    ) -> Operation | None:
        """Keep how far an operation is whose steps are carried out elsewhere; the lease begins anew.

        Returns the operation with the progress added; None, and nothing is kept, when the holder has lost it or it is
        over.
        """

    async def finish(
        self, project_id: ProjectId, operation_id: str, holder: Holder, *, error: str | None = None
    ) -> bool:
        """End an operation: done, or failed with an error code. False when the holder has lost it or it is over."""

    async def release(self, project_id: ProjectId, operation_id: str, holder: Holder) -> None:
        """Give an operation back unfinished: it is due at once."""

    async def cancel(self, project_id: ProjectId, operation_id: str) -> Operation | None:
        """End an operation where it stands and return it; None when there is none. One that is over stays as it is.

        What its steps have changed stays changed.
        """
