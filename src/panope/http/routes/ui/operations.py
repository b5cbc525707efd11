"""Work in the background, in the web app."""

from fastapi import APIRouter, Response

from panope.domain.accounts import Role
from panope.domain.operations import OperationKind
from panope.features.replay.service import ReplayService
from panope.http.members import MemberOf, ViewerOf, require_role
from panope.http.routes.describing import answers, json_bytes
from panope.http.routes.ui.segments import WholeSegments
from panope.wire.ui.explorer.deletion import BackgroundBody, BackgroundsBody, encode_background, encode_backgrounds

_LISTED = 20


def ui_operations_router(replays: ReplayService) -> APIRouter:
    """Make the routes over the use case, which keeps operations of any kind."""
    router = APIRouter(prefix="/api/ui/projects/{project_id}/operations", tags=["Web app"], route_class=WholeSegments)

    @router.get("", responses=answers(BackgroundsBody))
    async def list_background_work(viewer: ViewerOf) -> Response:
        """List the newest work in the background, newest first, up to 20."""
        return json_bytes(encode_backgrounds((await replays.list_recent(viewer.project_id))[:_LISTED]))

    @router.delete("/{operation_id}", responses=answers(BackgroundBody))
    async def cancel_background_work(operation_id: str, member: MemberOf) -> Response:
        """End work in the background where it stands; what it has done stays done.

        Members end deletions, admins work of any kind.
        """
        if (await replays.get(member.project_id, operation_id)).order.kind is not OperationKind.DELETE:
            require_role(member.role, Role.ADMIN)
        return json_bytes(encode_background(await replays.cancel(member.project_id, operation_id)))

    return router
