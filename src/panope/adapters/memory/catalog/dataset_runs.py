"""Runs of datasets and their items in dictionaries."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from panope.adapters.memory.catalog.tables import CatalogStore
from panope.domain.datasets.writing import unknown_dataset
from panope.domain.experiments.runs import (
    DatasetRun,
    Linked,
    RunItem,
    RunItemDraft,
    deleted_run,
    derive_item_id,
    derive_run_id,
    link_item,
)
from panope.domain.ids import DatasetId, DatasetItemId, ProjectId
from panope.ports.dataset_runs import RunItemFilter, RunItemPage, RunSummary


class MemoryDatasetRunStore(CatalogStore):
    """Implements `DatasetRunStore`. Runs and items are frozen and need no copying."""

    async def link(self, project_id: ProjectId, draft: RunItemDraft, *, at_us: int) -> Linked:
        """See `DatasetRunStore.link`."""
        self._require_dataset(project_id, draft.dataset_id)
        run_id = derive_run_id(project_id, draft.dataset_id, draft.run_name)
        item_id = derive_item_id(run_id, draft.item_id, draft.trace_id)
        runs, items = self._tables.dataset_runs, self._tables.dataset_run_items
        old_run, old_item = runs.get((project_id, run_id)), items.get((project_id, item_id))
        linked = link_item(project_id, old_run, old_item, draft, at_us)
        runs[project_id, run_id], items[project_id, item_id] = linked.run, linked.item
        return linked

    async def load(self, project_id: ProjectId, run_ids: Sequence[str]) -> dict[str, DatasetRun]:
        """See `DatasetRunStore.load`."""
        runs = self._tables.dataset_runs
        return {run_id: runs[project_id, run_id] for run_id in run_ids if (project_id, run_id) in runs}

    async def list_runs(self, project_id: ProjectId, dataset_id: DatasetId | None = None) -> list[DatasetRun]:
        """See `DatasetRunStore.list_runs`."""
        runs = [run for (owner, _), run in self._tables.dataset_runs.items() if owner == project_id]
        found = [run for run in runs if dataset_id is None or run.dataset_id == dataset_id]
        return sorted(found, key=lambda run: (-run.created_us, run.id))

    async def list_items(
        self, project_id: ProjectId, where: RunItemFilter, page: RunItemPage | None = None
    ) -> list[RunItem]:
        """See `DatasetRunStore.list_items`."""
        found = sorted(self._live(project_id, where), key=_place, reverse=True)
        if page is None:
            return found
        return [item for item in found if page.after is None or _place(item) < page.after][: page.limit]

    async def list_deleted(self, project_id: ProjectId, run_ids: Sequence[str]) -> list[RunItem]:
        """See `DatasetRunStore.list_deleted`."""
        items = self._items(project_id)
        found = [item for item in items if item.is_deleted and item.run_id in run_ids]
        return sorted(found, key=_place, reverse=True)

    async def summarize(self, project_id: ProjectId, where: RunItemFilter) -> list[RunSummary]:
        """See `DatasetRunStore.summarize`."""
        groups: dict[str, list[int]] = {}
        for item in self._live(project_id, where):
            groups.setdefault(item.run_id, []).append(item.created_us)
        return [
            RunSummary(
                run=self._tables.dataset_runs[project_id, run_id],
                first_us=min(groups[run_id]),
                last_us=max(groups[run_id]),
                items=len(groups[run_id]),
            )
            for run_id in sorted(groups)
        ]

    async def delete(self, project_id: ProjectId, run: DatasetRun, *, at_us: int) -> None:
        """See `DatasetRunStore.delete`."""
        self._require_dataset(project_id, run.dataset_id)
        runs = self._tables.dataset_runs
        runs[project_id, run.id] = deleted_run(runs.get((project_id, run.id), run), at_us)
        for item in self._items(project_id):
            if item.run_id == run.id and not item.is_deleted:
                gone = replace(item, is_deleted=True, updated_us=at_us)
                self._tables.dataset_run_items[project_id, item.id] = gone

    def _require_dataset(self, project_id: ProjectId, dataset_id: DatasetId) -> None:
        if (project_id, dataset_id) not in self._tables.datasets:
            raise unknown_dataset()

    def _items(self, project_id: ProjectId) -> Sequence[RunItem]:
        return [item for (owner, _), item in self._tables.dataset_run_items.items() if owner == project_id]

    def _live(self, project_id: ProjectId, where: RunItemFilter) -> Iterator[RunItem]:
        for item in self._items(project_id):
            run = self._tables.dataset_runs[project_id, item.run_id]
            asked = (
                (where.trace_ids, item.trace_id),
                (where.run_ids, run.id),
                (where.item_ids, item.item_id),
                (where.dataset_ids, run.dataset_id),
                (where.names, run.name),
            )
            is_early = where.from_us is not None and item.created_us < where.from_us
            is_late = where.to_us is not None and item.created_us >= where.to_us
            if item.is_deleted or is_early or is_late:
                continue
            if all(values is None or value in values for values, value in asked):
                yield item


class MemoryDatasetItemIndex(CatalogStore):
    """Implements `DatasetItemIndex`."""

    async def locate(self, project_id: ProjectId, item_ids: Sequence[str]) -> dict[str, DatasetId]:
        """See `DatasetItemIndex.locate`."""
        datasets = self._datasets(project_id)
        return {item_id: datasets[item_id] for item_id in item_ids if item_id in datasets}

    async def list_ids(self, project_id: ProjectId, dataset_id: DatasetId) -> list[DatasetItemId]:
        """See `DatasetItemIndex.list_ids`."""
        datasets = self._datasets(project_id)
        return sorted(DatasetItemId(item_id) for item_id, found in datasets.items() if found == dataset_id)

    def _datasets(self, project_id: ProjectId) -> dict[str, DatasetId]:
        versions = self._tables.dataset_items.get(project_id, [])
        return {found.item.id: found.item.dataset_id for found in versions if found.valid_to_us is None}


def _place(item: RunItem) -> tuple[int, str]:
    return item.created_us, item.id
