"""Writes the scores of completed annotations that a crash or a store that was away kept from being written."""

import asyncio
from contextlib import suppress
from typing import Final, Protocol

import structlog

from panope.domain.errors import PanopeError
from panope.domain.ids import ProjectId
from panope.ports.catalog import ProjectStore

_REST_S: Final = 60.0
"""How soon what another process left behind is found."""
_RETRY_S: Final = 5.0


class Delivers(Protocol):
    """What makes the scores."""

    async def deliver_all(self, project_id: ProjectId) -> int:
        """Deliver what waits in a project; return for how many items."""


class AnnotationRunner:
    """Looks for undelivered annotations for as long as the process lives."""

    def __init__(self, projects: ProjectStore, delivery: Delivers) -> None:
        self._projects = projects
        self._delivery = delivery
        self._stopping = asyncio.Event()
        self._wanted = asyncio.Event()
        self._log = structlog.get_logger("panope.annotations")

    def wake(self) -> None:
        """Look soon: something could not be delivered."""
        self._wanted.set()

    def stop(self) -> None:
        """Make `run` return after the delivery in progress."""
        self._stopping.set()
        self._wanted.set()

    async def run(self) -> None:
        """Deliver what waits, now and then, until `stop`. Never raises for a store that is away."""
        while not self._stopping.is_set():
            wait_s = _REST_S
            self._wanted.clear()
            try:
                await self.run_once()
            except PanopeError as error:
                self._log.warning("annotations have to wait", code=error.code)
                wait_s = _RETRY_S
            except Exception as error:  # noqa: BLE001 - whatever is wrong here must not end the server
                self._log.error("annotations have to wait", error=type(error).__name__, exc_info=error)
            if not self._stopping.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wanted.wait(), wait_s)

    async def run_once(self) -> None:
        """Deliver what waits in any project."""
        for project in await self._projects.list():
            count = await self._delivery.deliver_all(project.id)
            if count:
                self._log.info("annotations delivered late", project=project.id, items=count)
