"""Price models: what a unit of usage costs, by model name."""

from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from msgspec import Struct

from panope.domain.ids import ModelId
from panope.features.pricing.service import PricingService
from panope.http.auth import ProjectCaller
from panope.http.clients import sdk_of
from panope.kit.clock import Clock
from panope.wire.langfuse import models as wire
from panope.wire.langfuse.paging import Params, read_page

_DEFAULT_PERIOD_US = 30 * 24 * 3600 * 1_000_000


def models_router(pricing: PricingService, clock: Clock) -> APIRouter:
    """Make the routes over the use cases."""
    router = APIRouter(prefix="/api/public", tags=["Models"])
    body = {"requestBody": {"required": True, "content": {"application/json": {"schema": _schema(wire.ModelRequest)}}}}

    @router.get("/models", responses=_answers(wire.ModelsBody), openapi_extra={"parameters": _PAGE_PARAMETERS})
    async def list_models(request: Request, caller: ProjectCaller) -> Response:
        """List models by page: the project's own, then the managed ones."""
        page = read_page(_params(request))
        models = await pricing.list_models(caller.project_id)
        return _json(wire.encode_models(models, page, sdk=sdk_of(request)))

    @router.post("/models", responses=_answers(wire.ModelBody), openapi_extra=body)
    async def create_model(request: Request, caller: ProjectCaller) -> Response:
        """Define a model of the project's own; its prices hold from the next observation on."""
        draft = wire.read_model(await request.body())
        return _json(wire.encode_model(await pricing.create_model(caller.project_id, draft)))

    @router.get("/models/{model_id:path}", responses=_answers(wire.ModelBody))
    async def get_model(model_id: str, request: Request, caller: ProjectCaller) -> Response:
        """Show a model, own or managed."""
        model = await pricing.get_model(caller.project_id, ModelId(model_id))
        return _json(wire.encode_model(model, sdk=sdk_of(request)))

    @router.put("/models/{model_id:path}", responses=_answers(wire.ModelBody), openapi_extra=body)
    async def replace_model(model_id: str, request: Request, caller: ProjectCaller) -> Response:
        """Define a model under this id, in place of the one that had it; managed models cannot be changed."""
        draft = wire.read_model(await request.body())
        return _json(wire.encode_model(await pricing.replace_model(caller.project_id, ModelId(model_id), draft)))

    @router.delete("/models/{model_id:path}", responses=_answers(None))
    async def delete_model(model_id: str, caller: ProjectCaller) -> Response:
        """Delete a model of the project's own; what was priced by it keeps its cost."""
        await pricing.delete_model(caller.project_id, ModelId(model_id))
        return _json(wire.DELETED)

    @router.get(
        "/unpriced-models", responses=_answers(wire.UnpricedModelsBody), openapi_extra={"parameters": _SINCE_PARAMETERS}
    )
    async def list_unpriced_models(request: Request, caller: ProjectCaller) -> Response:
        """List model names that were used and have no price, most used first."""
        since_us = _params(request).time("fromTimestamp")
        since_us = clock() - _DEFAULT_PERIOD_US if since_us is None else since_us
        return _json(wire.encode_unpriced(await pricing.list_unpriced(caller.project_id, since_us)))

    return router


def _query_parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


_PAGE_PARAMETERS = [
    _query_parameter("page", {"type": "integer", "minimum": 1, "default": 1}, "Which page, from 1"),
    _query_parameter("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}, "Models per page"),
]
_SINCE_PARAMETERS = [
    _query_parameter("fromTimestamp", {"type": "string", "format": "date-time"}, "Uses since then; else of 30 days"),
]


def _params(request: Request) -> Params:
    return Params(request.query_params.multi_items())


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")


def _answers(body: type[Struct] | None) -> dict[int | str, dict[str, Any]]:
    schema = {"type": "object", "properties": {"message": {"type": "string"}}} if body is None else _schema(body)
    return {200: {"description": "Success", "content": {"application/json": {"schema": schema}}}}


def _schema(body: type[Struct]) -> dict[str, Any]:
    """JSON schema of a body, complete in itself."""
    root, components = msgspec.json.schema_components([body], ref_template="{name}")
    inlined = _inline(root[0], components)
    assert isinstance(inlined, dict)
    return inlined


def _inline(node: Any, components: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inline(part, components) for part in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inline(components[node["$ref"]], components)
    if node.get("format") == "decimal":
        return {"type": "number", "minimum": 0}  # prices are read exactly, and yet are numbers on the wire
    return {key: _inline(part, components) for key, part in node.items()}
