"""`/metrics`: what the server counts about itself, for Prometheus."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from panope.kit.metrics import ServerMetrics

_TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8"


def metrics_endpoint(metrics: ServerMetrics) -> Callable[[Request], Awaitable[Response]]:
    """Make the endpoint that shows these metrics."""

    async def show_metrics(_request: Request) -> Response:
        """Metrics of this process in the text format of Prometheus."""
        return Response(metrics.render(), headers={"content-type": _TEXT_FORMAT})

    return show_metrics
