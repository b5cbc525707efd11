"""Metrics queries, and the daily report that is made of three of them."""

from collections.abc import Sequence

from panope.domain.ids import ProjectId
from panope.domain.rollups import DAY_US
from panope.ports.metrics import MetricsReader
from panope.query.metrics.arrange import MetricsRow, arrange
from panope.query.metrics.ast import Aggregation, Granularity, Metric, MetricsQuery, MetricsView
from panope.query.metrics.daily import DailyPage, DailyQuestion, DailyUse, Day
from panope.query.metrics.validate import validate_metrics

_COUNT = Metric("count", Aggregation.COUNT)
_USE = (
    _COUNT,
    Metric("input_tokens", Aggregation.SUM),
    Metric("output_tokens", Aggregation.SUM),
    Metric("total_tokens", Aggregation.SUM),
    Metric("total_cost", Aggregation.SUM),
    Metric("trace_id", Aggregation.UNIQ),
)


class MetricsReading:
    """Metrics of one engine."""

    def __init__(self, reader: MetricsReader) -> None:
        self._reader = reader

    async def run(self, project_id: ProjectId, query: MetricsQuery) -> list[MetricsRow]:
        """The rows of the answer, in order and cut. Raises InvalidError for a query that means nothing."""
        validate_metrics(query)
        return arrange(query, await self._reader.run(project_id, query))

    async def list_days(self, project_id: ProjectId, question: DailyQuestion) -> DailyPage:
        """One page of days with anything in them, the latest first, each with its use by model."""
        traces = await self._by_day(project_id, question, MetricsView.TRACES)
        observations = await self._by_day(project_id, question, MetricsView.OBSERVATIONS)
        days = sorted({*traces, *observations}, reverse=True)
        page = days[question.offset : question.offset + question.limit]
        uses = await self._use(project_id, question, page)
        found = [Day(day_us=day, count_traces=traces.get(day, 0), uses=uses.get(day, [])) for day in page]
        return DailyPage(days=found, total=len(days))

    async def _by_day(self, project_id: ProjectId, question: DailyQuestion, view: MetricsView) -> dict[int, int]:
        query = MetricsQuery(
            view=view,
            metrics=(_COUNT,),
            where=question.traces if view is MetricsView.TRACES else question.observations,
            from_us=question.from_us,
            until_us=question.until_us,
            granularity=Granularity.DAY,
        )
        rows = await self._reader.run(project_id, query)
        return {
            row.time_us: row.values[0] for row in rows if row.time_us is not None and isinstance(row.values[0], int)
        }

    async def _use(
        self, project_id: ProjectId, question: DailyQuestion, page: Sequence[int]
    ) -> dict[int, list[DailyUse]]:
        if not page:
            return {}
        query = MetricsQuery(
            view=MetricsView.OBSERVATIONS,
            dimensions=("provided_model_name",),
            metrics=_USE,
            where=question.observations,
            from_us=max(question.from_us, page[-1]),
            until_us=min(question.until_us, page[0] + DAY_US),
            granularity=Granularity.DAY,
        )
        uses: dict[int, list[DailyUse]] = {}
        for row in arrange(query, await self._reader.run(project_id, query)):
            if row.time_us is not None and row.values[0]:
                uses.setdefault(row.time_us, []).append(DailyUse(row.dimensions[0], *row.values))
        return uses
