"""The runner that delivers what annotations wait for: a project that fails keeps no other waiting."""

import pytest

from panope.adapters.memory.catalog.whole import MemoryCatalog
from panope.domain.accounts import Organization, Project
from panope.domain.errors import UnavailableError
from panope.domain.ids import OrganizationId, ProjectId
from panope.jobs.annotations import AnnotationRunner


class Script:
    """What happens to each project."""

    def __init__(self, failures: dict[str, Exception]) -> None:
        self.failures = failures
        self.asked: list[str] = []

    async def deliver_all(self, project_id: ProjectId) -> int:
        self.asked.append(project_id)
        if project_id in self.failures:
            raise self.failures[project_id]
        return 1


async def catalog_of(*names: str) -> MemoryCatalog:
    catalog = MemoryCatalog()
    organization = Organization(id=OrganizationId("acme"), name="Acme")
    await catalog.organizations.add(organization)
    for at_us, name in enumerate(names):
        project = Project(id=ProjectId(name), organization_id=organization.id, name=name, created_us=at_us)
        await catalog.projects.add(project)
    return catalog


async def test_a_project_that_fails_keeps_no_other_waiting() -> None:
    script = Script({"a": UnavailableError("The store is away"), "c": ValueError("unforeseen")})
    runner = AnnotationRunner((await catalog_of("a", "b", "c", "d")).projects, script)
    with pytest.raises(UnavailableError):  # so that the next round comes soon
        await runner.run_once()
    assert script.asked == ["a", "b", "c", "d"]


async def test_a_round_without_failures_ends_well() -> None:
    script = Script({})
    await AnnotationRunner((await catalog_of("a", "b")).projects, script).run_once()
    assert script.asked == ["a", "b"]
