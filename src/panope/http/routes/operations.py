"""Operations over the history of the caller's project: asked for here, carried out in the background."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from panope.domain.operations import OperationKind
from panope.features.replay.service import ReplayService
from panope.http.auth import ProjectCaller
from panope.http.errors import json_response
from panope.wire.operations import show_operation, show_summary

_ACCEPTED = 202
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class OperationRequest(BaseModel):
    """What to do again, over which part of the history."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    kind: Literal[OperationKind.REPRICE, OperationKind.REMAP] = Field(description="`reprice` or `remap`")
    since: AwareDatetime = Field(description="Observations that start at or after this")
    until: AwareDatetime | None = Field(default=None, description="and before this; else all that have arrived")
    model: str | None = Field(default=None, description="Only observations that sent exactly this model name")
    dry_run: bool = Field(default=False, description="Only say what would change")


def operations_router(replays: ReplayService, wake: Callable[[], None]) -> APIRouter:
    """Make the routes over the use case; `wake` tells whoever carries operations out."""
    router = APIRouter(prefix="/api/panope/v1", tags=["Operations"])

    @router.post("/operations", status_code=_ACCEPTED, responses=_answer(_ACCEPTED))
    async def request_operation(asked: OperationRequest, caller: ProjectCaller) -> Response:
        """Reprice or remap the project's history in the background; asking again while it runs finds it running."""
        operation = await replays.request(
            caller.project_id,
            asked.kind,
            since_us=_us(asked.since),
            until_us=_us(asked.until) if asked.until else None,
            model=asked.model,
            is_dry_run=asked.dry_run,
        )
        wake()
        return json_response(show_operation(operation), _ACCEPTED)

    @router.get("/operations", responses=_answer())
    async def list_operations(caller: ProjectCaller) -> Response:
        """List the newest operations of the project, newest first."""
        return json_response({"data": [show_summary(found) for found in await replays.list_recent(caller.project_id)]})

    @router.get("/operations/{operation_id}", responses=_answer())
    async def get_operation(operation_id: str, caller: ProjectCaller) -> Response:
        """Show an operation: how far it is, and what it changes, or would, by model and day and by field."""
        return json_response(show_operation(await replays.get(caller.project_id, operation_id)))

    @router.delete("/operations/{operation_id}", responses=_answer())
    async def cancel_operation(operation_id: str, caller: ProjectCaller) -> Response:
        """End an operation where it stands; what it has changed stays changed."""
        return json_response(show_operation(await replays.cancel(caller.project_id, operation_id)))

    return router


def _us(moment: datetime) -> int:
    since = moment.astimezone(UTC) - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _answer(status: int = 200) -> dict[int | str, dict[str, Any]]:
    return {status: {"description": "Success", "content": {"application/json": {"schema": {"type": "object"}}}}}
