"""Endpoints that read scores, in all three versions, and the one that deletes them."""

from starlette.requests import Request
from starlette.responses import Response

from panope.domain.accounts import Access
from panope.features.scores.reading import score_not_found
from panope.http.clients import sdk_of
from panope.http.fast.reads.services import ReadServices, params_of, project_of
from panope.http.fast.routing import FastRoute, json_answer, path_ids
from panope.wire.langfuse import scores as wire
from panope.wire.langfuse import scores_v3 as wire_v3

PATH = "/api/public/scores"
PATH_V2 = "/api/public/v2/scores"
PATH_V3 = "/api/public/v3/scores"


class ScoreEndpoints:
    """Lists, shows and deletes scores."""

    def __init__(self, services: ReadServices) -> None:
        self._scores = services.scores
        self._clock = services.clock
        self._deletion = services.score_deletion

    def routes(self) -> list[FastRoute]:
        """Table of the routes."""
        one = "/{score_id:path}"
        return [
            FastRoute(PATH, "GET", self.list_scores, Access.PROJECT),
            FastRoute(PATH + one, "GET", self.get_score, Access.PROJECT),
            FastRoute(PATH + one, "DELETE", self.delete_score, Access.PROJECT),
            FastRoute(PATH_V2, "GET", self.list_scores_v2, Access.PROJECT),
            FastRoute(PATH_V2 + one, "GET", self.get_score_v2, Access.PROJECT),
            FastRoute(PATH_V3, "GET", self.list_scores_v3, Access.PROJECT),
        ]

    async def list_scores(self, request: Request) -> Response:
        """List scores of traces and observations by page, newest first."""
        asked = wire.read_list_request_v1(params_of(request), self._clock())
        project_id = project_of(request)
        page = await self._scores.list_scores(project_id, asked.query)
        return json_answer(wire.encode_list_v1(project_id, page, asked, sdk_of(request)))

    async def get_score(self, request: Request) -> Response:
        """Show a score of a trace or an observation."""
        project_id = project_of(request)
        scored = await self._scores.get_score(project_id, path_ids(request, PATH + "/"))
        if not wire.is_shown_in_v1(scored.row):
            raise score_not_found()
        return json_answer(wire.encode_detail_v1(project_id, scored, sdk_of(request)))

    async def delete_score(self, request: Request) -> Response:
        """Delete a score of any kind."""
        await self._deletion.delete_score(project_of(request), path_ids(request, PATH + "/"))
        return json_answer(wire.DELETED, 202)

    async def list_scores_v2(self, request: Request) -> Response:
        """List scores of every kind by page, newest first."""
        asked = wire.read_list_request_v2(params_of(request), self._clock())
        project_id = project_of(request)
        page = await self._scores.list_scores(project_id, asked.query)
        return json_answer(wire.encode_list_v2(project_id, page, asked))

    async def get_score_v2(self, request: Request) -> Response:
        """Show a score of any kind."""
        project_id = project_of(request)
        scored = await self._scores.get_score(project_id, path_ids(request, PATH_V2 + "/"))
        return json_answer(wire.encode_detail_v2(project_id, scored))

    async def list_scores_v3(self, request: Request) -> Response:
        """List scores of every kind by cursor, newest first, with the groups of fields that are asked for."""
        asked = wire_v3.read_list_request(params_of(request), self._clock())
        project_id = project_of(request)
        page = await self._scores.list_scores(project_id, asked.query)
        return json_answer(wire_v3.encode_list(project_id, page, asked))
