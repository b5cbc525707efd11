"""Annotation queues, their items and assignments as the public API has them."""

from collections.abc import Sequence
from typing import Annotated, Final

from msgspec import Meta, Struct

from panope.domain.ids import ProjectId, UserId
from panope.domain.review.queues import (
    MAX_QUEUE_DESCRIPTION_CHARS,
    MAX_QUEUE_NAME_CHARS,
    MAX_SCORE_CONFIGS,
    AnnotationQueue,
    ItemObjectType,
    ItemStatus,
    QueueItem,
)
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.langfuse.paging import PageNumber, Params, page_meta
from panope.wire.langfuse.requests import read_body
from panope.wire.langfuse.review.shapes import MetaBody
from panope.wire.langfuse.times import format_optional_time, format_time

ITEM_DELETED: Final = encode({"success": True, "message": "Annotation queue item deleted successfully"})
UNASSIGNED: Final = encode({"success": True})

QueueName = Annotated[str, Meta(min_length=1, max_length=MAX_QUEUE_NAME_CHARS)]
QueueDescription = Annotated[str, Meta(max_length=MAX_QUEUE_DESCRIPTION_CHARS)]
ScoreConfigIds = Annotated[list[str], Meta(min_length=1, max_length=MAX_SCORE_CONFIGS)]


class _Camel(Struct, rename="camel", kw_only=True):
    pass


class QueueRequest(_Camel, forbid_unknown_fields=True):
    """A queue to make."""

    name: QueueName
    score_config_ids: ScoreConfigIds
    description: QueueDescription | None = None


class ItemRequest(_Camel):
    """An object to put into a queue."""

    object_id: str
    object_type: ItemObjectType
    status: ItemStatus | None = None


class ItemPatch(_Camel):
    """What of an item is to be different."""

    status: ItemStatus | None = None


class AssignmentRequest(_Camel):
    """Who is assigned, or no longer."""

    user_id: str


class QueueBody(_Camel):
    """A queue."""

    id: str
    name: str
    description: str | None
    score_config_ids: tuple[str, ...]
    created_at: str
    updated_at: str


class QueuesBody(_Camel):
    """A page of queues."""

    data: list[QueueBody]
    meta: MetaBody


class ItemBody(_Camel):
    """An item."""

    id: str
    queue_id: str
    object_id: str
    object_type: str
    status: str
    completed_at: str | None
    created_at: str
    updated_at: str


class ItemsBody(_Camel):
    """A page of items."""

    data: list[ItemBody]
    meta: MetaBody


class ItemDeletedBody(_Camel):
    """That an item is gone."""

    success: bool
    message: str


class AssignmentBody(_Camel):
    """Who is assigned to what."""

    user_id: str
    queue_id: str
    project_id: str


class UnassignedBody(_Camel):
    """That an assignment is gone."""

    success: bool


def read_queue(body: bytes) -> QueueRequest:
    """Read the body of a new queue."""
    return read_body(body, QueueRequest)


def read_item(body: bytes) -> ItemRequest:
    """Read the body of a new item."""
    return read_body(body, ItemRequest)


def read_item_patch(body: bytes) -> ItemPatch:
    """Read what of an item is to change."""
    return read_body(body, ItemPatch)


def read_assignment(body: bytes) -> AssignmentRequest:
    """Read who is meant."""
    return read_body(body, AssignmentRequest)


def read_status(params: Params) -> ItemStatus | None:
    """Read the status that a list of items is filtered by."""
    status = params.choice("status", ItemStatus)
    return None if status is None else ItemStatus(status)


def encode_queue(queue: AnnotationQueue) -> bytes:
    """Write one queue."""
    return encode(show_queue(queue))


def encode_queues(queues: Sequence[AnnotationQueue], total: int, page: PageNumber) -> bytes:
    """Write a page of queues."""
    return encode({"data": [show_queue(queue) for queue in queues], "meta": page_meta(page, total)})


def encode_item(item: QueueItem) -> bytes:
    """Write one item."""
    return encode(show_item(item))


def encode_items(items: Sequence[QueueItem], total: int, page: PageNumber) -> bytes:
    """Write a page of items."""
    return encode({"data": [show_item(item) for item in items], "meta": page_meta(page, total)})


def encode_assignment(project_id: ProjectId, queue_id: str, user_id: UserId) -> bytes:
    """Write who was assigned."""
    return encode(AssignmentBody(user_id=user_id, queue_id=queue_id, project_id=project_id))


def show_queue(queue: AnnotationQueue) -> QueueBody:
    """Show a queue as every client knows it."""
    return QueueBody(
        id=queue.id,
        name=queue.name,
        description=queue.description,
        score_config_ids=queue.score_config_ids,
        created_at=format_time(queue.created_us),
        updated_at=format_time(queue.updated_us),
    )


def show_item(item: QueueItem) -> ItemBody:
    """Show an item as every client knows it."""
    return ItemBody(
        id=item.id,
        queue_id=item.queue_id,
        object_id=item.object_id,
        object_type=item.object_type,
        status=item.status,
        completed_at=format_optional_time(item.completed_us),
        created_at=format_time(item.created_us),
        updated_at=format_time(item.updated_us),
    )
