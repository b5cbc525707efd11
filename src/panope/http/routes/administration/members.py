"""Memberships of an organisation and of its projects, for the keys of organisations."""

from fastapi import APIRouter, Request, Response

from panope.features.administration.members import MemberAdministration
from panope.http.auth import OrganizationCaller
from panope.http.clients import sdk_header
from panope.http.routes.describing import answers, json_bytes, takes
from panope.wire.langfuse.administration import members as wire

_OF_ORGANIZATION = "/api/public/organizations/memberships"
_OF_PROJECT = "/api/public/projects/{project_id:path}/memberships"


def members_router(members: MemberAdministration) -> APIRouter:
    """Make the routes over the use cases. They come before those of projects, whose paths would hold theirs."""
    router = APIRouter(tags=["Organizations"])
    listed, kept, removed = (
        answers(body) for body in (wire.MembershipsBody, wire.MembershipBody, wire.MembershipDeletionBody)
    )
    puts, removes = takes(wire.MembershipRequest), takes(wire.MembershipDeletionRequest)

    @router.get(_OF_ORGANIZATION, responses=listed)
    async def list_members(request: Request, caller: OrganizationCaller) -> Response:
        """List the members of the organisation by e-mail address; for SDKs without those of the role `NONE`."""
        found = await members.list_members(caller.organization_id)
        return json_bytes(wire.encode_members(found, is_for_sdk=sdk_header(request, "name") is not None))

    @router.put(_OF_ORGANIZATION, responses=kept, openapi_extra=puts)
    async def put_member(request: Request, caller: OrganizationCaller) -> Response:
        """Give a user a role in the organisation, in place of the one they have."""
        asked = wire.read_membership(await request.body())
        return json_bytes(
            wire.encode_member(
                await members.put_member(caller.organization_id, asked.user_id, wire.role_of(asked.role))
            )
        )

    @router.delete(_OF_ORGANIZATION, responses=removed, openapi_extra=removes)
    async def remove_member(request: Request, caller: OrganizationCaller) -> Response:
        """Take a member out of the organisation and its projects; the last owner stays."""
        asked = wire.read_deletion(await request.body())
        await members.remove_member(caller.organization_id, asked.user_id)
        return json_bytes(wire.encode_removed(asked.user_id))

    @router.get(_OF_PROJECT, responses=listed)
    async def list_project_members(project_id: str, request: Request, caller: OrganizationCaller) -> Response:
        """List who has a role of their own in a project, by e-mail address; for SDKs likewise."""
        found = await members.list_project_members(caller.organization_id, project_id)
        return json_bytes(wire.encode_members(found, is_for_sdk=sdk_header(request, "name") is not None))

    @router.put(_OF_PROJECT, responses=kept, openapi_extra=puts)
    async def put_project_member(project_id: str, request: Request, caller: OrganizationCaller) -> Response:
        """Give a member of the organisation a role of their own in a project."""
        asked = wire.read_membership(await request.body())
        kept = await members.put_project_member(
            caller.organization_id, project_id, asked.user_id, wire.role_of(asked.role)
        )
        return json_bytes(wire.encode_member(kept))

    @router.delete(_OF_PROJECT, responses=removed, openapi_extra=removes)
    async def remove_project_member(project_id: str, request: Request, caller: OrganizationCaller) -> Response:
        """Leave a member with their role in the organisation alone."""
        asked = wire.read_deletion(await request.body())
        await members.remove_project_member(caller.organization_id, project_id, asked.user_id)
        return json_bytes(wire.encode_removed(asked.user_id))

    return router
