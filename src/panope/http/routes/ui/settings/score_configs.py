"""Score configs, for people: bodies as in the public API."""

from typing import Final

from fastapi import APIRouter, Request, Response

from panope.features.scores.configs import ScoreConfigService
from panope.http.members import MemberOf, ViewerOf
from panope.http.routes.describing import answers, json_bytes, takes
from panope.http.routes.ui.segments import WholeSegments
from panope.wire.langfuse.paging import PageNumber
from panope.wire.langfuse.score_configs import bodies as wire

_MOST: Final = 10_000
_CREATED: Final = 201


def ui_score_configs_router(configs: ScoreConfigService) -> APIRouter:
    """Make the routes over the use cases that keys have too."""
    router = APIRouter(
        prefix="/api/ui/projects/{project_id}/score-configs", tags=["Settings"], route_class=WholeSegments
    )

    @router.get("", responses=answers(wire.ScoreConfigsBody))
    async def list_configs(viewer: ViewerOf) -> Response:
        """List all score configs, newest first, archived ones included."""
        found = await configs.list_configs(viewer.project_id)
        return json_bytes(wire.encode_configs(viewer.project_id, found, PageNumber(1, _MOST)))

    @router.post(
        "",
        status_code=_CREATED,
        responses=answers(wire.ScoreConfigBody, _CREATED),
        openapi_extra=takes(wire.ScoreConfigRequest),
    )
    async def add_config(request: Request, member: MemberOf) -> Response:
        """Agree on a score config."""
        config = await configs.create_config(member.project_id, wire.read_config(await request.body()))
        return json_bytes(wire.encode_config(member.project_id, config), _CREATED)

    @router.patch("/{config_id}", responses=answers(wire.ScoreConfigBody), openapi_extra=takes(wire.ScoreConfigPatch))
    async def edit_config(config_id: str, request: Request, member: MemberOf) -> Response:
        """Change or archive a score config; its dataType stays. Scores that were given stay as they are."""
        changes = wire.read_patch(await request.body())
        config = await configs.update_config(member.project_id, (config_id,), changes)
        return json_bytes(wire.encode_config(member.project_id, config))

    return router
