"""Endpoints of traces."""

from starlette.requests import Request
from starlette.responses import Response

from panope.domain.accounts import Access
from panope.http.clients import sdk_of
from panope.http.fast.reads.services import ReadServices, params_of, project_of
from panope.http.fast.routing import FastRoute, encode_many, json_answer, path_ids, read_small_body
from panope.wire.langfuse import traces as wire

PATH = "/api/public/traces"
_MAX_BODY_BYTES = 8 * 1024 * 1024
"""A thousand ids of 800 bytes, however they are escaped."""


class TraceEndpoints:
    """Lists, shows and deletes traces."""

    def __init__(self, services: ReadServices) -> None:
        self._tracing = services.tracing
        self._clock = services.clock
        self._deletion = services.trace_deletion

    def routes(self) -> list[FastRoute]:
        """Table of the routes."""
        one = PATH + "/{trace_id:path}"
        return [
            FastRoute(PATH, "GET", self.list_traces, Access.PROJECT),
            FastRoute(PATH, "DELETE", self.delete_traces, Access.PROJECT),
            FastRoute(one, "GET", self.get_trace, Access.PROJECT),
            FastRoute(one, "DELETE", self.delete_trace, Access.PROJECT),
        ]

    async def list_traces(self, request: Request) -> Response:
        """List traces, newest first unless asked otherwise."""
        asked = wire.read_list_request(params_of(request), self._clock())
        project_id = project_of(request)
        page = await self._tracing.list_traces(project_id, asked.query)
        return json_answer(wire.encode_list(project_id, page, asked))

    async def get_trace(self, request: Request) -> Response:
        """Show a trace with its observations and scores."""
        groups = wire.read_groups(params_of(request))
        project_id = project_of(request)
        detail = await self._tracing.get_trace(project_id, path_ids(request, PATH + "/"))
        sdk = sdk_of(request)
        rows = len(detail.observations)
        return json_answer(await encode_many(rows, lambda: wire.encode_detail(project_id, detail, groups, sdk)))

    async def delete_trace(self, request: Request) -> Response:
        """Delete a trace with its observations and scores."""
        await self._deletion.delete_trace(project_of(request), path_ids(request, PATH + "/"))
        return json_answer(wire.DELETED_ONE)

    async def delete_traces(self, request: Request) -> Response:
        """Delete up to 1,000 traces with their observations and scores."""
        ids = wire.read_deletion(await read_small_body(request, _MAX_BODY_BYTES, "delete fewer traces at once"))
        await self._deletion.delete_traces(project_of(request), ids)
        return json_answer(wire.DELETED_MANY)
