"""Endpoints of observations, in both versions."""

from starlette.requests import Request
from starlette.responses import Response

from panope.domain.accounts import Access
from panope.http.fast.reads.services import ReadServices, params_of, project_of
from panope.http.fast.routing import FastRoute, json_answer, path_ids
from panope.wire.cost_explanation import show_cost_explanation
from panope.wire.langfuse import observations as wire
from panope.wire.langfuse import observations_v2 as wire_v2

PATH = "/api/public/observations"
PATH_V2 = "/api/public/v2/observations"


class ObservationEndpoints:
    """Lists and shows observations."""

    def __init__(self, services: ReadServices) -> None:
        self._tracing = services.tracing
        self._clock = services.clock
        self._explaining = services.explaining

    def routes(self) -> list[FastRoute]:
        """Table of the routes."""
        return [
            FastRoute(PATH, "GET", self.list_observations, Access.PROJECT),
            FastRoute(PATH + "/{observation_id:path}", "GET", self.get_observation, Access.PROJECT),
            FastRoute(PATH_V2, "GET", self.list_observations_v2, Access.PROJECT),
        ]

    async def list_observations(self, request: Request) -> Response:
        """List observations by page, latest start first."""
        asked = wire.read_list_request(params_of(request), self._clock())
        project_id = project_of(request)
        page = await self._tracing.list_observations(project_id, asked.query)
        return json_answer(wire.encode_list(project_id, page, asked))

    async def get_observation(self, request: Request) -> Response:
        """Show an observation, and why it costs what it costs."""
        project_id = project_of(request)
        observed = await self._tracing.get_observation(project_id, path_ids(request, PATH + "/"))
        explanation = await self._explaining.explain(project_id, observed)
        shown = show_cost_explanation(observed, explanation)
        return json_answer(wire.encode_detail(project_id, observed, shown))

    async def list_observations_v2(self, request: Request) -> Response:
        """List observations by cursor, latest start first, with the groups of fields that are asked for."""
        asked = wire_v2.read_list_request(params_of(request), self._clock())
        project_id = project_of(request)
        page = await self._tracing.list_observations(project_id, asked.query)
        return json_answer(wire_v2.encode_list(project_id, page, asked))
