"""The use case that compares the versions of a prompt by what came of them."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from panope.domain.ids import ProjectId
from panope.domain.prompts.figures import FiguresQuestion, PromptFiguresFound, ScoreFigure, VersionFigures
from panope.domain.prompts.prompt import MAX_VERSION
from panope.features.metrics.service import MetricsReading
from panope.features.prompts.reading import PromptReading
from panope.query.ast import And, Condition, Node, Op
from panope.query.metrics.arrange import MetricsRow
from panope.query.metrics.ast import Aggregation, Metric, MetricsQuery, MetricsView

_COUNT: Final = Metric("count", Aggregation.COUNT)
_MEASURES: Final = {
    "uses": _COUNT,
    "p50_latency_us": Metric("latency", Aggregation.P50),
    "p95_latency_us": Metric("latency", Aggregation.P95),
    "input_tokens": Metric("input_tokens", Aggregation.SUM),
    "output_tokens": Metric("output_tokens", Aggregation.SUM),
    "total_tokens": Metric("total_tokens", Aggregation.SUM),
    "total_cost": Metric("total_cost", Aggregation.SUM),
    "first_us": Metric("start_time", Aggregation.MIN),
    "last_us": Metric("start_time", Aggregation.MAX),
}
"""Fields of `VersionFigures`, and what they are in a question."""
_VERSION: Final = ("prompt_version",)
_SCORED: Final = ("observation_prompt_version", "name", "data_type")


class PromptFigures:
    """Compares versions of one prompt."""

    def __init__(self, prompts: PromptReading, metrics: MetricsReading) -> None:
        self._prompts = prompts
        self._metrics = metrics

    async def compare(
        self, project_id: ProjectId, names: Iterable[str], question: FiguresQuestion
    ) -> PromptFiguresFound:
        """All versions of the first of `names` that exists, those without uses as well.

        Raises `NotFoundError` when none does, and `TooBroadError` when the window holds more than may be looked at.
        """
        versions = await self._prompts.list_versions(project_id, names, limit=MAX_VERSION, before=None)
        name = versions[0].name
        uses, errors, *scores = await asyncio.gather(
            *(self._metrics.run(project_id, query) for query in _questions(name, question))
        )
        used = {row.dimensions[0]: dict(zip(_MEASURES, row.values, strict=True)) for row in uses}
        failed = {row.dimensions[0]: row.values[0] for row in errors}
        scored = _scores_by_version(row for rows in scores for row in rows)
        return PromptFiguresFound(
            name,
            tuple(
                _figures(
                    VersionFigures(version=each.version, labels=each.labels, scores=scored.get(each.version, ())),
                    {**used.get(each.version, {}), "errors": failed.get(each.version, 0)},
                )
                for each in versions
            ),
        )


def _questions(name: str, question: FiguresQuestion) -> list[MetricsQuery]:
    """Uses, errors, scores that are numbers, scores that are categories."""

    def ask(view: MetricsView, metrics: tuple[Metric, ...], by: tuple[str, ...], *where: Node) -> MetricsQuery:
        return MetricsQuery(
            view=view,
            metrics=metrics,
            dimensions=by,
            where=And((*where, *_environments(question))),
            from_us=question.from_us,
            until_us=question.until_us,
        )

    is_of_prompt = Condition("prompt_name", Op.EQ, name)
    is_on_prompt = Condition("observation_prompt_name", Op.EQ, name)
    is_error = Condition("level", Op.EQ, "ERROR")
    numbers = (_COUNT, Metric("value", Aggregation.AVG))
    return [
        ask(MetricsView.OBSERVATIONS, tuple(_MEASURES.values()), _VERSION, is_of_prompt),
        ask(MetricsView.OBSERVATIONS, (_COUNT,), _VERSION, is_of_prompt, is_error),
        ask(MetricsView.SCORES_NUMERIC, numbers, _SCORED, is_on_prompt),
        ask(MetricsView.SCORES_CATEGORICAL, (_COUNT,), _SCORED, is_on_prompt),
    ]


def _environments(question: FiguresQuestion) -> list[Node]:
    return [Condition("environment", Op.ANY_OF, question.environments)] if question.environments else []


def _scores_by_version(rows: Iterable[MetricsRow]) -> Mapping[Any, tuple[ScoreFigure, ...]]:
    found: dict[Any, list[ScoreFigure]] = {}
    for row in rows:
        version, name, data_type = row.dimensions
        count, mean = (*row.values, None)[:2]
        assert isinstance(count, int)
        assert not isinstance(mean, list)
        figure = ScoreFigure(name=str(name or ""), data_type=str(data_type), count=count, mean=mean)
        found.setdefault(version, []).append(figure)
    return {version: tuple(sorted(each, key=lambda one: (one.name, one.data_type))) for version, each in found.items()}


def _figures(figures: VersionFigures, values: Mapping[str, Any]) -> VersionFigures:
    return replace(figures, **values)
