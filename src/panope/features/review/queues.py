"""Use cases of annotation queues, their items, apart from the work on the items."""

from collections.abc import Callable, Sequence

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict, replace

from panope.domain.errors import ConflictError, InvalidError, Issue
from panope.domain.ids import MAX_ID_BYTES, ProjectId, is_possible_id
from panope.domain.review import changes
from panope.domain.review.queues import AnnotationQueue, ItemId, ItemObjectType, ItemStatus, QueueId, QueueItem
from panope.kit.clock import Clock
from panope.ports.annotation_queues import AnnotationItemStore, AnnotationQueueStore
from panope.ports.score_configs import ScoreConfigStore


class QueueChange(Struct, frozen=True, kw_only=True):
    """What of a queue is to be different."""

    name: str | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    score_config_ids: tuple[str, ...] | UnsetType = UNSET
    is_archived: bool | UnsetType = UNSET


class QueueService:
    """Lists, makes and changes queues and what they hold. Methods raise `NotFoundError` for what they do not find."""

    def __init__(
        self,
        queues: AnnotationQueueStore,
        items: AnnotationItemStore,
        configs: ScoreConfigStore,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._queues = queues
        self._items = items
        self._configs = configs
        self._clock = clock
        self._new_id = new_id

    async def create_queue(
        self, project_id: ProjectId, name: str, description: str | None, score_config_ids: Sequence[str]
    ) -> AnnotationQueue:
        """Make a queue. Raises `InvalidError` when the name is taken or a score config is unknown or archived."""
        await self._require_configs(project_id, score_config_ids)
        now_us = self._clock()
        queue = AnnotationQueue(
            id=QueueId(self._new_id()),
            name=name,
            description=description,
            score_config_ids=tuple(dict.fromkeys(score_config_ids)),
            created_us=now_us,
            updated_us=now_us,
        )
        try:
            await self._queues.create(project_id, queue)
        except ConflictError:
            raise _name_taken() from None
        return queue

    async def get_queue(self, project_id: ProjectId, queue_id: str) -> AnnotationQueue:
        """One queue."""
        found = await self._queues.get(project_id, QueueId(queue_id)) if is_possible_id(queue_id) else None
        if found is None:
            raise changes.queue_not_found()
        return found

    async def list_queues(
        self, project_id: ProjectId, *, limit: int, offset: int
    ) -> tuple[Sequence[AnnotationQueue], int]:
        """One page of queues, newest first, archived ones included, and how many there are."""
        return await self._queues.list(project_id, limit=limit, offset=offset)

    async def change_queue(self, project_id: ProjectId, queue_id: str, change: QueueChange) -> AnnotationQueue:
        """Change a queue. Raises what `create_queue` raises."""
        queue = await self.get_queue(project_id, queue_id)
        asked = {name: value for name, value in asdict(change).items() if value is not UNSET}
        if change.score_config_ids is not UNSET:
            added = [config_id for config_id in change.score_config_ids if config_id not in queue.score_config_ids]
            await self._require_configs(project_id, added)
        is_archived, now_us = asked.pop("is_archived", None), self._clock()

        def make(found: AnnotationQueue) -> AnnotationQueue:
            archived_us = found.archived_us
            if is_archived is not None and is_archived != (archived_us is not None):
                archived_us = now_us if is_archived else None
            return replace(found, **asked, archived_us=archived_us, updated_us=now_us)

        try:
            changed = await self._queues.update(project_id, queue.id, make)
        except ConflictError:
            raise _name_taken() from None
        if changed is None:
            raise changes.queue_not_found()
        return changed

    async def delete_queue(self, project_id: ProjectId, queue_id: str, confirmed_name: str | None) -> None:
        """Delete a queue with its items; the scores that came of them stay.

        Raises `InvalidError` unless `confirmed_name` is the queue's name, `ConflictError` while scores of it are still
        to be written.
        """
        queue = await self.get_queue(project_id, queue_id)
        if confirmed_name != queue.name:
            text = "must be the exact name of the queue, to confirm that it is to be deleted with all of its items"
            raise InvalidError(text, code="not_confirmed", issues=(Issue(("confirm",), text, "not_confirmed"),))
        await self._queues.delete(project_id, queue.id)

    async def list_items(
        self, project_id: ProjectId, queue_id: str, status: ItemStatus | None, *, limit: int, offset: int
    ) -> tuple[Sequence[QueueItem], int]:
        """One page of items, newest first, and how many there are of that status."""
        queue = await self.get_queue(project_id, queue_id)
        return await self._items.list(project_id, queue.id, status, limit=limit, offset=offset)

    async def get_item(self, project_id: ProjectId, queue_id: str, item_id: str) -> QueueItem:
        """One item."""
        queue = await self.get_queue(project_id, queue_id)
        found = await self._items.get(project_id, queue.id, ItemId(item_id)) if is_possible_id(item_id) else None
        if found is None:
            raise changes.item_not_found()
        return found

    async def add_item(
        self, project_id: ProjectId, queue_id: str, object_type: ItemObjectType, object_id: str, status: ItemStatus
    ) -> QueueItem:
        """Put an object into the line, whether it has arrived or is still to come; the same one again is another item.

        Raises `ConflictError` when the queue is archived.
        """
        queue = await self.get_queue(project_id, queue_id)
        if not is_possible_id(object_id):
            text = f"must have between 1 and {MAX_ID_BYTES} bytes, without NUL"
            raise InvalidError(text, code="invalid_id", issues=(Issue(("objectId",), text, "invalid_id"),))
        now_us = self._clock()
        item = QueueItem(
            id=ItemId(self._new_id()),
            queue_id=queue.id,
            object_type=object_type,
            object_id=object_id,
            status=status,
            queued_us=now_us,
            completed_us=now_us if status is ItemStatus.COMPLETED else None,
            created_us=now_us,
            updated_us=now_us,
        )
        await self._items.add(project_id, [item])
        return item

    async def mark_item(
        self, project_id: ProjectId, queue_id: str, item_id: str, status: ItemStatus | None
    ) -> QueueItem:
        """Complete or reopen an item without scores; whoever holds it loses it. None leaves it as it is."""
        item = await self.get_item(project_id, queue_id, item_id)
        if status is None:
            return item
        marked = await self._items.set_status(project_id, item.queue_id, item.id, status, at_us=self._clock())
        if marked is None:
            raise changes.item_not_found()
        return marked

    async def delete_item(self, project_id: ProjectId, queue_id: str, item_id: str) -> None:
        """Take an item out of its queue, whoever holds it."""
        item = await self.get_item(project_id, queue_id, item_id)
        await self._items.delete(project_id, item.queue_id, item.id)

    async def _require_configs(self, project_id: ProjectId, config_ids: Sequence[str]) -> None:
        usable = {config.id for config in await self._configs.list(project_id) if not config.is_archived}
        for index, config_id in enumerate(config_ids):
            if config_id not in usable:
                text = "names no score config of this project that is in use: see GET /api/public/score-configs"
                issue = Issue(("scoreConfigIds", index), text, "unknown_score_config")
                raise InvalidError(text, code="unknown_score_config", issues=(issue,))


def _name_taken() -> InvalidError:
    text = "The project has an annotation queue of this name already: choose another name"
    return InvalidError(text, code="queue_name_taken", issues=(Issue(("name",), text, "queue_name_taken"),))
