"""Deleting traces in the web app."""

from fastapi import APIRouter, Request, Response

from panope.features.explore.deleting import TraceDeleting
from panope.http.members import MemberOf
from panope.http.routes.describing import answers, json_bytes, params_of, takes
from panope.http.routes.ui.parameters import FILTERS
from panope.http.routes.ui.segments import WholeSegments
from panope.query.question import Listing
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.ui.deletion import DeletedBody, DeletionRequest, read_deletion
from panope.wire.ui.requests import read_question


def ui_deletion_router(deleting: TraceDeleting) -> APIRouter:
    """Make the route over the use case."""
    router = APIRouter(prefix="/api/ui/projects/{project_id}", tags=["Web app"], route_class=WholeSegments)

    @router.post(
        "/traces/deletions",
        responses=answers(DeletedBody),
        openapi_extra={"parameters": FILTERS, **takes(DeletionRequest)},
    )
    async def delete_traces(request: Request, member: MemberOf) -> Response:
        """Delete traces with all that belongs to them: those named, or all that match; `count` has to be right."""
        asked = read_deletion(await request.body())
        question = read_question(Listing.TRACES, params_of(request))
        if asked.trace_ids is None:
            deleted = await deleting.delete_matching(member.project_id, question, asked.count)
        else:
            deleted = await deleting.delete(member.project_id, asked.trace_ids, asked.count)
        return json_bytes(encode(DeletedBody(deleted=deleted)))

    return router
