"""Endpoints that answer in numbers."""

from starlette.requests import Request
from starlette.responses import Response

from panope.domain.accounts import Access
from panope.http.fast.reads.services import ReadServices, params_of, project_of
from panope.http.fast.routing import FastRoute, encode_many, json_answer
from panope.wire.langfuse.metrics import answer, daily, names, request

PATH = "/api/public/metrics"
PATH_V2 = "/api/public/v2/metrics"


class MetricsEndpoints:
    """Counts, sums and spreads."""

    def __init__(self, services: ReadServices) -> None:
        self._metrics = services.metrics

    def routes(self) -> list[FastRoute]:
        """Table of the routes."""
        return [
            FastRoute(PATH, "GET", self.query_metrics, Access.PROJECT),
            FastRoute(f"{PATH}/daily", "GET", self.list_days, Access.PROJECT),
            FastRoute(PATH_V2, "GET", self.query_metrics_v2, Access.PROJECT),
        ]

    async def query_metrics(self, asked: Request) -> Response:
        """Count, sum and spread out traces, observations and scores, by dimension and step of time."""
        return await self._answer(asked, names.V1)

    async def query_metrics_v2(self, asked: Request) -> Response:
        """Count, sum and spread out observations and scores; rows are limited to 100 unless asked otherwise."""
        return await self._answer(asked, names.V2)

    async def list_days(self, asked: Request) -> Response:
        """List days with their traces, usage and cost by model, the latest first."""
        report = daily.read_daily_request(params_of(asked))
        page = await self._metrics.list_days(project_of(asked), report.question)
        return json_answer(daily.encode_days(page, report))

    async def _answer(self, asked: Request, version: names.Version) -> Response:
        query = request.read_query(params_of(asked), version)
        rows = await self._metrics.run(project_of(asked), query)
        return json_answer(await encode_many(len(rows), lambda: answer.encode_answer(query, rows)))
