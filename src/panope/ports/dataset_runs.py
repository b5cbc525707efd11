"""Runs of datasets as clients linked them by hand, in the catalog plane: `ports.catalog` says what holds for all of it.

A run that is only known from telemetry has a row here once it is deleted.
"""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from panope.domain.experiments.runs import DatasetRun, Linked, RunItem, RunItemDraft
from panope.domain.ids import DatasetId, DatasetItemId, ProjectId


class RunItemFilter(Struct, frozen=True, kw_only=True):
    """Which items of runs; None asks for all, an empty tuple for none. Times are those of `created_us`."""

    trace_ids: tuple[str, ...] | None = None
    run_ids: tuple[str, ...] | None = None
    dataset_ids: tuple[str, ...] | None = None
    names: tuple[str, ...] | None = None
    """Of runs."""
    item_ids: tuple[str, ...] | None = None
    from_us: int | None = None
    """Inclusive."""
    to_us: int | None = None
    """Exclusive."""


class RunItemPage(Struct, frozen=True):
    """So many items, strictly after a place in their order."""

    limit: int
    after: tuple[int, str] | None = None
    """`created_us` and id of the last one before."""


class RunSummary(Struct, frozen=True, kw_only=True):
    """A run and what its items come to, those that were deleted left out."""

    run: DatasetRun
    first_us: int
    """Earliest `created_us`."""
    last_us: int
    items: int


class DatasetRunStore(Protocol):
    """Runs and their items."""

    async def link(self, project_id: ProjectId, draft: RunItemDraft, *, at_us: int) -> Linked:
        """Do what `domain.experiments.runs.link_item` says, idempotent by (run, item, trace).

        Concurrent callers make one run and one item. Raises `NotFoundError` when the dataset does not exist.
        """

    async def load(self, project_id: ProjectId, run_ids: Sequence[str]) -> dict[str, DatasetRun]:
        """Runs by id, deleted ones too; ids that name nothing are absent."""

    async def list_runs(self, project_id: ProjectId, dataset_id: DatasetId | None = None) -> list[DatasetRun]:
        """Runs of a dataset, or all, by (creation from newest to oldest, id), deleted ones too."""

    async def list_items(
        self, project_id: ProjectId, where: RunItemFilter, page: RunItemPage | None = None
    ) -> list[RunItem]:
        """Items by (creation, id) from newest to oldest, all or one page; deleted ones are left out."""

    async def list_deleted(self, project_id: ProjectId, run_ids: Sequence[str]) -> list[RunItem]:
        """Items that went with their runs, by (creation, id) from newest to oldest."""

    async def summarize(self, project_id: ProjectId, where: RunItemFilter) -> list[RunSummary]:
        """Runs that have such items, and what those come to, by run id."""

    async def delete(self, project_id: ProjectId, run: DatasetRun, *, at_us: int) -> None:
        """Delete a run, stored or not, with its items: nothing that was in it by now comes back.

        Raises `NotFoundError` when the dataset does not exist.
        """


class DatasetItemIndex(Protocol):
    """Which item is of which dataset, without its contents; items as they are now, whatever their status."""

    async def locate(self, project_id: ProjectId, item_ids: Sequence[str]) -> dict[str, DatasetId]:
        """Datasets by item; ids that name nothing are absent."""

    async def list_ids(self, project_id: ProjectId, dataset_id: DatasetId) -> list[DatasetItemId]:
        """Ids of all items of a dataset, sorted."""
