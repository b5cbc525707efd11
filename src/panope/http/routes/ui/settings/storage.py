"""How much a project keeps."""

from fastapi import APIRouter, Response

from panope.features.diagnosis.sizes import Measuring
from panope.http.members import ViewerOf
from panope.http.routes.describing import answers, json_bytes
from panope.wire.ui.settings.storage import StorageBody, encode_storage


def ui_storage_router(measuring: Measuring) -> APIRouter:
    """Make the route over the use case."""
    router = APIRouter(prefix="/api/ui/projects/{project_id}", tags=["Settings"])

    @router.get("/storage", responses=answers(StorageBody))
    async def show_storage(viewer: ViewerOf) -> Response:
        """Say how much the project keeps, how it grew, and for owners of everything how large each table is."""
        sizes = await measuring.measure(viewer)
        days = ((day.day_us, day.observations) for day in sizes.days)
        return json_bytes(encode_storage(sizes.project, days, sizes.tables))

    return router
