"""Datasets and their items, in the catalog plane: `ports.catalog` says what holds for all of it.

Items keep every version they ever had. A write of items moves `Dataset.last_write_us`, which never stands still or
goes back, whatever the clock does; the versions that it makes are valid from then on.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from msgspec import Struct

from panope.domain.datasets.datasets import Dataset, DatasetDraft
from panope.domain.datasets.items import DatasetItem, Existing, ItemDraft, ItemKey, ItemStatus
from panope.domain.ids import DatasetId, DatasetItemId, ProjectId


class DatasetPage(Struct, frozen=True):
    """One page of datasets."""

    rows: Sequence[Dataset]
    total: int
    """All datasets of the project."""


class ItemQuery(Struct, frozen=True, kw_only=True):
    """Which items, in which order. None: whatever it is."""

    dataset_id: DatasetId | None = None
    source_trace_id: str | None = None
    source_observation_id: str | None = None
    status: ItemStatus | None = ItemStatus.ACTIVE
    before_us: int | None = None
    """As everything stood just before this moment; None: as it is now."""
    oldest_first: bool = False
    """The exact reverse of the usual order."""
    after: ItemKey | None = None
    """Only what comes after this place, in the order asked for."""
    offset: int = 0
    limit: int = 50
    with_total: bool = True
    """Also count all items that the query asks for, whatever its place and page."""


class ItemPage(Struct, frozen=True):
    """One page of items."""

    rows: Sequence[DatasetItem]
    total: int | None
    """When the query asked for it."""
    last_write_us: int
    """Of the dataset asked for, in the same moment; 0 when none was."""


class ItemsWritten(Struct, frozen=True, kw_only=True):
    """What a write did."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    """Items that were there and got no new version, as `Existing` said."""
    written_at_us: int = 0
    """From when the new versions are valid."""
    last: DatasetItem | None = None
    """The last item of the write, as it is now."""


class DatasetStore(Protocol):
    """Datasets by name."""

    async def upsert(self, project_id: ProjectId, draft: DatasetDraft, *, new_id: DatasetId, at_us: int) -> Dataset:
        """Add a dataset or change the one of that name; return it as it is now. Concurrent callers make one row.

        Raises `InvalidError`, listing items by id, when current items break a schema that is set, whatever their
        status, and `NotFoundError` when the project does not exist.
        """

    async def find(self, project_id: ProjectId, names: Sequence[str]) -> Dataset | None:
        """The dataset that has one of these names, the first that any has; None when there is none."""

    async def get(self, project_id: ProjectId, dataset_id: DatasetId) -> Dataset | None:
        """One dataset by id, or None."""

    async def list(self, project_id: ProjectId, *, offset: int, limit: int) -> DatasetPage:
        """Datasets by (creation from newest to oldest, id)."""


class DatasetItemStore(Protocol):
    """Items of datasets, with every version."""

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
        """Add or change items by id, all or none: each gets a new version, and those get none that are left.

        `drafts` is consumed in a thread, a bounded number at a time; what it raises, this raises, and nothing is
        written. `on_written` is told how many drafts are dealt with, now and then, from the thread. A dry run raises
        and returns the same, and writes nothing.

        Raises `NotFoundError` for an unknown dataset, `ConflictError` when an id is a current item of another dataset
        of the project, `InvalidError` when an id comes twice, a new item has no input, or items break the schemas: it
        lists their places among the drafts, from 0.
        """

    async def get(self, project_id: ProjectId, item_id: DatasetItemId) -> DatasetItem | None:
        """The current version of an item, whatever its status, or None."""

    async def list(self, project_id: ProjectId, query: ItemQuery) -> ItemPage:
        """Items by (creation from newest to oldest, id).

        The effort of a page that is asked for by `after` and without a total does not grow with the number of items.
        """

    async def delete(self, project_id: ProjectId, item_id: DatasetItemId, *, at_us: int) -> bool:
        """Delete an item; False when there is none. Reads as of before keep finding it; its id is free again."""
