"""Lists of the web app."""

from fastapi import APIRouter, Request, Response

from panope.features.explore.lists import Lists
from panope.http.members import ViewerOf
from panope.http.routes.describing import answers, json_bytes, params_of
from panope.http.routes.ui.parameters import list_parameters
from panope.http.routes.ui.segments import WholeSegments
from panope.query.question import Listing
from panope.wire.ui.groups import SessionsBody, UsersBody, encode_sessions, encode_users
from panope.wire.ui.observations import ObservationsBody, encode_observations
from panope.wire.ui.requests import read_question
from panope.wire.ui.scores import ScoresBody, encode_scores
from panope.wire.ui.traces import TracesBody, encode_traces


def ui_lists_router(lists: Lists) -> APIRouter:
    """Make the routes over the use case."""
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

    @router.get(
        "/sessions", responses=answers(SessionsBody), openapi_extra={"parameters": list_parameters(Listing.SESSIONS)}
    )
    async def list_sessions(request: Request, viewer: ViewerOf) -> Response:
        """List sessions by cursor, newest first, each with what all its traces add up to."""
        page = await lists.list_sessions(viewer.project_id, read_question(Listing.SESSIONS, params_of(request)))
        rows = [(found.row, found.traces, found.scores) for found in page.rows]
        return json_bytes(encode_sessions(rows, page.next, page.as_of_us))

    @router.get("/users", responses=answers(UsersBody), openapi_extra={"parameters": list_parameters(Listing.USERS)})
    async def list_users(request: Request, viewer: ViewerOf) -> Response:
        """List the users of the traces that match, last seen first, each with what these traces add up to."""
        page = await lists.list_users(viewer.project_id, read_question(Listing.USERS, params_of(request)))
        return json_bytes(encode_users(page.rows, page.next, page.as_of_us))

    @router.get("/scores", responses=answers(ScoresBody), openapi_extra={"parameters": list_parameters(Listing.SCORES)})
    async def list_scores(request: Request, viewer: ViewerOf) -> Response:
        """List scores by cursor, newest first, each with what it takes from its trace."""
        page = await lists.list_scores(viewer.project_id, read_question(Listing.SCORES, params_of(request)))
        return json_bytes(encode_scores(page.rows, page.next, page.as_of_us))

    return router
