"""One trace that is open in the web app: header, skeleton, observations, texts."""

from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from panope.domain.ids import OrganizationId
from panope.domain.scores import ScoreRow
from panope.features.explore.traces import (
    PAGE_STEPS,
    Side,
    StoredText,
    TraceOpening,
    for_visitors,
    observation_for_visitors,
)
from panope.http.fast.routing import encode_many
from panope.http.routes.describing import answers, json_bytes, params_of
from panope.http.routes.ui.parameters import SKELETON, TEXT
from panope.http.routes.ui.segments import WholeSegments
from panope.http.signin.visitors import ObservationReader, TraceReader, for_reader
from panope.ports.people.members import MemberStore
from panope.wire.langfuse.paging import invalid
from panope.wire.ui.observations import ObservationBody, encode_observation
from panope.wire.ui.skeleton import SkeletonBody, encode_skeleton
from panope.wire.ui.texts import cut_text, read_range
from panope.wire.ui.traces import TraceBody, encode_trace

_MAX_PAGE: Final = 1_000_000
_NOT_MODIFIED: Final = 304
_TEXT_ANSWER: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The text, or a stretch of it",
        "content": {"text/plain": {"schema": {"type": "string"}}},
        "headers": {
            "X-Panope-Size": {"description": "Bytes of the whole text", "schema": {"type": "integer"}},
            "X-Panope-Truncated": {"description": "Whether there is more than this", "schema": {"type": "boolean"}},
        },
    },
    304: {"description": "Unchanged since the text of that ETag"},
}


def ui_traces_router(opening: TraceOpening, members: MemberStore) -> APIRouter:
    """Make the routes over the use case."""
    router = APIRouter(prefix="/api/ui/projects/{project_id}", tags=["Web app"], route_class=WholeSegments)

    @router.get("/traces/{trace_id}", responses=answers(TraceBody))
    async def open_trace(trace_id: str, reader: TraceReader) -> Response:
        """Show a trace without its observations and without its texts."""
        found = await opening.open_trace(reader.project_id, trace_id)
        found = for_visitors(found) if reader.is_visitor else found
        body = encode_trace(
            found.row,
            found.payload,
            found.scores,
            has_more_scores=found.has_more_scores,
            unpriced_models=found.unpriced_models,
            score_authors=await _authors_of(members, found.scores, reader.organization_id),
            comment_counts={trace_id: found.comment_count} if found.comment_count else {},
            as_of_us=found.as_of_us,
        )
        return for_reader(reader, json_bytes(body))

    @router.get("/traces/{trace_id}/skeleton", responses=answers(SkeletonBody), openapi_extra={"parameters": SKELETON})
    async def read_skeleton(request: Request, trace_id: str, reader: TraceReader) -> Response:
        """Show all observations of a trace without their texts, in columns, a page of 20,000 at a time."""
        page = params_of(request).integer("page", 0, 0, _MAX_PAGE)
        found = await opening.read_skeleton(reader.project_id, trace_id, page)
        counts = [0] * len(found.comment_counts) if reader.is_visitor else found.comment_counts

        def encode() -> bytes:
            return encode_skeleton(
                found.steps, counts, count=found.count, updated_us=found.updated_us, page=page, page_size=PAGE_STEPS
            )

        return for_reader(reader, json_bytes(await encode_many(len(found.steps.id), encode)))

    @router.get("/traces/{trace_id}/io", responses=_TEXT_ANSWER, openapi_extra={"parameters": TEXT})
    async def read_trace_text(request: Request, trace_id: str, reader: TraceReader) -> Response:
        """Show the input or output of a trace as it is stored, whole or a stretch of it."""
        stored = await opening.read_trace_text(reader.project_id, trace_id, _side(request))
        return for_reader(reader, _answer_text(request, stored))

    @router.get("/observations/{observation_id}", responses=answers(ObservationBody))
    async def open_observation(observation_id: str, reader: ObservationReader) -> Response:
        """Show an observation without its texts, and why it costs what it costs."""
        found = await opening.open_observation(reader.project_id, observation_id)
        found = observation_for_visitors(found) if reader.is_visitor else found
        body = encode_observation(
            found.observed, found.scores, found.explanation, has_more_scores=found.has_more_scores
        )
        return for_reader(reader, json_bytes(body))

    @router.get("/observations/{observation_id}/io", responses=_TEXT_ANSWER, openapi_extra={"parameters": TEXT})
    async def read_observation_text(request: Request, observation_id: str, reader: ObservationReader) -> Response:
        """Show the input or output of an observation as it is stored, whole or a stretch of it."""
        stored = await opening.read_observation_text(reader.project_id, observation_id, _side(request))
        return for_reader(reader, _answer_text(request, stored))

    return router


async def _authors_of(
    members: MemberStore, scores: Sequence[ScoreRow], organization_id: OrganizationId | None
) -> dict[str, str]:
    """Names of the people who gave scores, by their ids; None: for somebody who is no member."""
    ids = {score.author_user_id for score in scores} - {None}
    if organization_id is None or not ids:
        return {}
    listed = await members.list(organization_id)
    return {one.user_id: one.name or one.email for one in listed if one.user_id in ids}


def _side(request: Request) -> Side:
    name = params_of(request).choice("field", Side)
    if name is None:
        raise invalid(("field",), "must be input or output")
    return Side(name)


def _answer_text(request: Request, stored: StoredText) -> Response:
    """The stretch that is asked for, never as something that a browser would run."""
    piece = cut_text(stored.text, read_range(params_of(request)))
    headers = {
        "X-Panope-Size": str(piece.size),
        "X-Panope-Truncated": "true" if piece.is_truncated else "false",
        "ETag": f'W/"{stored.updated_us:x}-{piece.size:x}"',
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(None, _NOT_MODIFIED, headers)
    return Response(piece.body, 200, headers, media_type="text/plain; charset=utf-8")
