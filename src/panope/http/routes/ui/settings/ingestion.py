"""What arrives at a project and what is refused, and a trace to try it with."""

from typing import Final

from fastapi import APIRouter, Request, Response

from panope.features.diagnosis.ingestion import IngestionWatch
from panope.features.ingest.sample import SampleTraces
from panope.http.members import MemberOf, ViewerOf
from panope.http.routes.describing import answers, json_bytes, params_of, query_parameter
from panope.wire.ui.settings import ingestion as wire

MAX_REQUESTS: Final = 200
_CREATED: Final = 201
_LIMIT: Final = query_parameter(
    "limit", {"type": "integer", "minimum": 1, "maximum": MAX_REQUESTS, "default": MAX_REQUESTS}, "Requests at most"
)


def ui_ingestion_router(watch: IngestionWatch, samples: SampleTraces) -> APIRouter:
    """Make the routes over the use cases."""
    router = APIRouter(prefix="/api/ui/projects/{project_id}/ingestion", tags=["Settings"])

    @router.get("/requests", responses=answers(wire.ArrivalsBody), openapi_extra={"parameters": [_LIMIT]})
    async def list_ingestion_requests(request: Request, viewer: ViewerOf) -> Response:
        """List the newest requests that brought telemetry, what became of each, and the keys that were refused."""
        limit = params_of(request).integer("limit", MAX_REQUESTS, 1, MAX_REQUESTS)
        return json_bytes(wire.encode_arrivals(await watch.read_arrivals(viewer, limit)))

    @router.get("/health", responses=answers(wire.HealthBody))
    async def show_ingestion_health(viewer: ViewerOf) -> Response:
        """Say who sent within the last day, what they have to change, and how late their telemetry came."""
        return json_bytes(wire.encode_health(await watch.read_health(viewer.project_id)))

    @router.post("/sample-traces", status_code=_CREATED, responses=answers(wire.SampleTraceBody, _CREATED))
    async def send_sample_trace(member: MemberOf) -> Response:
        """Send a trace that is marked as a test, on the way that those of SDKs go."""
        return json_bytes(wire.encode_sample(await samples.send(member.project_id, member.email)), _CREATED)

    return router
