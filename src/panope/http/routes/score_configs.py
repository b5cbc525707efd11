"""Score configs: what scores of one name have to be like."""

from fastapi import APIRouter, Request, Response

from panope.features.scores.configs import ScoreConfigService
from panope.http.auth import ProjectCaller
from panope.http.clients import sdk_of
from panope.http.routes.describing import answers, json_bytes, page_parameters, params_of, takes
from panope.wire.langfuse.names import possible_names
from panope.wire.langfuse.paging import read_page
from panope.wire.langfuse.score_configs import bodies as wire


def score_configs_router(configs: ScoreConfigService) -> APIRouter:
    """Make the routes over the use cases."""
    router = APIRouter(tags=["Score configs"])
    prefix = "/api/public/score-configs"

    @router.get(
        prefix,
        responses=answers(wire.ScoreConfigsBody),
        openapi_extra={"parameters": page_parameters("Score configs")},
    )
    async def list_score_configs(request: Request, caller: ProjectCaller) -> Response:
        """List score configs by page, newest first, archived ones included."""
        page = read_page(params_of(request))
        found = await configs.list_configs(caller.project_id)
        return json_bytes(wire.encode_configs(caller.project_id, found, page, sdk_of(request)))

    @router.post(prefix, responses=answers(wire.ScoreConfigBody), openapi_extra=takes(wire.ScoreConfigRequest))
    async def create_score_config(request: Request, caller: ProjectCaller) -> Response:
        """Agree on a score config; scores that name its id are judged by it from then on."""
        draft = wire.read_config(await request.body())
        config = await configs.create_config(caller.project_id, draft)
        return json_bytes(wire.encode_config(caller.project_id, config, sdk_of(request)))

    @router.get(prefix + "/{config_id:path}", responses=answers(wire.ScoreConfigBody))
    async def get_score_config(config_id: str, request: Request, caller: ProjectCaller) -> Response:
        """Show a score config."""
        config = await configs.get_config(caller.project_id, possible_names(config_id))
        return json_bytes(wire.encode_config(caller.project_id, config, sdk_of(request)))

    @router.patch(
        prefix + "/{config_id:path}",
        responses=answers(wire.ScoreConfigBody),
        openapi_extra=takes(wire.ScoreConfigPatch),
    )
    async def update_score_config(config_id: str, request: Request, caller: ProjectCaller) -> Response:
        """Change or archive a score config; its dataType stays. Scores that were given stay as they are."""
        changes = wire.read_patch(await request.body())
        config = await configs.update_config(caller.project_id, possible_names(config_id), changes)
        return json_bytes(wire.encode_config(caller.project_id, config, sdk_of(request)))

    @router.post("/api/panope/v1/score-configs/presets", responses=answers(wire.PresetsBody))
    async def create_preset_score_configs(caller: ProjectCaller) -> Response:
        """Make the preset score configs that the project has not; answers those it made."""
        return json_bytes(wire.encode_presets(caller.project_id, await configs.create_presets(caller.project_id)))

    return router
