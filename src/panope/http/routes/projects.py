"""The project of the calling key pair: what every SDK asks for before it trusts its credentials."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from panope.domain.accounts import Principal
from panope.domain.errors import NotFoundError
from panope.http.auth import ProjectCaller
from panope.ports.catalog import Catalog


class _Body(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class OrganizationBody(_Body):
    """Owner of a project."""

    id: str
    name: str


class ProjectBody(_Body):
    """A project as clients see it."""

    id: str
    name: str
    organization: OrganizationBody
    metadata: dict[str, Any] = Field(default_factory=dict)
    retention_days: int | None = None


class ProjectsBody(_Body):
    """The projects that a key pair reaches: always exactly one."""

    data: list[ProjectBody]


def projects_router(catalog: Catalog) -> APIRouter:
    """Make the routes over the catalog."""
    router = APIRouter(prefix="/api/public", tags=["Projects"])

    @router.get("/projects", response_model_exclude_none=True)
    async def list_projects(caller: ProjectCaller) -> ProjectsBody:
        """List the one project that the calling key pair belongs to."""
        return ProjectsBody(data=[await _project_of(catalog, caller)])

    return router


async def _project_of(catalog: Catalog, caller: Principal) -> ProjectBody:
    project = await catalog.projects.get(caller.project_id)
    organization = await catalog.organizations.get(caller.organization_id)
    if project is None or organization is None:
        raise NotFoundError("The project of this key pair does not exist any more: use a key of another project")
    return ProjectBody(
        id=project.id,
        name=project.name,
        organization=OrganizationBody(id=organization.id, name=organization.name),
        retention_days=project.retention_days,
    )
