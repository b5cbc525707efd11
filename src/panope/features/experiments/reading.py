"""Experiments and their items with everything that a list of them shows."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from panope.domain.datasets.items import DatasetItem
from panope.domain.experiments.reading import ExperimentQuery, ItemDetail, ListedExperiment
from panope.domain.ids import DatasetItemId, ProjectId, is_possible_id
from panope.domain.scores import ScoreRow
from panope.features.experiments.details import ItemDetails
from panope.features.experiments.listing import ExperimentLists
from panope.features.experiments.telling import read_descriptions
from panope.ports.catalog import Catalog
from panope.ports.telemetry import TelemetryReader

Described = dict[str, tuple[str | None, str | None]]
"""Description and metadata, JSON text, by experiment."""
_OF_DATASET_ITEM: Final = frozenset({"io", "itemMetadata"})


class FoundExperiments(Struct, frozen=True):
    """A stretch of experiments, one more than was asked for if there are more."""

    listed: Sequence[ListedExperiment]
    described: Described
    scores: dict[str, list[ScoreRow]]
    """Of the experiments as wholes."""


class FoundItems(Struct, frozen=True):
    """A stretch of items, one more than was asked for if there are more."""

    details: Sequence[ItemDetail]
    dataset_items: dict[str, DatasetItem]
    described: Described


class ExperimentReading:
    """Reads over one catalog and one telemetry store."""

    def __init__(self, catalog: Catalog, reader: TelemetryReader) -> None:
        self._items = catalog.dataset_items
        self._runs = catalog.dataset_runs
        self._reader = reader
        self._lists = ExperimentLists(catalog, reader)
        self._details = ItemDetails(reader)

    async def list_experiments(
        self, project_id: ProjectId, query: ExperimentQuery, *, with_scores: bool
    ) -> FoundExperiments:
        """Experiments, those with the latest activity first."""
        listed = await self._lists.list_experiments(project_id, query)
        described = await self._describe(
            project_id,
            {
                found.experiment.id: found.some_observation_id
                for found in listed
                if found.run is None and found.some_observation_id is not None
            },
        )
        described |= {
            found.experiment.id: (found.run.description, found.run.metadata)
            for found in listed
            if found.run is not None
        }
        ids = [found.experiment.id for found in listed]
        scores = await self._details.list_run_scores(project_id, ids) if with_scores else {}
        return FoundExperiments(listed, described, scores)

    async def list_items(self, project_id: ProjectId, query: ExperimentQuery, groups: Iterable[str]) -> FoundItems:
        """Items, latest first; `groups` are those of the fields that are wanted."""
        wanted = set(groups)
        items = await self._lists.list_items(project_id, query)
        details = await self._details.load(
            project_id, items, with_payload=wanted != {"core"}, with_scores="scores" in wanted
        )
        dataset_items: dict[str, DatasetItem] = {}
        if wanted & _OF_DATASET_ITEM:
            dataset_items = await self._load_items(project_id, details)
        described: Described = {}
        if "experimentMetadata" in wanted:
            described = await self._describe_all(project_id, details)
        return FoundItems(details, dataset_items, described)

    async def _load_items(self, project_id: ProjectId, details: Sequence[ItemDetail]) -> dict[str, DatasetItem]:
        """Items of datasets that no span told of."""
        bare = {detail.item.item_id for detail in details if not detail.payload.experiment}
        found = {}
        for item_id in filter(is_possible_id, sorted(bare)):
            item = await self._items.get(project_id, DatasetItemId(item_id))
            if item is not None:
                found[item_id] = item
        return found

    async def _describe_all(self, project_id: ProjectId, details: Sequence[ItemDetail]) -> Described:
        ids = sorted({detail.item.experiment_id for detail in details})
        runs = await self._runs.load(project_id, ids)
        told = {
            detail.item.experiment_id: detail.item.observation_id
            for detail in details
            if detail.item.observation_id is not None and detail.payload.experiment
        }
        described = await self._describe(project_id, told)
        stored: Described = {
            run_id: (run.description, run.metadata) for run_id, run in runs.items() if not run.is_deleted
        }
        return {**described, **stored}

    async def _describe(self, project_id: ProjectId, observation_ids: dict[str, str]) -> Described:
        found = await read_descriptions(self._reader, project_id, observation_ids)
        return {
            experiment_id: (
                told.description,
                None if told.metadata is None else msgspec.json.encode(told.metadata).decode(),
            )
            for experiment_id, told in found.items()
        }
