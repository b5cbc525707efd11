"""Annotated traces and observations as items of datasets."""

from panope.domain.datasets.datasets import Dataset
from panope.domain.datasets.items import Existing, ItemDraft
from panope.domain.errors import NotFoundError
from panope.domain.ids import DatasetItemId, ProjectId, is_possible_id
from panope.features.review.delivery import DatasetItemDraft
from panope.kit.clock import Clock
from panope.ports.datasets import DatasetItemStore, DatasetStore
from panope.wire.langfuse.datasets.values import read_exact, read_value


class AnnotatedItems:
    """Implements `DatasetSink` over the stores of datasets. An item that is the same already gets no new version."""

    def __init__(self, datasets: DatasetStore, items: DatasetItemStore, clock: Clock) -> None:
        self._datasets = datasets
        self._items = items
        self._clock = clock

    async def check_item(self, project_id: ProjectId, draft: DatasetItemDraft) -> None:
        """See `DatasetSink.check_item`."""
        await self._write(project_id, draft, is_dry_run=True)

    async def put_item(self, project_id: ProjectId, draft: DatasetItemDraft) -> None:
        """See `DatasetSink.put_item`."""
        await self._write(project_id, draft, is_dry_run=False)

    async def _write(self, project_id: ProjectId, draft: DatasetItemDraft, *, is_dry_run: bool) -> None:
        dataset = await self._require(project_id, draft.dataset_name)
        await self._items.write(
            project_id,
            dataset.id,
            [_item(draft)],
            at_us=self._clock(),
            existing=Existing.CHANGE_IF_DIFFERENT,
            is_dry_run=is_dry_run,
        )

    async def _require(self, project_id: ProjectId, name: str) -> Dataset:
        found = await self._datasets.find(project_id, [name]) if is_possible_id(name) else None
        if found is None:
            raise NotFoundError("Dataset not found within authorized project", code="dataset_not_found")
        return found


def _item(draft: DatasetItemDraft) -> ItemDraft:
    wish = draft.wish
    return ItemDraft(
        id=DatasetItemId(draft.id),
        input=read_value(draft.input),
        expected_output=read_exact(wish.expected_output) if wish.has_expected_output else read_value(draft.output),
        metadata=read_exact(wish.metadata),
        source_trace_id=draft.source_trace_id,
        source_observation_id=draft.source_observation_id,
    )
