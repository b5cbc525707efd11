"""The tables of annotation queues, and how their rows become what they stand for."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Table, Text

from panope.adapters.sql import tables
from panope.domain.ids import ProjectId
from panope.domain.review.queues import AnnotationQueue, Completion, ItemLock, ItemObjectType, ItemStatus, QueueItem

QUEUE: Final = Table(
    "catalog_annotation_queue",
    tables.metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, ForeignKey("catalog_project.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text),
    Column("score_config_ids", Text, nullable=False),
    Column("archived_us", BigInteger),
    Column("created_us", BigInteger, nullable=False),
    Column("updated_us", BigInteger, nullable=False),
)
ASSIGNMENT: Final = Table(
    "catalog_annotation_assignment",
    tables.metadata,
    Column("queue_id", Text, ForeignKey("catalog_annotation_queue.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", Text, ForeignKey("catalog_user.id"), primary_key=True),
)
ITEM: Final = Table(
    "catalog_annotation_item",
    tables.metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, ForeignKey("catalog_project.id"), nullable=False),
    Column("queue_id", Text, ForeignKey("catalog_annotation_queue.id", ondelete="CASCADE"), nullable=False),
    Column("object_type", Text, nullable=False),
    Column("object_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("queued_us", BigInteger, nullable=False),
    Column("missing_us", BigInteger),
    Column("lock_token", Text),
    Column("lock_reviewer_id", Text),
    Column("lock_expires_us", BigInteger),
    Column("completed_us", BigInteger),
    Column("completed_by", Text),
    Column("completion", Text),
    Column("is_delivered", Boolean, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("updated_us", BigInteger, nullable=False),
)

_COMPLETION: Final = msgspec.json.Decoder(Completion)
_NAMES: Final = msgspec.json.Decoder(tuple[str, ...])
_Row = Mapping[Any, Any]


def to_queue(row: _Row) -> AnnotationQueue:
    """Return what a row of `QUEUE` stands for."""
    values = dict(row)
    del values["project_id"]
    values["score_config_ids"] = _NAMES.decode(values["score_config_ids"])
    return AnnotationQueue(**values)


def from_queue(project_id: ProjectId, queue: AnnotationQueue) -> dict[str, Any]:
    """Return the row of a queue."""
    values = msgspec.structs.asdict(queue)
    values["score_config_ids"] = msgspec.json.encode(queue.score_config_ids).decode()
    return values | {"project_id": project_id}


def to_item(row: _Row) -> QueueItem:
    """Return what a row of `ITEM` stands for."""
    values = dict(row)
    for name in ("project_id", "completed_by"):
        del values[name]
    token, reviewer_id, expires_us = (values.pop(f"lock_{name}") for name in ("token", "reviewer_id", "expires_us"))
    lock = None if token is None else ItemLock(token=token, reviewer_id=reviewer_id, expires_us=expires_us)
    completion = values.pop("completion")
    values["completion"] = None if completion is None else _COMPLETION.decode(completion)
    values["is_delivered"] = bool(values["is_delivered"])
    values["object_type"], values["status"] = ItemObjectType(values["object_type"]), ItemStatus(values["status"])
    return QueueItem(**values, lock=lock)


def from_item(project_id: ProjectId, item: QueueItem) -> dict[str, Any]:
    """Return the row of an item. `completed_by` repeats of the completion what progress is counted by."""
    values = {name: getattr(item, name) for name in QueueItem.__struct_fields__ if name not in {"lock", "completion"}}
    lock, completion = item.lock, item.completion
    return values | {
        "project_id": project_id,
        "object_type": item.object_type.value,
        "status": item.status.value,
        "lock_token": lock and lock.token,
        "lock_reviewer_id": lock and lock.reviewer_id,
        "lock_expires_us": lock and lock.expires_us,
        "completed_by": item.completed_by,
        "completion": None if completion is None else msgspec.json.encode(completion).decode(),
    }
