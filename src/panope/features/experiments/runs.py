"""Runs of datasets as clients link, list and delete them."""

from collections.abc import Iterable, Sequence

import msgspec
from msgspec.structs import replace

from panope.domain.datasets.datasets import Dataset
from panope.domain.datasets.items import DatasetItem, ItemStatus
from panope.domain.datasets.writing import unknown_dataset
from panope.domain.errors import NotFoundError
from panope.domain.experiments.items import Experiment, ExperimentItem
from panope.domain.experiments.reading import FoundRun
from panope.domain.experiments.runs import DatasetRun, Linked, RunItemDraft, RunRequest, derive_run_id
from panope.domain.ids import DatasetId, DatasetItemId, ProjectId, is_possible_id
from panope.features.experiments.gathering import ItemGatherer, in_parts
from panope.features.experiments.telling import read_descriptions
from panope.kit.clock import Clock
from panope.ports.catalog import Catalog
from panope.ports.experiments import LinkFilter, LinkKind, LinkSummary
from panope.ports.telemetry import TelemetryReader


class RunService:
    """Runs, whichever way they were told. Names are what a name may stand for, the likeliest first."""

    def __init__(self, catalog: Catalog, reader: TelemetryReader, clock: Clock) -> None:
        self._datasets = catalog.datasets
        self._items = catalog.dataset_items
        self._index = catalog.dataset_item_index
        self._runs = catalog.dataset_runs
        self._reader = reader
        self._gatherer = ItemGatherer(catalog, reader)
        self._clock = clock

    async def link(self, project_id: ProjectId, asked: RunRequest) -> Linked:
        """Link an item of a dataset to a trace. Raises `NotFoundError` for an item that is not active."""
        item = await self._get_item(project_id, asked.item_ids)
        if item is None or item.status is not ItemStatus.ACTIVE:
            text = "Dataset item not found, or it is archived: only active items take part in runs"
            raise NotFoundError(text, code="dataset_item_not_found")
        draft = RunItemDraft(
            dataset_id=item.dataset_id,
            run_name=asked.run_name,
            description=asked.description,
            metadata=asked.metadata,
            item_id=item.id,
            trace_id=asked.trace_id or await self._trace_of(project_id, asked.observation_id or ""),
            observation_id=asked.observation_id,
            created_us=asked.created_us,
        )
        return await self._runs.link(project_id, draft, at_us=self._clock())

    async def find_dataset(self, project_id: ProjectId, names: Sequence[str]) -> Dataset:
        """One dataset by name. Raises `NotFoundError`."""
        possible = [name for name in names if is_possible_id(name)]
        found = await self._datasets.find(project_id, possible) if possible else None
        if found is None:
            raise unknown_dataset()
        return found

    async def get_dataset(self, project_id: ProjectId, dataset_id: str) -> Dataset:
        """One dataset by id. Raises `NotFoundError`."""
        is_possible = is_possible_id(dataset_id)
        found = await self._datasets.get(project_id, DatasetId(dataset_id)) if is_possible else None
        if found is None:
            raise unknown_dataset()
        return found

    async def list_runs(self, project_id: ProjectId, dataset: Dataset) -> list[DatasetRun]:
        """Runs of a dataset, newest first."""
        stored = {run.id: run for run in await self._runs.list_runs(project_id, dataset.id)}
        told = await self._told_runs(project_id, dataset)
        doubtful = [
            replace(told[run_id], cut_us=run.cut_us) for run_id, run in stored.items() if _is_doubtful(run, told)
        ]
        alive = await self._gatherer.gather(project_id, [experiment_of(run) for run in doubtful])
        found = {run_id: run for run_id, run in stored.items() if not run.is_deleted}
        found |= {run_id: run for run_id, run in told.items() if run_id not in stored}
        for run in doubtful:
            if items := alive[run.id]:
                found[run.id] = _revived(run, items)
        return sorted(found.values(), key=lambda run: (-run.created_us, run.id))

    async def list_names(self, project_id: ProjectId, dataset: Dataset) -> list[str]:
        """Names of all runs of a dataset, newest first."""
        return [run.name for run in await self.list_runs(project_id, dataset)]

    async def describe(self, project_id: ProjectId, runs: Sequence[DatasetRun]) -> list[DatasetRun]:
        """The runs, with what spans told of those that nobody linked by hand."""
        stored = await self._runs.load(project_id, [run.id for run in runs])
        bare = [run.id for run in runs if run.id not in stored or stored[run.id].is_deleted]
        told = await read_descriptions(self._reader, project_id, await self._some_links(project_id, bare))
        return [
            replace(run, description=told[run.id].description, metadata=_json(told[run.id].metadata))
            if run.id in told
            else run
            for run in runs
        ]

    async def find_run(self, project_id: ProjectId, dataset: Dataset, names: Sequence[str]) -> FoundRun:
        """One run with its items. Raises `NotFoundError`."""
        runs = await self._candidates(project_id, dataset, [name for name in names if is_possible_id(name)])
        items = await self._gatherer.gather(project_id, [experiment_of(run) for run in runs])
        for run in runs:
            found = [item for item in items[run.id] if item.dataset_id == dataset.id]
            if run.is_deleted and found:
                run = _revived(run, found)  # noqa: PLW2901 - it came back
            if not run.is_deleted:
                [described] = await self.describe(project_id, [run])
                return FoundRun(run=described, dataset=dataset, items=found)
        raise NotFoundError("Dataset run not found", code="dataset_run_not_found")

    async def delete(self, project_id: ProjectId, found: FoundRun) -> None:
        """Delete a run with its links; traces and scores stay."""
        await self._runs.delete(project_id, found.run, at_us=self._clock())

    async def _get_item(self, project_id: ProjectId, item_ids: Sequence[str]) -> DatasetItem | None:
        for item_id in filter(is_possible_id, item_ids):
            found = await self._items.get(project_id, DatasetItemId(item_id))
            if found is not None:
                return found
        return None

    async def _trace_of(self, project_id: ProjectId, observation_id: str) -> str:
        found = await self._reader.get_observation(project_id, observation_id)
        if found is None:
            text = "Observation not found: send the traceId too, or link the item once the observation has arrived"
            raise NotFoundError(text, code="observation_not_found")
        return found.row.trace_id

    async def _told_runs(self, project_id: ProjectId, dataset: Dataset) -> dict[str, DatasetRun]:
        """Runs that telemetry knows of, by id."""
        where = LinkFilter(dataset_ids=(dataset.id,))
        told = await self._reader.summarize_links(project_id, LinkKind.OBSERVATION, where)
        for item_ids in in_parts(await self._index.list_ids(project_id, dataset.id)):
            where = LinkFilter(item_ids=item_ids)
            told += await self._reader.summarize_links(project_id, LinkKind.TRACE, where)
        runs: dict[str, DatasetRun] = {}
        for summary in told:
            run = _told_run(project_id, dataset.id, summary)
            known = runs.setdefault(run.id, run)
            runs[run.id] = replace(known, created_us=min(known.created_us, run.created_us))
        return runs

    async def _candidates(self, project_id: ProjectId, dataset: Dataset, names: Sequence[str]) -> list[DatasetRun]:
        """What runs of these names there may be: the one whose id says so, then those that have an id of their own.

        What is not stored counts as deleted until an item of it is found.
        """
        told = await self._reader.summarize_links(
            project_id, LinkKind.OBSERVATION, LinkFilter(dataset_ids=(dataset.id,), names=tuple(names))
        )
        latest_first = sorted(told, key=lambda summary: (-summary.last_us, summary.some_id))
        named = [(derive_run_id(project_id, dataset.id, name), name) for name in names]
        named += [(summary.experiment_id or "", summary.experiment_name) for summary in latest_first]
        stored = await self._runs.load(project_id, [run_id for run_id, _ in named])
        return [
            stored.get(run_id)
            or DatasetRun(id=run_id, dataset_id=dataset.id, name=name, created_us=0, updated_us=0, is_deleted=True)
            for run_id, name in dict(named).items()
        ]

    async def _some_links(self, project_id: ProjectId, run_ids: Iterable[str]) -> dict[str, str]:
        ids = tuple(run_ids)
        if not ids:
            return {}
        where = LinkFilter(experiment_ids=ids)
        told = await self._reader.summarize_links(project_id, LinkKind.OBSERVATION, where)
        return {summary.experiment_id: summary.some_id for summary in told if summary.experiment_id is not None}


def experiment_of(run: DatasetRun) -> Experiment:
    """What finds the items of a run."""
    return Experiment(id=run.id, name=run.name, dataset_id=run.dataset_id, cut_us=run.cut_us)


def _revived(run: DatasetRun, items: Sequence[ExperimentItem]) -> DatasetRun:
    """A run that only its items, latest first, tell of."""
    updated_us = min(item.updated_us for item in items)
    return replace(run, is_deleted=False, created_us=items[-1].start_us, updated_us=updated_us)


def _is_doubtful(run: DatasetRun, told: dict[str, DatasetRun]) -> bool:
    """Whether only a look at its items tells that a deleted run has come back."""
    return run.is_deleted and run.id in told


def _told_run(project_id: ProjectId, dataset_id: DatasetId, summary: LinkSummary) -> DatasetRun:
    run_id = summary.experiment_id or derive_run_id(project_id, dataset_id, summary.experiment_name)
    return DatasetRun(
        id=run_id,
        dataset_id=dataset_id,
        name=summary.experiment_name,
        created_us=summary.first_us,
        updated_us=summary.first_created_us,
    )


def _json(value: object) -> str | None:
    return None if not value else msgspec.json.encode(value).decode()
