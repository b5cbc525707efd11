"""Erases deleted projects, a page at a time, resting between the pages."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, Protocol

import structlog

from panope.domain.accounts import DeletedProject
from panope.domain.errors import PanopeError
from panope.domain.ids import ProjectId
from panope.kit.clock import monotonic_s

_REST_S: Final = 60.0
"""How soon what another process left behind is found, and whether the time has come to finish."""
_RETRY_S: Final = 5.0
_MAX_PAUSE_S: Final = 1.0


class Erases(Protocol):
    """What carries out the steps."""

    async def list_due(self) -> Sequence[DeletedProject]:
        """Projects that are deleted and not erased."""

    async def empty(self, project_id: ProjectId) -> int:
        """Delete one page of telemetry; 0 when there is nothing left."""

    async def finish(self, project: DeletedProject) -> bool:
        """Erase the rest; False as long as something may still arrive."""


class ErasureRunner:
    """Looks for deleted projects for as long as the process lives. Several processes may do so at once."""

    def __init__(self, erasure: Erases) -> None:
        self._erasure = erasure
        self._stopping = asyncio.Event()
        self._wanted = asyncio.Event()
        self._log = structlog.get_logger("panope.erasure")

    def wake(self) -> None:
        """Look at once: a project was deleted."""
        self._wanted.set()

    def stop(self) -> None:
        """Make `run` return after the page in progress."""
        self._stopping.set()
        self._wanted.set()

    async def run(self) -> None:
        """Erase what is deleted, until `stop`. Never raises for a store that is away."""
        while not self._stopping.is_set():
            wait_s = _REST_S
            self._wanted.clear()
            try:
                await self.run_once()
            except PanopeError as error:
                self._log.warning("deleted projects have to wait", code=error.code)
                wait_s = _RETRY_S
            except Exception as error:  # noqa: BLE001 - whatever is wrong here must not end the server
                self._log.error("deleted projects have to wait", error=type(error).__name__, exc_info=error)
            if not self._stopping.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wanted.wait(), wait_s)

    async def run_once(self) -> None:
        """Erase deleted projects as far as it goes now."""
        for project in await self._erasure.list_due():
            rows = await self._empty(project.id)
            if not self._stopping.is_set() and await self._erasure.finish(project):
                self._log.info("project erased", project=project.id)
            elif rows:
                self._log.info("project emptied", project=project.id, rows=rows)

    async def _empty(self, project_id: ProjectId) -> int:
        rows = 0
        while not self._stopping.is_set():
            began_s = monotonic_s()
            count = await self._erasure.empty(project_id)
            if not count:
                break
            rows += count
            # As long as the page took: half of the writer's time stays with what arrives.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), min(monotonic_s() - began_s, _MAX_PAUSE_S))
        return rows
