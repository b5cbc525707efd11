"""Items of annotation queues in a dictionary. No call yields to another between looking and writing."""

from collections.abc import Sequence

from panope.adapters.memory.catalog.review.queues import require_queue
from panope.adapters.memory.catalog.tables import CatalogStore
from panope.domain.ids import ProjectId
from panope.domain.review import changes
from panope.domain.review.queues import (
    Completion,
    ItemId,
    ItemLock,
    ItemStatus,
    QueueId,
    QueueItem,
    QueueProgress,
)


class MemoryAnnotationItemStore(CatalogStore):
    """Implements `AnnotationItemStore`."""

    async def add(
        self, project_id: ProjectId, items: Sequence[QueueItem], *, skip_known: bool = False, most: int | None = None
    ) -> int:
        """See `AnnotationItemStore.add`."""
        known: set[tuple[str, str]] = set()
        for queue_id in {item.queue_id for item in items}:
            changes.require_open(require_queue(self._tables, project_id, queue_id))
            known.update((item.object_type, item.object_id) for item in self._items(project_id, queue_id))
        added = [item for item in items if not (skip_known and (item.object_type, item.object_id) in known)][:most]
        if any(item.id in self._tables.annotation_items for item in added):
            raise changes.item_taken()
        self._tables.annotation_items.update({item.id: (project_id, item) for item in added})
        return len(added)

    async def get(self, project_id: ProjectId, queue_id: QueueId, item_id: ItemId) -> QueueItem | None:
        """See `AnnotationItemStore.get`."""
        owner, item = self._tables.annotation_items.get(item_id, (None, None))
        return item if item is not None and (owner, item.queue_id) == (project_id, queue_id) else None

    async def list(
        self, project_id: ProjectId, queue_id: QueueId, status: ItemStatus | None, *, limit: int, offset: int
    ) -> tuple[Sequence[QueueItem], int]:
        """See `AnnotationItemStore.list`."""
        found = [item for item in self._items(project_id, queue_id) if status in {None, item.status}]
        found.sort(key=lambda item: (item.created_us, item.id), reverse=True)
        return found[offset : offset + limit], len(found)

    async def delete(self, project_id: ProjectId, queue_id: QueueId, item_id: ItemId) -> bool:
        """See `AnnotationItemStore.delete`."""
        if await self.get(project_id, queue_id, item_id) is None:
            return False
        del self._tables.annotation_items[item_id]
        return True

    async def set_status(
        self, project_id: ProjectId, queue_id: QueueId, item_id: ItemId, status: ItemStatus, *, at_us: int
    ) -> QueueItem | None:
        """See `AnnotationItemStore.set_status`."""
        item = await self.get(project_id, queue_id, item_id)
        return None if item is None else self._keep(project_id, changes.mark(item, status, at_us))

    async def claim(self, project_id: ProjectId, queue_id: QueueId, lock: ItemLock, *, at_us: int) -> QueueItem | None:
        """See `AnnotationItemStore.claim`."""
        line = sorted(self._items(project_id, queue_id), key=lambda item: (item.queued_us, item.id))
        held = (item for item in line if item.lock is not None and item.lock.reviewer_id == lock.reviewer_id)
        free = (item for item in line if item.is_free(at_us))
        item = next(held, None) or next(free, None)
        return None if item is None else self._keep(project_id, changes.take(item, lock))

    async def renew(
        self, project_id: ProjectId, queue_id: QueueId, item_id: ItemId, token: str, *, expires_us: int
    ) -> QueueItem:
        """See `AnnotationItemStore.renew`."""
        item = await self._require(project_id, queue_id, item_id)
        return self._keep(project_id, changes.renew(item, token, expires_us))

    async def release(
        self, project_id: ProjectId, queue_id: QueueId, item_id: ItemId, token: str, *, at_us: int, is_missing: bool
    ) -> QueueItem:
        """See `AnnotationItemStore.release`."""
        item = await self._require(project_id, queue_id, item_id)
        return self._keep(project_id, changes.release(item, token, at_us, is_missing=is_missing))

    async def complete(
        self, project_id: ProjectId, queue_id: QueueId, item_id: ItemId, completion: Completion
    ) -> QueueItem:
        """See `AnnotationItemStore.complete`."""
        item = await self._require(project_id, queue_id, item_id)
        return self._keep(project_id, changes.complete(item, completion))

    async def list_undelivered(self, project_id: ProjectId, limit: int) -> Sequence[QueueItem]:
        """See `AnnotationItemStore.list_undelivered`."""
        own = [item for owner, item in self._tables.annotation_items.values() if owner == project_id]
        return sorted((item for item in own if not item.is_delivered), key=lambda item: item.id)[:limit]

    async def mark_delivered(self, project_id: ProjectId, item_id: ItemId, token: str) -> None:
        """See `AnnotationItemStore.mark_delivered`."""
        owner, item = self._tables.annotation_items.get(item_id, (None, None))
        if item is not None and owner == project_id:
            self._keep(project_id, changes.deliver(item, token))

    async def count(self, project_id: ProjectId, queue_id: QueueId, *, at_us: int) -> QueueProgress:
        """See `AnnotationItemStore.count`."""
        return changes.count_progress((*_state(item, at_us), 1) for item in self._items(project_id, queue_id))

    def _items(self, project_id: ProjectId, queue_id: QueueId) -> Sequence[QueueItem]:
        pairs = self._tables.annotation_items.values()
        return [item for owner, item in pairs if (owner, item.queue_id) == (project_id, queue_id)]

    async def _require(self, project_id: ProjectId, queue_id: QueueId, item_id: ItemId) -> QueueItem:
        item = await self.get(project_id, queue_id, item_id)
        if item is None:
            raise changes.item_not_found()
        return item

    def _keep(self, project_id: ProjectId, item: QueueItem) -> QueueItem:
        self._tables.annotation_items[item.id] = (project_id, item)
        return item


def _state(item: QueueItem, at_us: int) -> tuple[str, str | None]:
    if item.status is ItemStatus.COMPLETED:
        return "completed", item.completed_by
    if item.lock is not None and item.is_held(at_us):
        return "locked", item.lock.reviewer_id
    return ("pending" if item.missing_us is None else "missing"), None
