"""The project of the calling key pair: what every SDK asks for before it trusts its credentials."""

from fastapi import APIRouter, Response

from panope.domain.errors import NotFoundError
from panope.http.auth import ProjectCaller
from panope.http.routes.describing import answers, json_bytes
from panope.ports.catalog import Catalog
from panope.wire.langfuse.administration.projects import ProjectsBody, encode_own_project


def projects_router(catalog: Catalog) -> APIRouter:
    """Make the routes over the catalog."""
    router = APIRouter(prefix="/api/public", tags=["Projects"])

    @router.get("/projects", responses=answers(ProjectsBody))
    async def list_projects(caller: ProjectCaller) -> Response:
        """List the one project that the calling key pair belongs to."""
        project = await catalog.projects.get(caller.project_id)
        organization = await catalog.organizations.get(caller.organization_id)
        if project is None or organization is None:
            raise NotFoundError("The project of this key pair does not exist any more: use a key of another project")
        return json_bytes(encode_own_project(project, organization))

    return router
