"""Finding things in the web app: by id, by text in a trace, beside another in a list."""

from collections.abc import AsyncIterator
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from panope.features.explore.neighbours import NeighbourFinding
from panope.features.explore.resolving import Resolving
from panope.features.explore.searching import MAX_HITS, TraceSearch
from panope.features.explore.traces import TraceOpening
from panope.http.members import SignedIn, ViewerOf
from panope.http.routes.describing import answers, json_bytes, params_of, query_parameter, schema_of
from panope.http.routes.ui.parameters import list_parameters
from panope.http.routes.ui.segments import WholeSegments
from panope.http.visitors import TraceReader, for_reader
from panope.ports.telemetry import Traced
from panope.query.question import Listing
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.langfuse.paging import invalid
from panope.wire.ui.finding import EndBody, HitBody, MatchBody, MatchesBody, NeighboursBody, encode_line
from panope.wire.ui.requests import read_question

_PROJECT: Final = "/api/ui/projects/{project_id}"
_LINES: Final = "application/x-ndjson"
_ID: Final = {**query_parameter("id", {"type": "string"}, "Of anything"), "required": True}
_TEXT: Final = {**query_parameter("text", {"type": "string"}, "What to look for, capitals or not"), "required": True}
_HITS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "One hit a line, as found", "content": {_LINES: {"schema": schema_of(HitBody)}}}
}
_MAX_TEXT_CHARS: Final = 1_000
_WITH_NEIGHBOURS: Final = (Listing.TRACES, Listing.OBSERVATIONS, Listing.SESSIONS, Listing.SCORES)


def ui_finding_router(
    resolving: Resolving, opening: TraceOpening, search: TraceSearch, finding: NeighbourFinding
) -> APIRouter:
    """Make the routes over the use cases."""
    router = APIRouter(tags=["Web app"], route_class=WholeSegments)

    @router.get("/api/ui/resolve", responses=answers(MatchesBody), openapi_extra={"parameters": [_ID]})
    async def resolve(request: Request, person: SignedIn) -> Response:
        """Find what an id names, in all projects that the user sees."""
        found = await resolving.resolve(person.user_id, params_of(request).sent("id") or "")
        matches = [
            MatchBody(kind=one.kind, project_id=one.project_id, id=one.id, trace_id=one.trace_id) for one in found
        ]
        return json_bytes(encode(MatchesBody(matches=matches)))

    @router.get(f"{_PROJECT}/traces/{{trace_id}}/search", responses=_HITS, openapi_extra={"parameters": [_TEXT]})
    async def search_trace(request: Request, trace_id: str, reader: TraceReader) -> Response:
        """Look for a text in the inputs and outputs of a trace; a last line says so when there are more hits."""
        text = params_of(request).sent("text") or ""
        if not 1 <= len(text) <= _MAX_TEXT_CHARS:
            raise invalid(("text",), f"must have 1 to {_MAX_TEXT_CHARS} characters")
        traced = await opening.find(reader.project_id, trace_id)
        lines = _lines(search, reader.project_id, traced, text)
        return for_reader(reader, StreamingResponse(lines, media_type=_LINES))

    for listing in _WITH_NEIGHBOURS:
        _add_neighbours(router, listing, finding)
    return router


async def _lines(search: TraceSearch, project_id: Any, traced: Traced, text: str) -> AsyncIterator[bytes]:
    count = 0
    async for hit in search.search(project_id, traced, text):
        if count == MAX_HITS:
            yield encode_line(EndBody())
            return
        count += 1
        yield encode_line(HitBody(observation_id=hit.observation_id, field=hit.side, snippet=hit.snippet))


def _add_neighbours(router: APIRouter, listing: Listing, finding: NeighbourFinding) -> None:
    @router.get(
        f"{_PROJECT}/{listing}/{{row_id}}/neighbours",
        name=f"neighbours_in_{listing}",
        summary=f"Find what stands beside one of the {listing} in the order of the list",
        responses=answers(NeighboursBody),
        openapi_extra={"parameters": list_parameters(listing)},
    )
    async def find_neighbours(request: Request, row_id: str, viewer: ViewerOf) -> Response:
        """Of the rows that match; the one itself need not."""
        found = await finding.find(viewer.project_id, read_question(listing, params_of(request)), row_id)
        return json_bytes(encode(NeighboursBody(previous=found.previous, next=found.next)))
