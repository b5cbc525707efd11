"""Saved views of lists."""

from fastapi import APIRouter, Request, Response

from panope.features.explore.views import ViewKeeping
from panope.http.members import ViewerOf
from panope.http.routes.describing import answers, json_bytes, takes
from panope.http.routes.ui.segments import WholeSegments
from panope.query.question import Listing
from panope.wire.ui.explorer import views as wire

_CREATED = 201
_NOTHING = 204


def ui_views_router(keeping: ViewKeeping) -> APIRouter:
    """Make the routes over the use cases. What a viewer may not do among them, the use case says."""
    router = APIRouter(prefix="/api/ui/projects/{project_id}/views", tags=["Web app"], route_class=WholeSegments)

    @router.get("", responses=answers(wire.ViewsBody))
    async def list_views(viewer: ViewerOf) -> Response:
        """List one's own views and the shared ones, of all lists, and what the lists begin with."""
        return json_bytes(wire.encode_views(await keeping.list(viewer), viewer.user_id))

    @router.post(
        "", status_code=_CREATED, responses=answers(wire.ViewBody, _CREATED), openapi_extra=takes(wire.ViewRequest)
    )
    async def save_view(request: Request, viewer: ViewerOf) -> Response:
        """Save a view; one without a name is kept for its id alone. Sharing needs a member."""
        view = await keeping.add(viewer, wire.read_view(await request.body()))
        return json_bytes(wire.encode_view(view, viewer.user_id), _CREATED)

    @router.put("/defaults/{level}", status_code=_NOTHING, openapi_extra=takes(wire.DefaultViewRequest))
    async def set_default_view(level: Listing, request: Request, viewer: ViewerOf) -> Response:
        """Say which view a list begins with, for oneself or, as an admin, for everybody."""
        asked = wire.read_default(await request.body())
        await keeping.set_default(viewer, str(level), asked.view_id, for_all=asked.for_all)
        return Response(status_code=_NOTHING)

    @router.get("/{view_id}", responses=answers(wire.ViewBody))
    async def open_view(view_id: str, viewer: ViewerOf) -> Response:
        """Show a view, whoever made it: its id is all that one needs."""
        return json_bytes(wire.encode_view(await keeping.get(viewer, view_id), viewer.user_id))

    @router.patch("/{view_id}", responses=answers(wire.ViewBody), openapi_extra=takes(wire.ViewChangeRequest))
    async def change_view(view_id: str, request: Request, viewer: ViewerOf) -> Response:
        """Rename, share or update a view of one's own; an admin any shared one."""
        changed = await keeping.change(viewer, view_id, wire.read_view_change(await request.body()))
        return json_bytes(wire.encode_view(changed, viewer.user_id))

    @router.delete("/{view_id}", status_code=_NOTHING)
    async def delete_view(view_id: str, viewer: ViewerOf) -> Response:
        """Delete a view of one's own; an admin any shared one."""
        await keeping.delete(viewer, view_id)
        return Response(status_code=_NOTHING)

    return router
