"""Taking the next item of a queue, holding it, and giving it back."""

from collections.abc import Callable
from typing import Final

from panope.domain.accounts import Principal
from panope.domain.errors import ConflictError, InvalidError, Issue
from panope.domain.ids import ProjectId, UserId
from panope.domain.review.queues import ItemLock, QueueItem, QueueProgress
from panope.features.review.members import Members
from panope.features.review.objects import TelemetryObjects
from panope.features.review.queues import QueueService
from panope.kit.clock import Clock
from panope.ports.annotation_queues import AnnotationItemStore

_SECOND_US: Final = 1_000_000
_MOST_MISSING: Final = 100
"""Items without their object that one request looks at, so that its work is bounded."""


class ReviewLine:
    """Hands items out. Methods raise `NotFoundError` for an unknown queue or item."""

    def __init__(
        self,
        queues: QueueService,
        items: AnnotationItemStore,
        members: Members,
        objects: TelemetryObjects,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._queues = queues
        self._items = items
        self._members = members
        self._objects = objects
        self._clock = clock
        self._new_id = new_id

    async def take_next(self, caller: Principal, queue_id: str, reviewer: str, lease_s: int) -> QueueItem | None:
        """Lock the first free item for a member, given by id or e-mail address; None when nothing is free.

        Items whose object does not exist are passed over. Raises `InvalidError` for a reviewer who is no member of the
        organisation and `ConflictError` when the queue is archived.
        """
        project_id = caller.project_id
        queue = await self._queues.get_queue(project_id, queue_id)
        if queue.archived_us is not None:
            raise ConflictError("The annotation queue is archived and hands nothing out", code="queue_archived")
        reviewer_id = await self._require_reviewer(caller, reviewer)
        for _ in range(_MOST_MISSING):
            now_us = self._clock()
            token = self._new_id()
            lock = ItemLock(token=token, reviewer_id=reviewer_id, expires_us=now_us + lease_s * _SECOND_US)
            item = await self._items.claim(project_id, queue.id, lock, at_us=now_us)
            if item is None or item.lock is None:
                return None
            if await self._objects.find(project_id, item.object_type, item.object_id) is not None:
                return item
            await self._items.release(
                project_id, queue.id, item.id, item.lock.token, at_us=self._clock(), is_missing=True
            )
        return None

    async def renew(self, project_id: ProjectId, queue_id: str, item_id: str, token: str, lease_s: int) -> QueueItem:
        """Hold an item for so long from now. Raises `ConflictError` when the token does not hold it."""
        item = await self._queues.get_item(project_id, queue_id, item_id)
        expires_us = self._clock() + lease_s * _SECOND_US
        return await self._items.renew(project_id, item.queue_id, item.id, token, expires_us=expires_us)

    async def release(self, project_id: ProjectId, queue_id: str, item_id: str, token: str) -> QueueItem:
        """Give an item back, to the end of the line. Raises `ConflictError` when the token does not hold it."""
        item = await self._queues.get_item(project_id, queue_id, item_id)
        now_us = self._clock()
        return await self._items.release(project_id, item.queue_id, item.id, token, at_us=now_us, is_missing=False)

    async def count(self, project_id: ProjectId, queue_id: str) -> QueueProgress:
        """How far a queue is."""
        queue = await self._queues.get_queue(project_id, queue_id)
        return await self._items.count(project_id, queue.id, at_us=self._clock())

    async def _require_reviewer(self, caller: Principal, reviewer: str) -> UserId:
        member = await self._members.find_by_any_name(caller.organization_id, reviewer)
        if member is None:
            text = "must be the id or e-mail address of a member of the project's organisation"
            raise InvalidError(text, code="unknown_reviewer", issues=(Issue(("reviewer",), text, "unknown_reviewer"),))
        return member.id
