"""Operations over the history of the caller's project: asked for here, carried out in the background."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from panope.domain.operations import OperationKind
from panope.features.replay.service import ReplayService
from panope.http.auth import ProjectCaller
from panope.http.errors import json_response
from panope.wire.isotime import parse_time_us
from panope.wire.operations import show_operation, show_summary

_ACCEPTED = 202


def _read_time(told: object) -> int:
    """Microseconds since the epoch. Never of a number: in which unit would it be?"""
    us = parse_time_us(told) if isinstance(told, str) else None
    if us is None:
        raise PydanticCustomError(
            "invalid_time", "Input should be a time such as 2026-11-01T10:00:00Z, with Z or an offset"
        )
    return us


Moment = Annotated[int, PlainValidator(_read_time), WithJsonSchema({"type": "string", "format": "date-time"})]


class OperationRequest(BaseModel):
    """What to do again, over which part of the history."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    kind: Literal["reprice", "remap"] = Field(description="`reprice` or `remap`")
    since: Moment = Field(description="Observations that start at or after this")
    until: Moment | None = Field(default=None, description="and before this; else all that have arrived")
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
            OperationKind(asked.kind),
            since_us=asked.since,
            until_us=asked.until,
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


def _answer(status: int = 200) -> dict[int | str, dict[str, Any]]:
    return {status: {"description": "Success", "content": {"application/json": {"schema": {"type": "object"}}}}}
