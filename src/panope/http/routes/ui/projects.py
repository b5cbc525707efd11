"""A project's settings and its keys, for people."""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from msgspec import UNSET

from panope.domain.errors import InvalidError, Issue
from panope.features.administration.projects import ProjectAdministration, ProjectDraft
from panope.features.texts.indexing import TextIndexing
from panope.http.members import AdminOf, ViewerOf
from panope.http.routes.describing import answers, json_bytes, takes
from panope.wire.ui import project as wire

_PROJECT = "/api/ui/projects/{project_id}"
_KEYS = _PROJECT + "/api-keys"
_CREATED = 201
_NOTHING = 204


def ui_projects_router(
    projects: ProjectAdministration, texts: TextIndexing, on_switched: Callable[[], None]
) -> APIRouter:
    """Make the routes over the use cases that the keys of organisations have too.

    `on_switched` is told that an index of texts was switched on or off.
    """
    router = APIRouter(tags=["Settings"])

    @router.get(_PROJECT, responses=answers(wire.ProjectBody))
    async def show_project(project_id: str, member: ViewerOf) -> Response:
        """Show a project, and one's own role in it."""
        project = await projects.get_project(member.organization_id, project_id)
        organization = await projects.get_organization(member.organization_id)
        return json_bytes(wire.encode_project(project, organization, member.role, await texts.find(project.id)))

    @router.patch(_PROJECT, responses=answers(wire.ProjectBody), openapi_extra=takes(wire.ProjectChange))
    async def edit_project(project_id: str, request: Request, member: AdminOf) -> Response:
        """Change the name, the metadata or the retention of a project, or whether its texts are indexed."""
        asked = wire.read_project_change(await request.body())
        project = await projects.get_project(member.organization_id, project_id)
        draft = ProjectDraft(
            name=project.name if asked.name is UNSET else asked.name,
            metadata=None if asked.metadata is UNSET else asked.metadata,
            retention_days=None if asked.retention_days is UNSET else asked.retention_days,
            text_index=None if asked.text_index is UNSET else asked.text_index,
        )
        changed = await projects.change_project(member.organization_id, project_id, draft)
        if changed.text_index != project.text_index:
            on_switched()
        organization = await projects.get_organization(member.organization_id)
        return json_bytes(wire.encode_project(changed, organization, member.role, await texts.find(changed.id)))

    @router.delete(_PROJECT, status_code=_NOTHING, openapi_extra=takes(wire.ProjectDeletion))
    async def remove_project(project_id: str, request: Request, member: AdminOf) -> Response:
        """Put a project out of reach for good, by its name; its keys fail at once, what it holds is erased soon."""
        asked = wire.read_project_deletion(await request.body())
        project = await projects.get_project(member.organization_id, project_id)
        if asked.name != project.name:
            text = "The name is not the project's: give it exactly as it is"
            raise InvalidError(text, code="wrong_name", issues=(Issue(("name",), text, "wrong_name"),))
        await projects.delete_project(member.organization_id, project_id)
        return Response(status_code=_NOTHING)

    _add_keys(router, projects)
    return router


def _add_keys(router: APIRouter, projects: ProjectAdministration) -> None:
    @router.get(_KEYS, responses=answers(wire.KeysBody))
    async def show_keys(project_id: str, member: AdminOf) -> Response:
        """List the keys of a project, without their secrets."""
        return json_bytes(wire.encode_keys(await projects.list_keys(member.organization_id, project_id)))

    @router.post(
        _KEYS,
        status_code=_CREATED,
        responses=answers(wire.CreatedKeyBody, _CREATED),
        openapi_extra=takes(wire.KeyRequest),
    )
    async def add_key(project_id: str, request: Request, member: AdminOf) -> Response:
        """Make a key for a project; its secret is in the answer, and nowhere else."""
        asked = wire.read_key(await request.body())
        made = await projects.create_key(member.organization_id, project_id, asked.note, None)
        response = json_bytes(wire.encode_created_key(made.key, made.pair.secret_key), _CREATED)
        response.headers["Cache-Control"] = "no-store"
        return response

    @router.delete(_KEYS + "/{key_id}", responses=answers(wire.DeletedKeyBody))
    async def remove_key(project_id: str, key_id: str, member: AdminOf) -> Response:
        """Revoke a key of a project: its next request fails."""
        return json_bytes(
            wire.encode_deleted_key(await projects.delete_key(member.organization_id, project_id, key_id))
        )
