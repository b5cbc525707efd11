"""Datasets and their items in dictionaries."""

from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from panope.adapters.memory.catalog.tables import CatalogStore, CatalogTables, ItemVersion, require_project
from panope.domain.datasets.datasets import Dataset, DatasetDraft, has_new_schema, upserted
from panope.domain.datasets.items import DatasetItem, Existing, ItemDraft, ItemKey, ItemStatus
from panope.domain.datasets.writing import ItemWrite, refuse_broken, unknown_dataset
from panope.domain.ids import DatasetId, DatasetItemId, ProjectId
from panope.ports.datasets import DatasetPage, ItemPage, ItemQuery, ItemsWritten


class MemoryDatasetStore(CatalogStore):
    """Implements `DatasetStore`. Datasets are frozen and need no copying."""

    async def upsert(self, project_id: ProjectId, draft: DatasetDraft, *, new_id: DatasetId, at_us: int) -> Dataset:
        """See `DatasetStore.upsert`."""
        require_project(self._tables, project_id)
        stored = await self.find(project_id, [draft.name])
        changed = upserted(stored, draft, new_id, at_us)
        if has_new_schema(stored, changed):
            refuse_broken(
                changed,
                (
                    version.item
                    for version in _current(self._tables, project_id)
                    if version.item.dataset_id == changed.id
                ),
            )
        self._tables.datasets[project_id, changed.id] = changed
        return changed

    async def find(self, project_id: ProjectId, names: Sequence[str]) -> Dataset | None:
        """See `DatasetStore.find`."""
        named = {row.name: row for (owner, _), row in self._tables.datasets.items() if owner == project_id}
        return next((named[name] for name in names if name in named), None)

    async def get(self, project_id: ProjectId, dataset_id: DatasetId) -> Dataset | None:
        """See `DatasetStore.get`."""
        return self._tables.datasets.get((project_id, dataset_id))

    async def list(self, project_id: ProjectId, *, offset: int, limit: int) -> DatasetPage:
        """See `DatasetStore.list`."""
        rows = [row for (owner, _), row in self._tables.datasets.items() if owner == project_id]
        rows.sort(key=lambda row: (-row.created_us, row.id))
        return DatasetPage(rows[offset : offset + limit], len(rows))


class MemoryDatasetItemStore(CatalogStore):
    """Implements `DatasetItemStore`."""

    async def write(
        self,
        project_id: ProjectId,
        dataset_id: DatasetId,
        drafts: Iterable[ItemDraft],
        *,
        at_us: int,
        existing: Existing = Existing.CHANGE,
        is_dry_run: bool = False,
        on_written: Callable[[int], None] | None = None,
    ) -> ItemsWritten:
        """See `DatasetItemStore.write`."""
        dataset = self._tables.datasets.get((project_id, dataset_id))
        if dataset is None:
            raise unknown_dataset()
        current = {version.item.id: version for version in _current(self._tables, project_id)}
        write = ItemWrite(dataset, at_us=at_us, existing=existing)
        changed: list[DatasetItem] = []
        for draft in drafts:
            stored = current.get(draft.id)
            item = write.take(draft, None if stored is None else stored.item)
            if item is not None:
                changed.append(item)
        write.finish()
        for item in () if is_dry_run else changed:
            if item.id in current:
                current[item.id].valid_to_us = write.at_us
        versions = self._tables.dataset_items.setdefault(project_id, [])
        if changed and not is_dry_run:
            versions += [ItemVersion(item) for item in changed]
            self._tables.datasets[project_id, dataset_id] = write.dataset_after()
        if on_written is not None:
            on_written(write.taken)
        return ItemsWritten(
            created=write.created,
            updated=write.updated,
            unchanged=write.unchanged,
            written_at_us=write.at_us,
            last=write.last,
        )

    async def get(self, project_id: ProjectId, item_id: DatasetItemId) -> DatasetItem | None:
        """See `DatasetItemStore.get`."""
        found = (version.item for version in _current(self._tables, project_id) if version.item.id == item_id)
        return next(found, None)

    async def list(self, project_id: ProjectId, query: ItemQuery) -> ItemPage:
        """See `DatasetItemStore.list`."""
        found = [
            version.item
            for version in self._tables.dataset_items.get(project_id, [])
            if _is_valid(version, query.before_us) and _fits(version.item, query)
        ]
        found.sort(key=_newest_first, reverse=query.oldest_first)
        total = len(found) if query.with_total else None
        if query.after is not None:
            place = _place(query.after)
            found = [
                item
                for item in found
                if (_newest_first(item) < place if query.oldest_first else _newest_first(item) > place)
            ]
        dataset = self._tables.datasets.get((project_id, query.dataset_id)) if query.dataset_id else None
        return ItemPage(
            found[query.offset : query.offset + query.limit], total, dataset.last_write_us if dataset else 0
        )

    async def delete(self, project_id: ProjectId, item_id: DatasetItemId, *, at_us: int) -> bool:
        """See `DatasetItemStore.delete`."""
        for version in _current(self._tables, project_id):
            if version.item.id == item_id:
                dataset = self._tables.datasets[project_id, version.item.dataset_id]
                version.valid_to_us = max(at_us, dataset.last_write_us + 1)
                self._tables.datasets[project_id, dataset.id] = replace(
                    dataset,
                    last_write_us=version.valid_to_us,
                    item_count=dataset.item_count - (version.item.status is ItemStatus.ACTIVE),
                )
                return True
        return False


def _current(tables: CatalogTables, project_id: ProjectId) -> list[ItemVersion]:
    return [version for version in tables.dataset_items.get(project_id, []) if version.valid_to_us is None]


def _is_valid(version: ItemVersion, before_us: int | None) -> bool:
    if before_us is None:
        return version.valid_to_us is None
    return version.item.valid_from_us < before_us and (version.valid_to_us is None or version.valid_to_us >= before_us)


def _fits(item: DatasetItem, query: ItemQuery) -> bool:
    return (
        query.dataset_id in {None, item.dataset_id}
        and query.source_trace_id in {None, item.source_trace_id}
        and query.source_observation_id in {None, item.source_observation_id}
        and query.status in {None, item.status}
    )


def _newest_first(item: DatasetItem) -> tuple[int, str]:
    return -item.created_us, item.id


def _place(key: ItemKey) -> tuple[int, str]:
    return -key.created_us, key.id
