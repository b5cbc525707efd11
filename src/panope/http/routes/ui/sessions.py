"""One session that is open in the web app: its header, and its traces as turns."""

from typing import Final

from fastapi import APIRouter, Request, Response

from panope.features.explore.sessions import SessionOpening
from panope.http.members import ViewerOf
from panope.http.routes.describing import answers, json_bytes, params_of, query_parameter
from panope.http.routes.ui.segments import WholeSegments
from panope.query.cursor import decode_cursor
from panope.wire.ui.groups import OpenedSessionBody, encode_session, show_session
from panope.wire.ui.pages import encode_page
from panope.wire.ui.requests import DEFAULT_LIMIT, MAX_LIMIT
from panope.wire.ui.traces import TracesBody, show_trace

_PAGING: Final = [
    query_parameter(
        "limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}, "Turns per page"
    ),
    query_parameter("cursor", {"type": "string"}, "Where to go on: `next` of the page before"),
]


def ui_sessions_router(opening: SessionOpening) -> APIRouter:
    """Make the routes over the use case."""
    router = APIRouter(prefix="/api/ui/projects/{project_id}", tags=["Web app"], route_class=WholeSegments)

    @router.get("/sessions/{session_id}", responses=answers(OpenedSessionBody))
    async def open_session(session_id: str, viewer: ViewerOf) -> Response:
        """Show a session without its traces, whatever environment they are of."""
        found = await opening.open_session(viewer.project_id, session_id)
        listed = found.listed
        row = show_session(listed.row, listed.traces, listed.last, listed.scores)
        body = encode_session(
            row,
            listed.scores,
            has_more_scores=found.has_more_scores,
            comment_count=found.comment_count,
            as_of_us=found.as_of_us,
        )
        return json_bytes(body)

    @router.get("/sessions/{session_id}/turns", responses=answers(TracesBody), openapi_extra={"parameters": _PAGING})
    async def list_turns(request: Request, session_id: str, viewer: ViewerOf) -> Response:
        """List the traces of a session by cursor, the first by time first."""
        params = params_of(request)
        cursor = params.text("cursor")
        page = await opening.list_turns(
            viewer.project_id,
            session_id,
            after=decode_cursor(cursor) if cursor else None,
            limit=params.integer("limit", DEFAULT_LIMIT, 1, MAX_LIMIT),
        )
        rows = [show_trace(found.row, found.scores, page.as_of_us) for found in page.rows]
        return json_bytes(encode_page(rows, page.next, page.as_of_us, has_more_scores=page.has_more_scores))

    return router
