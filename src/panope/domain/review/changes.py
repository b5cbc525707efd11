"""How an item changes, decided on the item alone: every store applies these to a row that nobody else can change."""

from collections.abc import Iterable

from msgspec.structs import replace

from panope.domain.errors import ConflictError, NotFoundError
from panope.domain.ids import UserId
from panope.domain.review.queues import (
    AnnotationQueue,
    Completion,
    ItemLock,
    ItemStatus,
    QueueItem,
    QueueProgress,
    ReviewerProgress,
)


def require_open(queue: AnnotationQueue) -> None:
    """Raise `ConflictError` when the queue takes nothing in."""
    if queue.archived_us is not None:
        raise ConflictError(
            'The annotation queue is archived: set "archived" to false before adding to it', code="queue_archived"
        )


def mark(item: QueueItem, status: ItemStatus, at_us: int) -> QueueItem:
    """Complete or reopen without a word about why."""
    if item.status is status:
        return item
    if status is ItemStatus.COMPLETED:
        return replace(item, status=status, completed_us=at_us, lock=None, missing_us=None, updated_us=at_us)
    return replace(item, status=status, completed_us=None, lock=None, queued_us=at_us, updated_us=at_us)


def take(item: QueueItem, lock: ItemLock) -> QueueItem:
    """Lock an item that is free, or that the reviewer has already."""
    held = item.lock
    if held is not None and held.reviewer_id == lock.reviewer_id:
        lock = replace(held, expires_us=max(held.expires_us, lock.expires_us))
    return replace(item, lock=lock, missing_us=None)


def renew(item: QueueItem, token: str, expires_us: int) -> QueueItem:
    """Let a lock live until then."""
    return replace(item, lock=replace(_held(item, token), expires_us=expires_us))


def release(item: QueueItem, token: str, at_us: int, *, is_missing: bool) -> QueueItem:
    """Send an item to the end of the line."""
    _held(item, token)
    return replace(item, lock=None, queued_us=at_us, missing_us=at_us if is_missing else None)


def complete(item: QueueItem, completion: Completion) -> QueueItem:
    """Complete under a lock; the same lock again changes nothing."""
    if is_completed_by(item, completion.token):
        return item
    _held(item, completion.token)
    return replace(
        item,
        status=ItemStatus.COMPLETED,
        lock=None,
        missing_us=None,
        completed_us=completion.completed_us,
        completion=completion,
        is_delivered=False,
        updated_us=completion.completed_us,
    )


def deliver(item: QueueItem, token: str) -> QueueItem:
    """Note that what follows from the completion of this token is made."""
    is_latest = item.completion is not None and item.completion.token == token
    return replace(item, is_delivered=True) if is_latest else item


def is_completed_by(item: QueueItem, token: str) -> bool:
    """Whether it was the holder of this token who completed the item."""
    is_theirs = item.completion is not None and item.completion.token == token
    return item.status is ItemStatus.COMPLETED and is_theirs


def count_progress(parts: Iterable[tuple[str, str | None, int]]) -> QueueProgress:
    """Sum counts by (field of `QueueProgress`, reviewer or None)."""
    totals: dict[str, int] = {}
    reviewers: dict[str, dict[str, int]] = {}
    for state, reviewer_id, count in parts:
        totals[state] = totals.get(state, 0) + count
        if reviewer_id is not None:
            own = reviewers.setdefault(reviewer_id, {})
            own[state] = own.get(state, 0) + count
    people = tuple(ReviewerProgress(reviewer_id=UserId(name), **own) for name, own in sorted(reviewers.items()))
    return QueueProgress(**totals, reviewers=people)


def queue_not_found() -> NotFoundError:
    """Build the error for a queue that the project does not have."""
    return NotFoundError("Annotation queue not found within authorized project", code="unknown_annotation_queue")


def queue_taken() -> ConflictError:
    """Build the error for a queue whose id exists."""
    return ConflictError("An annotation queue with this id exists already", code="annotation_queue_taken")


def queue_name_taken() -> ConflictError:
    """Build the error for a queue whose name another one of the project has."""
    return ConflictError(
        "The project has an annotation queue of this name already: choose another name", code="queue_name_taken"
    )


def undelivered() -> ConflictError:
    """Build the error for a queue whose last scores are still on their way."""
    return ConflictError(
        "Scores of this queue are still to be written: take its next item or try again in a moment", code="undelivered"
    )


def item_not_found() -> NotFoundError:
    """Build the error for an item that the queue does not have."""
    return NotFoundError("Annotation queue item not found within authorized project", code="unknown_annotation_item")


def item_taken() -> ConflictError:
    """Build the error for an item whose id exists."""
    return ConflictError("An annotation queue item with this id exists already", code="annotation_item_taken")


def not_held(item: QueueItem) -> ConflictError:
    """Build the error for who does not hold an item, or not any more."""
    if item.status is ItemStatus.COMPLETED:
        return ConflictError("The item is completed already: reopen it to change what was said", code="item_completed")
    return ConflictError(
        "The lock on this item is not yours, or not any more: it expired and somebody else took the item, or it was "
        "released. Ask for the next item",
        code="lock_lost",
    )


def _held(item: QueueItem, token: str) -> ItemLock:
    if item.status is ItemStatus.COMPLETED or item.lock is None or item.lock.token != token:
        raise not_held(item)
    return item.lock
