"""Where annotation queues and their items are kept, and the locks that keep reviewers apart.

Both stores are part of the catalog plane: see `panope.ports.catalog` for what all its stores promise. Times come from
the caller, so that every process may use the same clock.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from panope.domain.ids import ProjectId, UserId
from panope.domain.review.queues import (
    AnnotationQueue,
    Completion,
    ItemId,
    ItemLock,
    ItemStatus,
    QueueId,
    QueueItem,
    QueueProgress,
)


class AnnotationQueueStore(Protocol):
    """Queues, and who is assigned to them."""

    async def create(self, project_id: ProjectId, queue: AnnotationQueue) -> None:
        """Add a queue.

        Raises `ConflictError` when its id is taken or the project has a queue of that name, `NotFoundError` when the
        project does not exist.
        """

    async def get(self, project_id: ProjectId, queue_id: QueueId) -> AnnotationQueue | None:
        """One queue of the project, or None."""

    async def list(self, project_id: ProjectId, *, limit: int, offset: int) -> tuple[Sequence[AnnotationQueue], int]:
        """One page of queues by (creation, id) from the newest, archived ones included, and how many there are."""

    async def update(
        self, project_id: ProjectId, queue_id: QueueId, change: Callable[[AnnotationQueue], AnnotationQueue]
    ) -> AnnotationQueue | None:
        """Keep what `change` makes of a queue, its id and its creation apart; None when the project has none of it.

        Nobody else changes the queue meanwhile. `change` may be called on another thread. Raises `ConflictError` when
        another queue of the project has the name.
        """

    async def delete(self, project_id: ProjectId, queue_id: QueueId) -> bool:
        """Delete a queue with its items and assignments; return False when there is none.

        Raises `ConflictError` while a completed item of it is not delivered.
        """

    async def assign(self, project_id: ProjectId, queue_id: QueueId, user_id: UserId) -> None:
        """Assign a user; once more changes nothing. Raises `NotFoundError` when there is no such queue or user."""

    async def unassign(self, project_id: ProjectId, queue_id: QueueId, user_id: UserId) -> bool:
        """Take an assignment back; return False when there is none. Raises `NotFoundError` without such a queue."""

    async def list_assigned(self, project_id: ProjectId, queue_id: QueueId) -> Sequence[UserId]:
        """Users assigned to a queue, by id."""


class AnnotationItemStore(Protocol):
    """Items. However many processes claim, renew and complete at once, each sees the others' finished calls."""

    async def add(
        self, project_id: ProjectId, items: Sequence[QueueItem], *, skip_known: bool = False, most: int | None = None
    ) -> int:
        """Add items of one queue, all or none; return how many were added.

        With `skip_known` an object that the queue holds already, whatever its status, is left out. Of the others the
        first `most` are added. Raises
        `NotFoundError` when the project has no such queue, `ConflictError` when it is archived or an id is taken.
        """

    async def get(self, project_id: ProjectId, queue_id: QueueId, item_id: ItemId) -> QueueItem | None:
        """One item of the queue, or None."""

    async def list(
        self, project_id: ProjectId, queue_id: QueueId, status: ItemStatus | None, *, limit: int, offset: int
    ) -> tuple[Sequence[QueueItem], int]:
        """One page of items by (creation, id) from the newest, and how many there are of that status."""

    async def delete(self, project_id: ProjectId, queue_id: QueueId, item_id: ItemId) -> bool:
        """Delete an item, locked or not; return False when there is none."""

    async def set_status(
        self, project_id: ProjectId, queue_id: QueueId, item_id: ItemId, status: ItemStatus, *, at_us: int
    ) -> QueueItem | None:
        """Mark an item as completed or pending and drop its lock; return it, or None when there is none.

        A status that it has already changes nothing, its lock included. Completing by this leaves the last `completion`
        as it is; reopening makes the item the last in the line.
        """

    async def claim(self, project_id: ProjectId, queue_id: QueueId, lock: ItemLock, *, at_us: int) -> QueueItem | None:
        """Lock the first free item for a reviewer and return it; None when there is none.

        A reviewer who holds an item of the queue already gets that one, with its own token and the later of both
        expiries. An item whose lock has expired is free; its former holder's token is worth nothing from then on. No
        two claims ever return the same item while the lock of the first is valid.
        """

    async def renew(
        self, project_id: ProjectId, queue_id: QueueId, item_id: ItemId, token: str, *, expires_us: int
    ) -> QueueItem:
        """Set when a lock expires, also one that has expired and was not taken over.

        Raises `NotFoundError` when there is no such item and `ConflictError` when the token does not hold it.
        """

    async def release(
        self, project_id: ProjectId, queue_id: QueueId, item_id: ItemId, token: str, *, at_us: int, is_missing: bool
    ) -> QueueItem:
        """Give an item back to the end of the line. `is_missing`: its object was not found.

        Raises what `renew` raises.
        """

    async def complete(
        self, project_id: ProjectId, queue_id: QueueId, item_id: ItemId, completion: Completion
    ) -> QueueItem:
        """Complete an item under the lock that the completion names; what follows from it is undelivered from then on.

        Idempotent by token: once more returns the item as the first call left it. Raises `NotFoundError` when there is
        no such item and `ConflictError` when the token does not hold it.
        """

    async def list_undelivered(self, project_id: ProjectId, limit: int) -> Sequence[QueueItem]:
        """Items with a completion that is not delivered, by id."""

    async def mark_delivered(self, project_id: ProjectId, item_id: ItemId, token: str) -> None:
        """Note that what follows from the completion of this token is made; nothing when there is a later one."""

    async def count(self, project_id: ProjectId, queue_id: QueueId, *, at_us: int) -> QueueProgress:
        """How far a queue is."""
