"""What came of runs: sums of each, and runs side by side."""

from collections.abc import Sequence
from typing import Final

from panope.domain.datasets.datasets import Dataset
from panope.domain.errors import InvalidError
from panope.domain.experiments.items import ExperimentItem, ItemSource
from panope.domain.experiments.reading import FoundRun
from panope.domain.experiments.results import (
    Cell,
    ComparedItem,
    Comparison,
    ItemResult,
    SummedRun,
    sum_up,
    sum_up_scores,
    tally,
)
from panope.domain.experiments.runs import DatasetRun
from panope.domain.ids import ProjectId
from panope.domain.previews import preview_output
from panope.domain.scoring.configs import directions_of
from panope.features.experiments.details import ItemDetails, result_of
from panope.features.experiments.gathering import ItemGatherer
from panope.features.experiments.runs import RunService, experiment_of
from panope.ports.catalog import Catalog
from panope.ports.telemetry import TelemetryReader

MAX_COMPARED: Final = 10


class RunResultsService:
    """Sums and comparisons."""

    def __init__(self, catalog: Catalog, reader: TelemetryReader, runs: RunService) -> None:
        self._configs = catalog.score_configs
        self._gatherer = ItemGatherer(catalog, reader)
        self._details = ItemDetails(reader)
        self._runs = runs

    async def sum_runs(self, project_id: ProjectId, runs: Sequence[DatasetRun]) -> list[SummedRun]:
        """What came of each run."""
        gathered = await self._gatherer.gather(project_id, [experiment_of(run) for run in runs])
        scores = await self._details.list_run_scores(project_id, [run.id for run in runs])
        described = await self._runs.describe(project_id, runs)
        return [
            SummedRun(
                run=run,
                sources=_sources(gathered[run.id]),
                results=sum_up(await self._results(project_id, gathered[run.id])),
                run_scores=sum_up_scores(scores.get(run.id, [])),
            )
            for run in described
        ]

    async def compare(
        self, project_id: ProjectId, dataset: Dataset, names: Sequence[Sequence[str]], *, offset: int, limit: int
    ) -> Comparison:
        """Runs side by side, item by item, items in the order of their ids. Raises `NotFoundError` for one of them."""
        if not 2 <= len(names) <= MAX_COMPARED:
            text = f"Name between 2 and {MAX_COMPARED} runs to compare: ?run=…&run=…"
            raise InvalidError(text, code="invalid_comparison")
        runs = [await self._runs.find_run(project_id, dataset, name) for name in names]
        sides = [_by_item(await self._results(project_id, run.items)) for run in runs]
        scores = await self._details.list_run_scores(project_id, [found.run.id for found in runs])
        directions = directions_of(await self._configs.list(project_id))
        item_ids = sorted({item_id for side in sides for item_id in side})
        shown = item_ids[offset : offset + limit]
        previews = [await self._previews(project_id, run, shown) for run in runs]
        return Comparison(
            runs=[
                SummedRun(
                    run=found.run,
                    sources=_sources(found.items),
                    results=sum_up([result for results in side.values() for result in results]),
                    run_scores=sum_up_scores(scores.get(found.run.id, [])),
                )
                for found, side in zip(runs, sides, strict=True)
            ],
            tallies=[tally(sides[0], side, directions) for side in sides[1:]],
            items=[
                ComparedItem(
                    item_id=item_id,
                    cells=[
                        Cell(results=side[item_id], output_preview=texts.get(item_id)) if item_id in side else None
                        for side, texts in zip(sides, previews, strict=True)
                    ],
                )
                for item_id in shown
            ],
            total=len(item_ids),
        )

    async def _results(self, project_id: ProjectId, items: Sequence[ExperimentItem]) -> list[ItemResult]:
        details = await self._details.load(project_id, items, with_scores=True, with_parts=True)
        return [result_of(detail) for detail in details]

    async def _previews(self, project_id: ProjectId, run: FoundRun, item_ids: Sequence[str]) -> dict[str, str | None]:
        """Previews of outputs by item, of the latest trace of each."""
        latest = {item.item_id: item for item in reversed(run.items) if item.item_id in set(item_ids)}
        details = await self._details.load(project_id, list(latest.values()), with_payload=True)
        return {
            detail.item.item_id: preview_output(detail.payload.output)
            or (detail.trace.output_preview if detail.trace is not None else None)
            for detail in details
        }


def _sources(items: Sequence[ExperimentItem]) -> list[ItemSource]:
    return sorted({item.source for item in items})


def _by_item(results: Sequence[ItemResult]) -> dict[str, list[ItemResult]]:
    found: dict[str, list[ItemResult]] = {}
    for result in results:
        found.setdefault(result.item_id, []).append(result)
    return found
