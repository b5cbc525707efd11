"""Pricing history again by the prices of now, for people: in the background, with its progress."""

from collections.abc import Callable
from typing import Final

from fastapi import APIRouter, Request, Response

from panope.domain.operations import OperationKind
from panope.features.replay.service import ReplayService
from panope.http.members import AdminOf, ViewerOf
from panope.http.routes.describing import answers, json_bytes, takes
from panope.wire.ui.settings import repricing as wire

_ACCEPTED: Final = 202


def ui_repricing_router(replays: ReplayService, wake: Callable[[], None]) -> APIRouter:
    """Make the routes over the use case; `wake` tells whoever carries operations out."""
    router = APIRouter(prefix="/api/ui/projects/{project_id}/repricings", tags=["Settings"])

    @router.post(
        "",
        status_code=_ACCEPTED,
        responses=answers(wire.RepricingBody, _ACCEPTED),
        openapi_extra=takes(wire.RepricingRequest),
    )
    async def request_repricing(request: Request, member: AdminOf) -> Response:
        """Price history again in the background; asking again while it runs finds it running."""
        asked = wire.read_repricing(await request.body())
        operation = await replays.request(
            member.project_id,
            OperationKind.REPRICE,
            since_us=asked.since_us,
            model=asked.model,
            is_dry_run=asked.dry_run,
        )
        wake()
        return json_bytes(wire.encode_repricing(operation), _ACCEPTED)

    @router.get("/{operation_id}", responses=answers(wire.RepricingBody))
    async def show_repricing(operation_id: str, viewer: ViewerOf) -> Response:
        """Show how far a repricing is, and what it changes, or would."""
        operation = await replays.get(viewer.project_id, operation_id, OperationKind.REPRICE)
        return json_bytes(wire.encode_repricing(operation))

    @router.delete("/{operation_id}", responses=answers(wire.RepricingBody))
    async def cancel_repricing(operation_id: str, member: AdminOf) -> Response:
        """End a repricing where it stands; what it has changed stays changed."""
        await replays.get(member.project_id, operation_id, OperationKind.REPRICE)
        return json_bytes(wire.encode_repricing(await replays.cancel(member.project_id, operation_id)))

    return router
