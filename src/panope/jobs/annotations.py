"""Writes the scores of completed annotations that a crash or a store that was away kept from being written."""

from typing import Protocol

from panope.domain.ids import ProjectId
from panope.jobs.rounds import Rounds
from panope.ports.catalog import ProjectStore


class Delivers(Protocol):
    """What makes the scores."""

    async def deliver_all(self, project_id: ProjectId) -> int:
        """Deliver what waits in a project; return for how many items."""


class AnnotationRunner(Rounds):
    """Looks for undelivered annotations for as long as the process lives."""

    def __init__(self, projects: ProjectStore, delivery: Delivers) -> None:
        super().__init__("panope.annotations", "annotations have to wait")
        self._projects = projects
        self._delivery = delivery

    async def run_once(self) -> None:
        """Deliver what waits in any project."""
        await self.serve_each([project.id for project in await self._projects.list()], self._deliver)

    async def _deliver(self, project_id: ProjectId) -> None:
        count = await self._delivery.deliver_all(project_id)
        if count:
            self._log.info("annotations delivered late", project=project_id, items=count)
