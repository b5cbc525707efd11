"""Lists of the web app, and how much of each matches."""

from fastapi import APIRouter, Request, Response

from panope.features.explore.counts import Counts
from panope.features.explore.lists import Lists
from panope.http.members import ViewerOf
from panope.http.routes.describing import answers, json_bytes, params_of
from panope.http.routes.ui.parameters import FILTERS, list_parameters
from panope.http.routes.ui.segments import WholeSegments
from panope.query.question import Listing
from panope.wire.ui.counts import CountBody, encode_count
from panope.wire.ui.observations import ObservationsBody, encode_observations
from panope.wire.ui.requests import read_question
from panope.wire.ui.traces import TracesBody, encode_traces

COUNTED = (Listing.TRACES, Listing.OBSERVATIONS)


def ui_lists_router(lists: Lists, counts: Counts) -> APIRouter:
    """Make the routes over the use cases."""
    router = APIRouter(prefix="/api/ui/projects/{project_id}", tags=["Web app"], route_class=WholeSegments)

    @router.get("/traces", responses=answers(TracesBody), openapi_extra={"parameters": list_parameters(Listing.TRACES)})
    async def list_traces(request: Request, viewer: ViewerOf) -> Response:
        """List traces by cursor, newest first unless asked otherwise."""
        question = read_question(Listing.TRACES, params_of(request))
        page = await lists.list_traces(viewer.project_id, question)
        return json_bytes(encode_traces([(found.row, found.scores) for found in page.rows], page.next, page.as_of_us))

    @router.get(
        "/observations",
        responses=answers(ObservationsBody),
        openapi_extra={"parameters": list_parameters(Listing.OBSERVATIONS)},
    )
    async def list_observations(request: Request, viewer: ViewerOf) -> Response:
        """List observations by cursor, latest start first unless asked otherwise."""
        question = read_question(Listing.OBSERVATIONS, params_of(request))
        page = await lists.list_observations(viewer.project_id, question)
        rows = [(found.observed, found.scores) for found in page.rows]
        return json_bytes(encode_observations(rows, page.next, page.as_of_us))

    for listing in COUNTED:
        _add_count(router, listing, counts)
    return router


def _add_count(router: APIRouter, listing: Listing, counts: Counts) -> None:
    @router.get(
        f"/{listing}/count",
        name=f"count_{listing}",
        summary=f"Count the {listing} that match",
        responses=answers(CountBody),
        openapi_extra={"parameters": FILTERS},
    )
    async def count_rows(request: Request, viewer: ViewerOf) -> Response:
        """Exactly up to 100,000; beyond, `isExact` may be false."""
        found = await counts.count(viewer.project_id, read_question(listing, params_of(request)))
        return json_bytes(encode_count(found))
