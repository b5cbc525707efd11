"""The use case that deletes traces."""

from collections.abc import Sequence

from panope.domain.ids import ProjectId
from panope.kit.clock import Clock
from panope.ports.telemetry import TelemetryWriter


class TraceDeletion:
    """Deletes traces with their observations and scores; what was sent before now cannot bring them back."""

    def __init__(self, writer: TelemetryWriter, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock

    async def delete_trace(self, project_id: ProjectId, trace_ids: Sequence[str]) -> None:
        """Delete the trace that a name stands for: the first of its possible ids that exists, if any does."""
        for trace_id in trace_ids:
            if await self._writer.delete_traces(project_id, [trace_id], at_us=self._clock()):
                return

    async def delete_traces(self, project_id: ProjectId, trace_ids: Sequence[str]) -> None:
        """Delete many traces at once; ids that name nothing are no error."""
        await self._writer.delete_traces(project_id, list(dict.fromkeys(trace_ids)), at_us=self._clock())
