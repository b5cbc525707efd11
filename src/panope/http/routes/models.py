"""Price models: what a unit of usage costs, by model name."""

from fastapi import APIRouter, Request, Response

from panope.domain.ids import ModelId
from panope.features.pricing.service import PricingService
from panope.http.auth import ProjectCaller
from panope.http.clients import sdk_of
from panope.http.routes.describing import (
    answers,
    json_bytes,
    page_parameters,
    params_of,
    query_parameter,
    takes,
)
from panope.kit.clock import Clock
from panope.wire.langfuse import models as wire
from panope.wire.langfuse.paging import read_page

_DEFAULT_PERIOD_US = 30 * 24 * 3600 * 1_000_000


_SINCE_PARAMETERS = [
    query_parameter("fromTimestamp", {"type": "string", "format": "date-time"}, "Uses since then; else of 30 days"),
]


def models_router(pricing: PricingService, clock: Clock) -> APIRouter:
    """Make the routes over the use cases."""
    router = APIRouter(prefix="/api/public", tags=["Models"])
    body = takes(wire.ModelRequest)

    @router.get("/models", responses=answers(wire.ModelsBody), openapi_extra={"parameters": page_parameters("Models")})
    async def list_models(request: Request, caller: ProjectCaller) -> Response:
        """List models by page: the project's own, then the managed ones."""
        page = read_page(params_of(request))
        models = await pricing.list_models(caller.project_id)
        return json_bytes(wire.encode_models(models, page, sdk=sdk_of(request)))

    @router.post("/models", responses=answers(wire.ModelBody), openapi_extra=body)
    async def create_model(request: Request, caller: ProjectCaller) -> Response:
        """Define a model of the project's own; its prices hold from the next observation on."""
        draft = wire.read_model(await request.body())
        return json_bytes(wire.encode_model(await pricing.create_model(caller.project_id, draft)))

    @router.get("/models/{model_id:path}", responses=answers(wire.ModelBody))
    async def get_model(model_id: str, request: Request, caller: ProjectCaller) -> Response:
        """Show a model, own or managed."""
        model = await pricing.get_model(caller.project_id, ModelId(model_id))
        return json_bytes(wire.encode_model(model, sdk=sdk_of(request)))

    @router.put("/models/{model_id:path}", responses=answers(wire.ModelBody), openapi_extra=body)
    async def replace_model(model_id: str, request: Request, caller: ProjectCaller) -> Response:
        """Define a model under this id, in place of the one that had it; managed models cannot be changed."""
        draft = wire.read_model(await request.body())
        return json_bytes(wire.encode_model(await pricing.replace_model(caller.project_id, ModelId(model_id), draft)))

    @router.delete("/models/{model_id:path}", responses=answers(None))
    async def delete_model(model_id: str, caller: ProjectCaller) -> Response:
        """Delete a model of the project's own; what was priced by it keeps its cost."""
        await pricing.delete_model(caller.project_id, ModelId(model_id))
        return json_bytes(wire.DELETED)

    @router.get(
        "/unpriced-models", responses=answers(wire.UnpricedModelsBody), openapi_extra={"parameters": _SINCE_PARAMETERS}
    )
    async def list_unpriced_models(request: Request, caller: ProjectCaller) -> Response:
        """List model names that were used and have no price, most used first."""
        since_us = params_of(request).time("fromTimestamp")
        since_us = clock() - _DEFAULT_PERIOD_US if since_us is None else since_us
        return json_bytes(wire.encode_unpriced(await pricing.list_unpriced(caller.project_id, since_us)))

    return router
