"""SCIM 2.0: members of an organisation as directories of people keep them up to date."""

from fastapi import APIRouter, Request, Response

from panope.features.administration.members import MemberAdministration
from panope.http.auth import ScimCaller
from panope.http.clients import sdk_header
from panope.http.routes.describing import answers, json_bytes, params_of, query_parameter, takes
from panope.wire.langfuse.administration import scim as wire
from panope.wire.langfuse.administration import scim_schemas

_PATH = "/api/public/scim"
_USERS = _PATH + "/Users"
_USER = _USERS + "/{user_id:path}"
_CREATED = 201
_NO_CONTENT = 204
_PARAMETERS = [
    query_parameter("filter", {"type": "string"}, 'Only one user: `userName eq "address"`'),
    query_parameter("startIndex", {"type": "integer", "default": 1}, "The first one to list, from 1"),
    query_parameter("count", {"type": "integer", "default": wire.DEFAULT_COUNT}, "How many at most"),
]


def scim_router(members: MemberAdministration) -> APIRouter:
    """Make the routes over the use cases."""
    router = APIRouter(tags=["Scim"])
    _add_descriptions(router)
    _add_changes(router, members)
    shown = answers(wire.UserBody)

    @router.get(_USERS, responses=answers(wire.UsersBody), openapi_extra={"parameters": _PARAMETERS})
    async def list_users(request: Request, caller: ScimCaller) -> Response:
        """List members by e-mail address."""
        asked = wire.read_list_request(params_of(request))
        return json_bytes(wire.encode_users(await members.list_members(caller.organization_id), asked))

    @router.post(
        _USERS, status_code=_CREATED, responses=answers(wire.UserBody, _CREATED), openapi_extra=takes(wire.UserRequest)
    )
    async def create_user(request: Request, caller: ScimCaller) -> Response:
        """Make somebody a member, with the first of their roles or none."""
        asked, role = wire.read_user(await request.body())
        name = asked.name.whole() if asked.name else None
        made = await members.enrol(caller.organization_id, asked.user_name, name, role)
        return json_bytes(wire.encode_user(made), _CREATED)

    @router.get(_USER, responses=shown)
    async def get_user(user_id: str, caller: ScimCaller) -> Response:
        """Show a member."""
        return json_bytes(wire.encode_user(await members.get_member(caller.organization_id, user_id)))

    @router.delete(_USER, status_code=_NO_CONTENT)
    async def delete_user(user_id: str, request: Request, caller: ScimCaller) -> Response:
        """Take a member out of the organisation and its projects; the last owner stays.

        Answers SDKs with an empty object, which their generated clients insist on.
        """
        await members.remove_member(caller.organization_id, user_id)
        return json_bytes(b"{}") if sdk_header(request, "name") else Response(status_code=_NO_CONTENT)

    return router


def _add_changes(router: APIRouter, members: MemberAdministration) -> None:
    shown = answers(wire.UserBody)

    @router.put(_USER, responses=shown, openapi_extra=takes(wire.UserReplacement))
    async def replace_user(user_id: str, request: Request, caller: ScimCaller) -> Response:
        """Change the role of a member, take them out, or let them in again."""
        change = wire.read_replacement(await request.body())
        after, is_active = await members.change_member(caller.organization_id, user_id, change)
        return json_bytes(wire.encode_user(after, is_active=is_active))

    @router.patch(_USER, responses=shown, openapi_extra=takes(wire.PatchRequest))
    async def change_user(user_id: str, request: Request, caller: ScimCaller) -> Response:
        """Likewise, by operations."""
        change = wire.read_patch(await request.body())
        after, is_active = await members.change_member(caller.organization_id, user_id, change)
        return json_bytes(wire.encode_user(after, is_active=is_active))


def _add_descriptions(router: APIRouter) -> None:
    @router.get(_PATH + "/ServiceProviderConfig", responses=answers(scim_schemas.ServiceProviderConfig))
    async def show_service_provider_config(_caller: ScimCaller) -> Response:
        """Say which features of SCIM there are."""
        return json_bytes(scim_schemas.SERVICE_PROVIDER_CONFIG)

    @router.get(_PATH + "/ResourceTypes", responses=answers(scim_schemas.ResourceTypes))
    async def list_resource_types(_caller: ScimCaller) -> Response:
        """Say which resources there are: users alone."""
        return json_bytes(scim_schemas.RESOURCE_TYPES)

    @router.get(_PATH + "/Schemas", responses=answers(scim_schemas.Schemas))
    async def list_schemas(_caller: ScimCaller) -> Response:
        """Say what a user looks like."""
        return json_bytes(scim_schemas.SCHEMAS)
