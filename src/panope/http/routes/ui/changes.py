"""What has changed, told to the web app as it happens."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from panope.domain.ids import ProjectId, is_possible_id
from panope.features.explore.changes import ChangeFeed
from panope.http.members import ViewerOf
from panope.http.routes.describing import json_bytes, params_of, query_parameter, schema_of
from panope.http.routes.ui.segments import WholeSegments
from panope.kit.clock import monotonic_s
from panope.wire.langfuse.paging import invalid
from panope.wire.ui.changes import BEGINNING, HEARTBEAT, ChangeBody, ChangesBody, encode_change, encode_changes

_EVENTS: Final = "text/event-stream"
_HEARTBEAT_S: Final = 20.0
_LONGEST_S: Final = 900.0
"""After so long the caller has to come back, and to be let in again."""
_MAX_WATCHED: Final = 20
_ANSWER: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Where text/event-stream is accepted, events `change`, whose ids serve as Last-Event-ID; else "
        "what has changed up to now",
        "content": {
            "application/json": {"schema": schema_of(ChangesBody)},
            _EVENTS: {"schema": schema_of(ChangeBody)},
        },
    }
}
_AFTER: Final = query_parameter("after", {"type": "string"}, "Where to go on: `place`, or the id of an event")
_WATCHED: Final = query_parameter(
    "traceId", {"type": "array", "items": {"type": "string"}}, "A trace to watch however old it is"
)


def ui_changes_router(feed: ChangeFeed) -> APIRouter:
    """Make the route over the use case."""
    router = APIRouter(prefix="/api/ui/projects/{project_id}", tags=["Web app"], route_class=WholeSegments)

    @router.get("/changes", responses=_ANSWER, openapi_extra={"parameters": [_AFTER, _WATCHED]})
    async def tell_changes(request: Request, viewer: ViewerOf) -> Response:
        """Tell which traces come or change, within a second; recent ones, and those that are watched.

        Who does not accept events is answered at once, and asks again after `place`.
        """
        params = params_of(request)
        watched = [trace_id for trace_id in params.all("traceId") if is_possible_id(trace_id)]
        if len(watched) > _MAX_WATCHED:
            raise invalid(("traceId",), f"must name at most {_MAX_WATCHED} traces")
        after = request.headers.get("last-event-id") or params.text("after")
        if _EVENTS not in request.headers.get("accept", ""):
            return json_bytes(encode_changes(await feed.read(viewer.project_id, watched, after)))
        feed.require_room()
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(_events(feed, viewer.project_id, watched, after), media_type=_EVENTS, headers=headers)

    return router


async def _events(
    feed: ChangeFeed, project_id: ProjectId, watched: Sequence[str], after: str | None
) -> AsyncIterator[bytes]:
    began_s = monotonic_s()
    async with feed.listen(project_id, watched, after) as (listener, first):
        yield BEGINNING + encode_change(first)
        while not listener.is_over and monotonic_s() - began_s < _LONGEST_S:
            changes = await listener.wait(_HEARTBEAT_S)
            yield HEARTBEAT if changes is None else encode_change(changes)
