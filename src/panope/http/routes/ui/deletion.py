"""Deleting traces in the web app."""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from panope.features.explore.deleting import BulkDeletion, TraceDeleting
from panope.http.members import MemberOf
from panope.http.routes.describing import answers, json_bytes, params_of, takes
from panope.http.routes.ui.parameters import FILTERS
from panope.http.routes.ui.segments import WholeSegments
from panope.query.question import Listing
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.ui.explorer.deletion import (
    BackgroundBody,
    DeletedBody,
    DeletionRequest,
    encode_background,
    read_deletion,
)
from panope.wire.ui.requests import read_question

_ACCEPTED = 202


def ui_deletion_router(deleting: TraceDeleting, bulk: BulkDeletion, wake: Callable[[], None]) -> APIRouter:
    """Make the route over the use cases; `wake` tells whoever carries operations out."""
    router = APIRouter(prefix="/api/ui/projects/{project_id}", tags=["Web app"], route_class=WholeSegments)

    @router.post(
        "/traces/deletions",
        responses=answers(DeletedBody) | answers(BackgroundBody, _ACCEPTED),
        openapi_extra={"parameters": FILTERS, **takes(DeletionRequest)},
    )
    async def delete_traces(request: Request, member: MemberOf) -> Response:
        """Delete traces with all that belongs to them; `count` has to be right.

        Those that are named go at once. Without names all that match go in the background (202), but for those that
        come after the request.
        """
        asked = read_deletion(await request.body())
        question = read_question(Listing.TRACES, params_of(request))
        if asked.trace_ids is None:
            operation = await bulk.request(member.project_id, question, asked.count)
            wake()
            return json_bytes(encode_background(operation), _ACCEPTED)
        deleted = await deleting.delete(member.project_id, asked.trace_ids, asked.count)
        return json_bytes(encode(DeletedBody(deleted=deleted)))

    return router
