"""Connections to providers of language models."""

from fastapi import APIRouter, Request, Response

from panope.features.connections.llm import LlmConnectionDraft, LlmConnectionService
from panope.http.auth import ProjectCaller
from panope.http.routes.describing import answers, json_bytes, page_parameters, params_of, takes
from panope.wire.langfuse.connections import llm as wire
from panope.wire.langfuse.paging import read_page

_PATH = "/api/public/llm-connections"
_CREATED = 201


def llm_connections_router(connections: LlmConnectionService) -> APIRouter:
    """Make the routes over the use cases."""
    router = APIRouter(tags=["LLM connections"])
    pages = {"parameters": page_parameters("Connections")}
    written = answers(wire.LlmConnectionBody) | answers(wire.LlmConnectionBody, _CREATED)

    @router.get(_PATH, responses=answers(wire.LlmConnectionsBody), openapi_extra=pages)
    async def list_llm_connections(request: Request, caller: ProjectCaller) -> Response:
        """List connections by page, newest first, without their secrets."""
        page = read_page(params_of(request))
        return json_bytes(wire.encode_connections(await connections.list_connections(caller.project_id), page))

    @router.put(_PATH, responses=written, openapi_extra=takes(wire.LlmConnectionRequest))
    async def put_llm_connection(request: Request, caller: ProjectCaller) -> Response:
        """Keep a connection, in place of the one that the provider has; its secrets are not shown again."""
        asked = wire.read_connection(await request.body())
        draft = LlmConnectionDraft(
            provider=asked.provider,
            adapter=asked.adapter,
            secret=asked.secret_key,
            base_url=asked.base_url,
            custom_models=tuple(asked.custom_models or ()),
            with_default_models=asked.with_default_models is not False,
            headers=asked.extra_headers or {},
            config=asked.config,
        )
        kept, is_new = await connections.put_connection(caller.project_id, draft)
        return json_bytes(wire.encode_connection(kept), _CREATED if is_new else 200)

    @router.delete(_PATH + "/{connection_id:path}", responses=answers(None))
    async def delete_llm_connection(connection_id: str, caller: ProjectCaller) -> Response:
        """Delete a connection with its secrets."""
        await connections.delete_connection(caller.project_id, connection_id)
        return json_bytes(wire.DELETED)

    return router
