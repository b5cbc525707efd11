"""Price models: what a unit of usage costs, for people."""

from typing import Final

from fastapi import APIRouter, Request, Response

from panope.domain.ids import ModelId
from panope.features.pricing.service import PricingService
from panope.features.pricing.uses import PERIOD_US, ModelUses
from panope.http.members import AdminOf, ViewerOf
from panope.http.routes.describing import answers, json_bytes, takes
from panope.http.routes.ui.segments import WholeSegments
from panope.kit.clock import Clock
from panope.wire.langfuse.models import ModelRequest, read_model
from panope.wire.ui.settings import models as wire

_CREATED: Final = 201
_NOTHING: Final = 204


def ui_models_router(pricing: PricingService, uses: ModelUses, clock: Clock) -> APIRouter:
    """Make the routes over the use cases that keys have too."""
    router = APIRouter(prefix="/api/ui/projects/{project_id}", tags=["Settings"], route_class=WholeSegments)
    _add_models(router, pricing, uses)

    @router.get("/unpriced-models", responses=answers(wire.UnpricedNamesBody))
    async def list_unpriced_names(viewer: ViewerOf) -> Response:
        """List model names of the last 30 days that have no price, those used most first."""
        now_us = clock()
        since_us = now_us - PERIOD_US
        names = await pricing.list_unpriced(viewer.project_id, since_us)
        book = await pricing.get_book(viewer.project_id)
        return json_bytes(
            wire.encode_unpriced_names(names, lambda name: book.match(name, now_us) is not None, since_us)
        )

    @router.post("/model-patterns", responses=answers(wire.TestedPatternBody), openapi_extra=takes(wire.PatternRequest))
    async def try_pattern(request: Request, viewer: ViewerOf) -> Response:
        """Try a pattern on the model names of the last 30 days; changes nothing."""
        asked = wire.read_pattern(await request.body())
        return json_bytes(wire.encode_tested(await uses.test_pattern(viewer.project_id, asked.pattern, asked.names)))

    return router


def _add_models(router: APIRouter, pricing: PricingService, uses: ModelUses) -> None:
    one = "/models/{model_id}"

    @router.get("/models", responses=answers(wire.UsedModelsBody))
    async def list_used_models(viewer: ViewerOf) -> Response:
        """List all price models that the project sees, with their uses."""
        models = await pricing.list_models(viewer.project_id)
        return json_bytes(wire.encode_used_models(models, await uses.by_model(viewer.project_id)))

    @router.post(
        "/models",
        status_code=_CREATED,
        responses=answers(wire.UsedModelBody, _CREATED),
        openapi_extra=takes(ModelRequest),
    )
    async def add_model(request: Request, member: AdminOf) -> Response:
        """Define a model of the project's own; its prices hold from the next observation on."""
        model = await pricing.create_model(member.project_id, read_model(await request.body()))
        return json_bytes(wire.encode_used_model(model, None), _CREATED)

    @router.get(one, responses=answers(wire.UsedModelBody))
    async def show_model(model_id: str, viewer: ViewerOf) -> Response:
        """Show a price model with its uses."""
        model = await pricing.get_model(viewer.project_id, ModelId(model_id))
        return json_bytes(wire.encode_used_model(model, (await uses.by_model(viewer.project_id)).get(model.id)))

    @router.put(one, responses=answers(wire.UsedModelBody), openapi_extra=takes(ModelRequest))
    async def edit_model(model_id: str, request: Request, member: AdminOf) -> Response:
        """Define a model of the project's own anew; what was priced by it keeps its cost."""
        await pricing.get_model(member.project_id, ModelId(model_id))
        draft = read_model(await request.body())
        model = await pricing.replace_model(member.project_id, ModelId(model_id), draft)
        return json_bytes(wire.encode_used_model(model, (await uses.by_model(member.project_id)).get(model.id)))

    @router.delete(one, status_code=_NOTHING)
    async def remove_model(model_id: str, member: AdminOf) -> Response:
        """Delete a model of the project's own; what was priced by it keeps its cost."""
        await pricing.delete_model(member.project_id, ModelId(model_id))
        return Response(status_code=_NOTHING)
