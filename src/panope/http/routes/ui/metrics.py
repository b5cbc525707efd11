"""Numbers for the charts of the web app."""

from fastapi import APIRouter, Request, Response

from panope.features.explore.charts import Charts
from panope.http.members import ViewerOf
from panope.http.routes.describing import answers, json_bytes, takes
from panope.http.routes.ui.segments import WholeSegments
from panope.wire.ui.metrics import MetricsBody, MetricsRequest, encode_metrics, read_metrics


def ui_metrics_router(charts: Charts) -> APIRouter:
    """Make the route over the use case."""
    router = APIRouter(prefix="/api/ui/projects/{project_id}", tags=["Web app"], route_class=WholeSegments)

    @router.post("/metrics", responses=answers(MetricsBody), openapi_extra=takes(MetricsRequest))
    async def query_metrics(request: Request, viewer: ViewerOf) -> Response:
        """Count, sum and spread out traces, observations and scores, by dimension and step of time.

        As the metrics of the public API; besides, `tag` and `metadata.KEY` are dimensions, and `errors` a measure.
        """
        question = read_metrics(await request.body())
        return json_bytes(encode_metrics(await charts.draw(viewer.project_id, question)))

    return router
