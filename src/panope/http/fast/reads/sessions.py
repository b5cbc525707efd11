"""Endpoints of sessions."""

from starlette.requests import Request
from starlette.responses import Response

from panope.domain.accounts import Access
from panope.http.fast.reads.services import ReadServices, params_of, project_of
from panope.http.fast.routing import FastRoute, encode_many, json_answer, path_ids
from panope.wire.langfuse import sessions as wire

PATH = "/api/public/sessions"


class SessionEndpoints:
    """Lists and shows sessions."""

    def __init__(self, services: ReadServices) -> None:
        self._tracing = services.tracing
        self._clock = services.clock

    def routes(self) -> list[FastRoute]:
        """Table of the routes."""
        return [
            FastRoute(PATH, "GET", self.list_sessions, Access.PROJECT),
            FastRoute(PATH + "/{session_id:path}", "GET", self.get_session, Access.PROJECT),
        ]

    async def list_sessions(self, request: Request) -> Response:
        """List sessions, newest first."""
        asked = wire.read_list_request(params_of(request), self._clock())
        project_id = project_of(request)
        page = await self._tracing.list_sessions(project_id, asked.query)
        return json_answer(wire.encode_list(project_id, page, asked))

    async def get_session(self, request: Request) -> Response:
        """Show a session with its traces."""
        project_id = project_of(request)
        session, traces = await self._tracing.get_session(project_id, path_ids(request, PATH + "/"))
        body = await encode_many(len(traces), lambda: wire.encode_detail(project_id, session, traces))
        return json_answer(body)
