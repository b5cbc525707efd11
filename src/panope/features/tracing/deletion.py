"""The use case that deletes traces."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from panope.domain.ids import ProjectId
from panope.kit.clock import Clock
from panope.ports.telemetry import TelemetryWriter

ForgetMedia = Callable[[ProjectId, Sequence[str]], Awaitable[None]]
"""Deletes what was uploaded for traces, unless something else refers to it. Idempotent."""

_AT_ONCE: Final = 100
"""Traces that one transaction deletes: what is told meanwhile waits for it."""


class TraceDeletion:
    """Deletes traces with their observations, scores and media; what was sent before now cannot bring them back.

    Media go after what names them: whoever asks again after a failure deletes what was left.
    """

    def __init__(self, writer: TelemetryWriter, clock: Clock, forget_media: ForgetMedia) -> None:
        self._writer = writer
        self._clock = clock
        self._forget_media = forget_media

    async def delete_trace(self, project_id: ProjectId, trace_ids: Sequence[str]) -> None:
        """Delete the trace that a name stands for: the first of its possible ids that exists, if any does."""
        for trace_id in trace_ids:
            if await self._writer.delete_traces(project_id, [trace_id], at_us=self._clock()):
                await self._forget_media(project_id, [trace_id])
                return
        await self._forget_media(project_id, trace_ids[:1])

    async def delete_traces(self, project_id: ProjectId, trace_ids: Sequence[str]) -> None:
        """Delete many traces, a piece at a time; ids that name nothing are no error.

        A failure leaves pieces of them: whoever asks again deletes the rest.
        """
        unique = list(dict.fromkeys(trace_ids))
        now_us = self._clock()
        for start in range(0, len(unique), _AT_ONCE):
            piece = unique[start : start + _AT_ONCE]
            await self._writer.delete_traces(project_id, piece, at_us=now_us)
            await self._forget_media(project_id, piece)
