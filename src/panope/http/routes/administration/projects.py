"""Projects of an organisation, and the keys of both, for the keys of organisations."""

from fastapi import APIRouter, Request, Response

from panope.features.accounts.secrets import KeyPair
from panope.features.administration.projects import ProjectAdministration, ProjectDraft
from panope.http.auth import OrganizationCaller
from panope.http.routes.describing import answers, json_bytes, takes
from panope.wire.langfuse.administration import projects as wire

_PROJECTS = "/api/public/projects"
_PROJECT = _PROJECTS + "/{project_id:path}"
_KEYS = _PROJECT + "/apiKeys"
_ORGANIZATION = "/api/public/organizations"
_CREATED = 201
_ACCEPTED = 202


def project_keys_router(projects: ProjectAdministration) -> APIRouter:
    """Make the routes of keys over the use cases. They come before those of projects, whose paths would hold theirs."""
    router = APIRouter(tags=["Projects"])

    @router.get(_KEYS, responses=answers(wire.KeysBody))
    async def list_project_keys(project_id: str, caller: OrganizationCaller) -> Response:
        """List the keys of a project, without their secrets."""
        return json_bytes(wire.encode_keys(await projects.list_keys(caller.organization_id, project_id)))

    @router.post(
        _KEYS,
        status_code=_CREATED,
        responses=answers(wire.CreatedKeyBody, _CREATED),
        openapi_extra=takes(wire.KeyRequest),
    )
    async def create_project_key(project_id: str, request: Request, caller: OrganizationCaller) -> Response:
        """Make a key for a project; its secret is in the answer, and nowhere else."""
        asked = wire.read_key(await request.body())
        given = None
        if asked.public_key is not None and asked.secret_key is not None:
            given = KeyPair(asked.public_key, asked.secret_key)
        made = await projects.create_key(caller.organization_id, project_id, asked.note, given)
        return json_bytes(wire.encode_created_key(made.key, made.pair.secret_key), _CREATED)

    @router.delete(_KEYS + "/{key_id:path}", responses=answers(wire.KeyDeletionBody))
    async def delete_project_key(project_id: str, key_id: str, caller: OrganizationCaller) -> Response:
        """Revoke a key of a project: its next request fails."""
        await projects.delete_key(caller.organization_id, project_id, key_id)
        return json_bytes(wire.KEY_DELETED)

    return router


def organization_projects_router(projects: ProjectAdministration) -> APIRouter:
    """Make the routes of projects over the use cases."""
    router = APIRouter(tags=["Projects"])

    @router.get(_ORGANIZATION + "/projects", responses=answers(wire.OrganizationProjectsBody))
    async def list_organization_projects(caller: OrganizationCaller) -> Response:
        """List the projects of the organisation."""
        return json_bytes(wire.encode_projects(await projects.list_projects(caller.organization_id)))

    @router.get(_ORGANIZATION + "/apiKeys", responses=answers(wire.KeysBody))
    async def list_organization_keys(caller: OrganizationCaller) -> Response:
        """List the keys of the organisation itself, without their secrets."""
        return json_bytes(wire.encode_keys(await projects.list_organization_keys(caller.organization_id)))

    @router.post(
        _PROJECTS,
        status_code=_CREATED,
        responses=answers(wire.ProjectBody, _CREATED),
        openapi_extra=takes(wire.ProjectRequest),
    )
    async def create_project(request: Request, caller: OrganizationCaller) -> Response:
        """Make a project in the organisation."""
        asked = wire.read_project(await request.body())
        draft = ProjectDraft(name=asked.name, metadata=asked.metadata, retention_days=asked.retention)
        organization = await projects.get_organization(caller.organization_id)
        made = await projects.create_project(caller.organization_id, draft)
        return json_bytes(wire.encode_project(made, organization), _CREATED)

    @router.put(_PROJECT, responses=answers(wire.ProjectBody), openapi_extra=takes(wire.ProjectChangeRequest))
    async def change_project(project_id: str, request: Request, caller: OrganizationCaller) -> Response:
        """Change the name, the metadata or the retention of a project."""
        asked = wire.read_change(await request.body())
        draft = ProjectDraft(name=asked.name, metadata=asked.metadata, retention_days=asked.retention)
        organization = await projects.get_organization(caller.organization_id)
        changed = await projects.change_project(caller.organization_id, project_id, draft)
        return json_bytes(wire.encode_project(changed, organization))

    @router.delete(_PROJECT, status_code=_ACCEPTED, responses=answers(wire.DeletionBody, _ACCEPTED))
    async def delete_project(project_id: str, caller: OrganizationCaller) -> Response:
        """Delete a project: its keys fail at once, and what it holds is erased soon after."""
        await projects.delete_project(caller.organization_id, project_id)
        return json_bytes(wire.PROJECT_DELETED, _ACCEPTED)

    return router
