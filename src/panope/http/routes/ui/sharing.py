"""Traces that are public: making them so, and finding them."""

from typing import Final

from fastapi import APIRouter, Request, Response

from panope.features.tracing.sharing import TraceSharing
from panope.http.members import MemberOf
from panope.http.routes.describing import answers, json_bytes, params_of, query_parameter, takes
from panope.http.routes.ui.segments import WholeSegments
from panope.http.visitors import PublicTraces, for_reader
from panope.wire.ui.traces import PublicTracesBody, SharingChange, encode_public, read_sharing

_ID: Final = {**query_parameter("id", {"type": "string"}, "Of a trace"), "required": True}
_SHARING: Final = "/api/ui/projects/{project_id}/traces/{trace_id}/sharing"
_NOTHING: Final = 204


def ui_sharing_router(sharing: TraceSharing) -> APIRouter:
    """Make the routes over the use case."""
    router = APIRouter(tags=["Web app"], route_class=WholeSegments)

    @router.put(_SHARING, status_code=_NOTHING, openapi_extra=takes(SharingChange))
    async def share_trace(request: Request, trace_id: str, member: MemberOf) -> Response:
        """Make a trace public, or private again: it is when this answers."""
        await sharing.share(member.project_id, trace_id, is_public=read_sharing(await request.body()))
        return Response(status_code=_NOTHING)

    @router.get("/api/ui/public-traces", responses=answers(PublicTracesBody), openapi_extra={"parameters": [_ID]})
    async def find_public_traces(request: Request, public: PublicTraces) -> Response:
        """Find the projects whose trace of this id is public. Nobody is asked who they are."""
        found = await public.find_public(params_of(request).sent("id") or "")
        return for_reader(None, json_bytes(encode_public(found)))

    return router
