"""Datasets and items as clients write and read them."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

from msgspec.structs import replace

from panope.domain.datasets.datasets import Dataset, DatasetDraft, check_name
from panope.domain.datasets.items import DatasetItem, Existing, ItemDraft, ItemKey, ItemStatus
from panope.domain.datasets.schemas import check_schema
from panope.domain.datasets.writing import unknown_dataset
from panope.domain.errors import InvalidError, Issue, NotFoundError
from panope.domain.ids import DatasetId, DatasetItemId, ProjectId, is_possible_id
from panope.features.datasets.pages import PageWalker
from panope.kit.clock import Clock
from panope.ports.catalog import Catalog
from panope.ports.datasets import DatasetPage, ItemPage, ItemQuery, ItemsWritten

_STREAM_PAGE: Final = 500
"""Items that a walk over all of them holds at once."""


class DatasetService:
    """Methods that look for a dataset or an item take what its name may stand for, the likeliest first."""

    def __init__(self, catalog: Catalog, clock: Clock, new_id: Callable[[], str]) -> None:
        self._datasets = catalog.datasets
        self._items = catalog.dataset_items
        self._walker = PageWalker(catalog.dataset_items)
        self._clock = clock
        self._new_id = new_id

    async def upsert(self, project_id: ProjectId, draft: DatasetDraft) -> Dataset:
        """Add a dataset or change the one of that name.

        Raises `InvalidError` for a name or a schema that cannot be, and when items that are there break the schema.
        """
        check_name(draft.name)
        for schema, place in (
            (draft.input_schema, "inputSchema"),
            (draft.expected_output_schema, "expectedOutputSchema"),
        ):
            if isinstance(schema, str):
                check_schema(schema, (place,))
        new_id = DatasetId(self._new_id())
        return await self._datasets.upsert(project_id, draft, new_id=new_id, at_us=self._clock())

    async def find(self, project_id: ProjectId, names: Sequence[str]) -> Dataset:
        """One dataset. Raises `NotFoundError`."""
        possible = [name for name in names if is_possible_id(name)]
        found = await self._datasets.find(project_id, possible) if possible else None
        if found is None:
            raise unknown_dataset()
        return found

    async def list(self, project_id: ProjectId, *, offset: int, limit: int) -> DatasetPage:
        """Datasets, newest first."""
        return await self._datasets.list(project_id, offset=offset, limit=limit)

    async def write_item(
        self, project_id: ProjectId, names: Sequence[str], item_id: str | None, draft: ItemDraft
    ) -> DatasetItem:
        """Add an item, or make the next version of the one that has this id.

        Raises `InvalidError` for a new item without input, and for one that breaks the schema.
        """
        dataset = await self.find(project_id, names)
        named = replace(draft, id=self._item_id(item_id))
        try:
            written = await self._items.write(project_id, dataset.id, [named], at_us=self._clock())
        except InvalidError as error:
            raise _without_place(error) from None
        assert written.last is not None
        return written.last

    async def write_items(
        self, project_id: ProjectId, names: Sequence[str], drafts: Sequence[ItemDraft]
    ) -> tuple[ItemsWritten, Sequence[DatasetItemId]]:
        """Add items, or change those that differ, all or none; return their ids too, in order.

        A draft without an id gets one. Raises `InvalidError` with the place of every item that is wrong.
        """
        dataset = await self.find(project_id, names)
        named = [draft if draft.id else replace(draft, id=self._item_id(None)) for draft in drafts]
        existing = Existing.CHANGE_IF_DIFFERENT
        try:
            written = await self._items.write(project_id, dataset.id, named, at_us=self._clock(), existing=existing)
        except InvalidError as error:
            issues = [replace(issue, path=("items", *issue.path)) for issue in error.issues]
            raise InvalidError(error.message, code=error.code, issues=issues) from None
        return written, [draft.id for draft in named]

    async def get_item(self, project_id: ProjectId, item_ids: Sequence[str]) -> DatasetItem:
        """One item, whatever its status. Raises `NotFoundError`."""
        for item_id in item_ids:
            found = await self._items.get(project_id, DatasetItemId(item_id)) if is_possible_id(item_id) else None
            if found is not None:
                return found
        raise NotFoundError("Dataset item not found", code="dataset_item_not_found")

    async def list_items(
        self, project_id: ProjectId, names: Sequence[str] | None, query: ItemQuery
    ) -> tuple[ItemPage, Dataset | None]:
        """One page of items, and the dataset when names were given. Raises `NotFoundError` when none has them."""
        dataset = None if names is None else await self.find(project_id, names)
        asked = replace(query, dataset_id=dataset.id if dataset else None)
        return await self._walker.list(project_id, asked), dataset

    async def delete_item(self, project_id: ProjectId, item_ids: Sequence[str]) -> None:
        """Delete an item. Raises `NotFoundError`."""
        item = await self.get_item(project_id, item_ids)
        if not await self._items.delete(project_id, item.id, at_us=self._clock()):
            raise NotFoundError("Dataset item not found", code="dataset_item_not_found")

    async def walk_items(
        self,
        project_id: ProjectId,
        dataset: Dataset,
        *,
        status: ItemStatus | None = ItemStatus.ACTIVE,
        before_us: int | None = None,
    ) -> AsyncIterator[Sequence[DatasetItem]]:
        """All items as `dataset` has them, or as they were just before a moment; oldest first, not many at a time.

        Whatever is written meanwhile, the walk shows one state of the dataset.
        """
        before_us = dataset.last_write_us + 1 if before_us is None else before_us
        query = ItemQuery(
            dataset_id=dataset.id,
            status=status,
            before_us=before_us,
            oldest_first=True,
            limit=_STREAM_PAGE,
            with_total=False,
        )
        while rows := (await self._items.list(project_id, query)).rows:
            yield rows
            query = replace(query, after=ItemKey(rows[-1].created_us, rows[-1].id))

    def _item_id(self, item_id: str | None) -> DatasetItemId:
        return DatasetItemId(self._new_id() if item_id is None else item_id)


def _without_place(error: InvalidError) -> InvalidError:
    """The same error for somebody who sent one item and counts none."""
    issues = [Issue(issue.path[1:], issue.message, issue.code) for issue in error.issues]
    if not issues:
        return error
    where = ".".join(map(str, issues[0].path))
    text = f"Dataset item validation failed: {where}: {issues[0].message}"
    return InvalidError(text, code=error.code, issues=issues)
