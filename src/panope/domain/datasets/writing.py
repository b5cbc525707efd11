"""One write of many items, as every store carries it out: what drafts become, what is wrong, what it adds up to."""

from collections.abc import Iterable

from msgspec.structs import replace

from panope.domain.datasets.datasets import Dataset
from panope.domain.datasets.items import (
    DatasetItem,
    Existing,
    Findings,
    ItemDraft,
    ItemStatus,
    check_item,
    is_same,
    merged,
)
from panope.domain.errors import ConflictError, InvalidError, Issue, NotFoundError


class ItemWrite:
    """Takes the drafts of one write in their order; nothing that it says is to be kept until `finish` returned."""

    def __init__(self, dataset: Dataset, *, at_us: int, existing: Existing) -> None:
        self._dataset = dataset
        self._existing = existing
        self._places: dict[str, int] = {}
        self._findings = Findings()
        self._active = 0
        self.at_us = max(at_us, dataset.last_write_us + 1)
        """From when the versions of this write are valid."""
        self.created = self.updated = self.unchanged = 0
        self.last: DatasetItem | None = None

    @property
    def taken(self) -> int:
        """Drafts so far."""
        return len(self._places)

    @property
    def is_refused(self) -> bool:
        """Whether a draft was wrong, so that nothing will be kept."""
        return self._findings.count > 0

    def take(self, draft: ItemDraft, stored: DatasetItem | None) -> DatasetItem | None:
        """The version that a draft makes of the current one; None when there is nothing to write.

        Raises `ConflictError` when the current one is of another dataset, `InvalidError` when its id came before.
        """
        place = len(self._places)
        if draft.id in self._places:
            raise _repeated(place, self._places[draft.id])
        self._places[draft.id] = place
        if stored is not None and stored.dataset_id != self._dataset.id:
            raise ConflictError(
                f"An item with the id {draft.id} is in another dataset of the project: choose another id",
                code="dataset_item_taken",
            )
        if stored is not None and self._existing is Existing.LEAVE:
            self._leave(stored)
            return None
        item = merged(self._dataset, stored, draft, at_us=self.at_us, place=place)
        if self._findings.add(place, check_item(self._dataset, item)):
            return None
        if stored is not None and self._existing is Existing.CHANGE_IF_DIFFERENT and is_same(item, stored):
            self._leave(stored)
            return None
        self._count(item, stored)
        return item

    def finish(self) -> None:
        """Raise `InvalidError` when items broke the schemas."""
        if self._findings.count:
            raise self._findings.error("Dataset item validation failed", "dataset_item_invalid")

    def dataset_after(self) -> Dataset:
        """The dataset as the write leaves it."""
        last = self.at_us + max(0, len(self._places) - 1)
        return replace(self._dataset, last_write_us=last, item_count=self._dataset.item_count + self._active)

    def _leave(self, stored: DatasetItem) -> None:
        self.unchanged += 1
        self.last = stored

    def _count(self, item: DatasetItem, stored: DatasetItem | None) -> None:
        self.last = item
        if stored is None:
            self.created += 1
        else:
            self.updated += 1
        was_active = stored is not None and stored.status is ItemStatus.ACTIVE
        self._active += (item.status is ItemStatus.ACTIVE) - was_active


def refuse_broken(dataset: Dataset, items: Iterable[DatasetItem]) -> None:
    """Raise `InvalidError` when items break the schemas of a dataset, listing them by id."""
    findings = Findings()
    for item in items:
        findings.add(item.id, check_item(dataset, item))
    if findings.count:
        text = f"{findings.count} items of the dataset break the schema: change them first, or loosen it"
        raise findings.error(text, "dataset_items_invalid")


def unknown_dataset() -> NotFoundError:
    """The error for a dataset that is not there."""
    return NotFoundError("Dataset not found", code="dataset_not_found")


def _repeated(place: int, first: int) -> InvalidError:
    text = f"The id of item {place} is that of item {first}: give each its own"
    return InvalidError(text, code="repeated_id", issues=(Issue((place, "id"), text, "repeated_id"),))
