"""Annotation queues and their assignments in dictionaries."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from panope.adapters.memory.catalog.tables import CatalogStore, CatalogTables, require_project
from panope.domain.errors import NotFoundError
from panope.domain.ids import ProjectId, UserId
from panope.domain.review import changes
from panope.domain.review.queues import AnnotationQueue, QueueId


class MemoryAnnotationQueueStore(CatalogStore):
    """Implements `AnnotationQueueStore`."""

    async def create(self, project_id: ProjectId, queue: AnnotationQueue) -> None:
        """See `AnnotationQueueStore.create`."""
        if queue.id in self._tables.annotation_queues:
            raise changes.queue_taken()
        require_project(self._tables, project_id)
        self._require_free_name(project_id, queue)
        self._tables.annotation_queues[queue.id] = (project_id, queue)

    async def get(self, project_id: ProjectId, queue_id: QueueId) -> AnnotationQueue | None:
        """See `AnnotationQueueStore.get`."""
        return find_queue(self._tables, project_id, queue_id)

    async def list(self, project_id: ProjectId, *, limit: int, offset: int) -> tuple[Sequence[AnnotationQueue], int]:
        """See `AnnotationQueueStore.list`."""
        own = [queue for owner, queue in self._tables.annotation_queues.values() if owner == project_id]
        own.sort(key=lambda queue: (queue.created_us, queue.id), reverse=True)
        return own[offset : offset + limit], len(own)

    async def update(
        self, project_id: ProjectId, queue_id: QueueId, change: Callable[[AnnotationQueue], AnnotationQueue]
    ) -> AnnotationQueue | None:
        """See `AnnotationQueueStore.update`."""
        before = find_queue(self._tables, project_id, queue_id)
        if before is None:
            return None
        queue = replace(change(before), id=before.id, created_us=before.created_us)
        self._require_free_name(project_id, queue)
        self._tables.annotation_queues[queue.id] = (project_id, queue)
        return queue

    async def delete(self, project_id: ProjectId, queue_id: QueueId) -> bool:
        """See `AnnotationQueueStore.delete`."""
        if find_queue(self._tables, project_id, queue_id) is None:
            return False
        items = [item for _, item in self._tables.annotation_items.values() if item.queue_id == queue_id]
        if not all(item.is_delivered for item in items):
            raise changes.undelivered()
        for item in items:
            del self._tables.annotation_items[item.id]
        assignments = self._tables.annotation_assignments
        assignments.difference_update([pair for pair in assignments if pair[0] == queue_id])
        del self._tables.annotation_queues[queue_id]
        return True

    async def assign(self, project_id: ProjectId, queue_id: QueueId, user_id: UserId) -> None:
        """See `AnnotationQueueStore.assign`."""
        require_queue(self._tables, project_id, queue_id)
        if user_id not in self._tables.users:
            raise NotFoundError(f"No user has the id {user_id}", code="unknown_user")
        self._tables.annotation_assignments.add((queue_id, user_id))

    async def unassign(self, project_id: ProjectId, queue_id: QueueId, user_id: UserId) -> bool:
        """See `AnnotationQueueStore.unassign`."""
        require_queue(self._tables, project_id, queue_id)
        was_assigned = (queue_id, user_id) in self._tables.annotation_assignments
        self._tables.annotation_assignments.discard((queue_id, user_id))
        return was_assigned

    async def list_assigned(self, project_id: ProjectId, queue_id: QueueId) -> Sequence[UserId]:
        """See `AnnotationQueueStore.list_assigned`."""
        if find_queue(self._tables, project_id, queue_id) is None:
            return []
        return sorted(
            user_id for assigned_to, user_id in self._tables.annotation_assignments if assigned_to == queue_id
        )

    def _require_free_name(self, project_id: ProjectId, queue: AnnotationQueue) -> None:
        for owner, stored in self._tables.annotation_queues.values():
            if owner == project_id and stored.name == queue.name and stored.id != queue.id:
                raise changes.queue_name_taken()


def find_queue(tables: CatalogTables, project_id: ProjectId, queue_id: QueueId) -> AnnotationQueue | None:
    """One queue of the project, or None."""
    owner, queue = tables.annotation_queues.get(queue_id, (None, None))
    return queue if owner == project_id else None


def require_queue(tables: CatalogTables, project_id: ProjectId, queue_id: QueueId) -> AnnotationQueue:
    """Return the queue; raise `NotFoundError` when the project has none of this id."""
    found = find_queue(tables, project_id, queue_id)
    if found is None:
        raise changes.queue_not_found()
    return found
