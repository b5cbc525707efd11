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
        """Deliver what waits in any project. What fails keeps no other project waiting; the first failure is raised."""
        failures: list[Exception] = []
        for project in await self._projects.list():
            try:
                count = await self._delivery.deliver_all(project.id)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with one project
                self._log.warning(
                    "annotations of a project have to wait", project=project.id, error=type(error).__name__
                )
                failures.append(error)
                continue
            if count:
                self._log.info("annotations delivered late", project=project.id, items=count)
        if failures:
            raise failures[0]
