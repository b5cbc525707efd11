"""Deleting traces and scores in the web app."""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from panope.features.explore.deleting import BulkDeletion, Deleting
from panope.http.members import MemberOf
from panope.http.routes.describing import answers, json_bytes, params_of, takes
from panope.http.routes.ui.parameters import FILTERS
from panope.http.routes.ui.segments import WholeSegments
from panope.query.question import Listing
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.ui.explorer.deletion import (
    BackgroundBody,
    DeletedBody,
    ScoreDeletionRequest,
    TraceDeletionRequest,
    encode_background,
    read_score_deletion,
    read_trace_deletion,
)
from panope.wire.ui.requests import read_filters

_ACCEPTED = 202


def ui_deletion_router(traces: Deleting, scores: Deleting, bulk: BulkDeletion, wake: Callable[[], None]) -> APIRouter:
    """Make the routes over the use cases; `wake` tells whoever carries operations out."""
    router = APIRouter(prefix="/api/ui/projects/{project_id}", tags=["Web app"], route_class=WholeSegments)

    @router.post(
        "/traces/deletions",
        responses=answers(DeletedBody) | answers(BackgroundBody, _ACCEPTED),
        openapi_extra={"parameters": FILTERS, **takes(TraceDeletionRequest)},
    )
    async def delete_traces(request: Request, member: MemberOf) -> Response:
        """Delete traces with all that belongs to them; `count` has to be right.

        Those that are named go at once. Without names all that match go in the background (202), but for those that
        come after the request.
        """
        asked = read_trace_deletion(await request.body())
        question = read_filters(Listing.TRACES, params_of(request))
        if asked.trace_ids is None:
            operation = await bulk.request(member.project_id, question, asked.count)
            wake()
            return json_bytes(encode_background(operation), _ACCEPTED)
        deleted = await traces.delete(member.project_id, Listing.TRACES, asked.trace_ids, asked.count)
        return json_bytes(encode(DeletedBody(deleted=deleted)))

    @router.post(
        "/scores/deletions",
        responses=answers(DeletedBody),
        openapi_extra={"parameters": FILTERS, **takes(ScoreDeletionRequest)},
    )
    async def delete_scores(request: Request, member: MemberOf) -> Response:
        """Delete scores: those named, or all that match; `count` has to be right."""
        asked = read_score_deletion(await request.body())
        question = read_filters(Listing.SCORES, params_of(request))
        if asked.score_ids is None:
            deleted = await scores.delete_matching(member.project_id, question, asked.count)
        else:
            deleted = await scores.delete(member.project_id, Listing.SCORES, asked.score_ids, asked.count)
        return json_bytes(encode(DeletedBody(deleted=deleted)))

    return router
