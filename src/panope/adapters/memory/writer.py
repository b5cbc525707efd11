"""Writing telemetry into dictionaries."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from panope.adapters.memory.rows import Projects, write_changes
from panope.domain.ids import ProjectId
from panope.domain.ledger import Receipt
from panope.domain.projection.deletion import project_deletion
from panope.domain.projection.events import project_events
from panope.ports.telemetry import IngestBatch

Result = TypeVar("Result")


class MemoryWriter:
    """`TelemetryWriter` over dictionaries."""

    _projects: Projects

    async def apply(self, batch: IngestBatch) -> None:
        """Join a batch into the rows of its project."""
        rows = self._projects[batch.project_id]
        rows.attribute_sets.update({found.id: found.json for found in batch.attribute_sets})
        write_changes(rows, project_events(rows, batch.events, batch.prices, batch.receipt.received_us))
        rows.receipts.append(batch.receipt)

    async def delete_traces(self, project_id: ProjectId, trace_ids: Sequence[str], *, at_us: int) -> int:
        """Delete traces with all that belongs to them."""
        rows = self._projects[project_id]
        changes = project_deletion(rows, trace_ids, (), at_us)
        write_changes(rows, changes)
        return len(changes.removed_traces)

    async def delete_scores(self, project_id: ProjectId, score_ids: Sequence[str], *, at_us: int) -> int:
        """Delete scores."""
        rows = self._projects[project_id]
        changes = project_deletion(rows, (), score_ids, at_us)
        write_changes(rows, changes)
        return len(changes.removed_scores)

    async def prepare(self, work: Callable[[], Result]) -> Result:
        """On another thread: there is none that writes."""
        return await asyncio.to_thread(work)

    async def record(self, project_id: ProjectId, receipt: Receipt) -> None:
        """Keep the receipt of a refused request."""
        self._projects[project_id].receipts.append(receipt)
