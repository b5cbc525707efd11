"""Erases deleted projects, a page at a time, resting between the pages."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, Protocol

from panope.domain.accounts import DeletedProject
from panope.domain.ids import ProjectId
from panope.jobs.rounds import Rounds
from panope.kit.clock import monotonic_s

_MAX_PAUSE_S: Final = 1.0


class Erases(Protocol):
    """What carries out the steps."""

    async def list_due(self) -> Sequence[DeletedProject]:
        """Projects that are deleted and not erased."""

    async def empty(self, project: DeletedProject) -> int:
        """Delete one page of telemetry; 0 when there is nothing left."""

    async def finish(self, project: DeletedProject) -> bool:
        """Erase the rest; False as long as something may still arrive."""


class ErasureRunner(Rounds):
    """Looks for deleted projects for as long as the process lives. Several processes may do so at once."""

    def __init__(self, erasure: Erases) -> None:
        super().__init__("panope.erasure", "deleted projects have to wait")
        self._erasure = erasure

    async def run_once(self) -> None:
        """Erase deleted projects as far as it goes now."""
        due = {project.id: project for project in await self._erasure.list_due()}

        async def erase(project_id: ProjectId) -> None:
            project = due[project_id]
            rows = await self._empty(project)
            if not self._stopping.is_set() and await self._erasure.finish(project):
                self._log.info("project erased", project=project_id)
            elif rows:
                self._log.info("project emptied", project=project_id, rows=rows)

        await self.serve_each(list(due), erase)

    async def _empty(self, project: DeletedProject) -> int:
        rows = 0
        while not self._stopping.is_set():
            began_s = monotonic_s()
            count = await self._erasure.empty(project)
            if not count:
                break
            rows += count
            # As long as the page took: half of the writer's time stays with what arrives.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), min(monotonic_s() - began_s, _MAX_PAUSE_S))
        return rows
