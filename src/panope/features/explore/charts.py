"""Numbers for charts, in steps of time by the clock of whoever looks."""

from msgspec.structs import replace

from panope.domain.ids import ProjectId
from panope.features.explore.clock import chart_width, zoned_grid
from panope.ports.metrics import MetricsReader
from panope.query.metrics.arrange import arrange
from panope.query.metrics.ast import TIME, Order
from panope.query.metrics.chart import Chart, ChartQuestion
from panope.query.metrics.validate import validate_metrics
from panope.query.metrics.windows import following


class Charts:
    """Charts of one engine."""

    def __init__(self, metrics: MetricsReader) -> None:
        self._metrics = metrics

    async def draw(self, project_id: ProjectId, question: ChartQuestion) -> Chart:
        """The numbers of one chart; `InvalidError` for a query that means nothing, `TooBroadError` as for lists."""
        chart = await self._draw(project_id, question)
        if not question.with_previous:
            return chart
        query = question.query
        before = replace(query, from_us=2 * query.from_us - query.until_us, until_us=query.from_us)
        return replace(chart, previous=await self._draw(project_id, replace(question, query=before)))

    async def _draw(self, project_id: ProjectId, question: ChartQuestion) -> Chart:
        query = question.query
        steps: list[int] = []
        if question.is_series:
            width_us = question.width_us or chart_width(query.until_us - query.from_us)
            grid = zoned_grid(question.zone, width_us, query.from_us, query.until_us)
            query = replace(query, granularity=grid, order=query.order or (Order(TIME),))
            validate_metrics(query)
            steps = list(grid.starts(query.from_us, query.until_us))
            steps.append(following(steps[-1], grid))
        validate_metrics(query)
        return Chart(query=query, rows=arrange(query, await self._metrics.run(project_id, query)), steps=steps)
