"""Items of annotation queues in SQL. Every change is decided on the row as the only writer sees it."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, case, delete, false, func, insert, or_, select, update

from panope.adapters.sql.accounts import rows
from panope.adapters.sql.database import CatalogDatabase
from panope.adapters.sql.review.queues import require_queue
from panope.adapters.sql.review.tables import ITEM, from_item, to_item
from panope.domain.ids import ProjectId
from panope.domain.review import changes
from panope.domain.review.queues import (
    LOOK_AGAIN_US,
    Completion,
    ItemId,
    ItemLock,
    ItemStatus,
    QueueId,
    QueueItem,
    QueueProgress,
)

_CHUNK: Final = 500
"""Ids per statement, well below what any driver binds."""


class SqlAnnotationItemStore:
    """Implements `AnnotationItemStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def add(
        self, project_id: ProjectId, items: Sequence[QueueItem], *, skip_known: bool = False, most: int | None = None
    ) -> int:
        """See `AnnotationItemStore.add`."""

        def work(connection: Connection) -> int:
            for queue_id in {item.queue_id for item in items}:
                changes.require_open(require_queue(connection, project_id, queue_id))
            known = _known_objects(connection, items) if skip_known else set()
            added = [item for item in items if (item.object_type, item.object_id) not in known][:most]
            for start in range(0, len(added), _CHUNK):
                chunk = added[start : start + _CHUNK]
                if connection.scalar(select(1).where(ITEM.c.id.in_([item.id for item in chunk])).limit(1)):
                    raise changes.item_taken()
                connection.execute(insert(ITEM), [from_item(project_id, item) for item in chunk])
            return len(added)

        return await self._database.write(work) if items else 0

    async def get(self, project_id: ProjectId, queue_id: QueueId, item_id: ItemId) -> QueueItem | None:
        """See `AnnotationItemStore.get`."""
        return await self._database.read(lambda c: _find(c, project_id, queue_id, item_id))

    async def list(
        self, project_id: ProjectId, queue_id: QueueId, status: ItemStatus | None, *, limit: int, offset: int
    ) -> tuple[Sequence[QueueItem], int]:
        """See `AnnotationItemStore.list`."""
        conditions = [_in_queue(project_id, queue_id)]
        if status is not None:
            conditions.append(ITEM.c.status == status.value)
        page = select(ITEM).where(*conditions).order_by(ITEM.c.created_us.desc(), ITEM.c.id.desc())
        page = page.limit(limit).offset(offset)
        count = select(func.count()).select_from(ITEM).where(*conditions)

        def work(connection: Connection) -> tuple[Sequence[QueueItem], int]:
            return [to_item(row) for row in connection.execute(page).mappings()], connection.scalar(count) or 0

        return await self._database.read(work)

    async def delete(self, project_id: ProjectId, queue_id: QueueId, item_id: ItemId) -> bool:
        """See `AnnotationItemStore.delete`."""
        statement = delete(ITEM).where(_in_queue(project_id, queue_id), ITEM.c.id == item_id)
        return await self._database.write(lambda c: c.execute(statement).rowcount > 0)

    async def set_status(
        self, project_id: ProjectId, queue_id: QueueId, item_id: ItemId, status: ItemStatus, *, at_us: int
    ) -> QueueItem | None:
        """See `AnnotationItemStore.set_status`."""

        def work(connection: Connection) -> QueueItem | None:
            item = _find(connection, project_id, queue_id, item_id)
            return None if item is None else _keep(connection, project_id, item, changes.mark(item, status, at_us))

        return await self._database.write(work)

    async def claim(self, project_id: ProjectId, queue_id: QueueId, lock: ItemLock, *, at_us: int) -> QueueItem | None:
        """See `AnnotationItemStore.claim`."""
        pending = (_in_queue(project_id, queue_id), ITEM.c.status == ItemStatus.PENDING.value)
        held = select(ITEM).where(*pending, ITEM.c.lock_reviewer_id == lock.reviewer_id)
        free = select(ITEM).where(*pending, _is_free(at_us))

        def work(connection: Connection) -> QueueItem | None:
            item = _first(connection, held) or _first(connection, free)
            return None if item is None else _keep(connection, project_id, item, changes.take(item, lock))

        return await self._database.write(work)

    async def renew(
        self, project_id: ProjectId, queue_id: QueueId, item_id: ItemId, token: str, *, expires_us: int
    ) -> QueueItem:
        """See `AnnotationItemStore.renew`."""
        return await self._change(project_id, queue_id, item_id, lambda item: changes.renew(item, token, expires_us))

    async def release(
        self, project_id: ProjectId, queue_id: QueueId, item_id: ItemId, token: str, *, at_us: int, is_missing: bool
    ) -> QueueItem:
        """See `AnnotationItemStore.release`."""
        return await self._change(
            project_id, queue_id, item_id, lambda item: changes.release(item, token, at_us, is_missing=is_missing)
        )

    async def complete(
        self, project_id: ProjectId, queue_id: QueueId, item_id: ItemId, completion: Completion
    ) -> QueueItem:
        """See `AnnotationItemStore.complete`."""
        return await self._change(project_id, queue_id, item_id, lambda item: changes.complete(item, completion))

    async def list_undelivered(self, project_id: ProjectId, limit: int) -> Sequence[QueueItem]:
        """See `AnnotationItemStore.list_undelivered`."""
        waiting = and_(ITEM.c.project_id == project_id, ITEM.c.is_delivered == false())
        statement = select(ITEM).where(waiting).order_by(ITEM.c.id).limit(limit)
        return await self._database.read(lambda c: [to_item(row) for row in c.execute(statement).mappings()])

    async def mark_delivered(self, project_id: ProjectId, item_id: ItemId, token: str) -> None:
        """See `AnnotationItemStore.mark_delivered`."""

        def work(connection: Connection) -> None:
            for row in rows(connection, ITEM, ITEM.c.project_id == project_id, ITEM.c.id == item_id):
                item = to_item(row)
                _keep(connection, project_id, item, changes.deliver(item, token))

        await self._database.write(work)

    async def count(self, project_id: ProjectId, queue_id: QueueId, *, at_us: int) -> QueueProgress:
        """See `AnnotationItemStore.count`."""
        state = case(
            (ITEM.c.status == ItemStatus.COMPLETED.value, "completed"),
            (ITEM.c.lock_expires_us > at_us, "locked"),
            (ITEM.c.missing_us.is_not(None), "missing"),
            else_="pending",
        )
        reviewer = case(
            (ITEM.c.status == ItemStatus.COMPLETED.value, ITEM.c.completed_by),
            (ITEM.c.lock_expires_us > at_us, ITEM.c.lock_reviewer_id),
        )
        counted = select(state.label("state"), reviewer.label("reviewer")).where(_in_queue(project_id, queue_id))
        parts = counted.subquery()
        statement = select(parts.c.state, parts.c.reviewer, func.count()).group_by(parts.c.state, parts.c.reviewer)
        return await self._database.read(
            lambda c: changes.count_progress((row[0], row[1], row[2]) for row in c.execute(statement))
        )

    async def _change(
        self,
        project_id: ProjectId,
        queue_id: QueueId,
        item_id: ItemId,
        change: Callable[[QueueItem], QueueItem],
    ) -> QueueItem:
        def work(connection: Connection) -> QueueItem:
            item = _find(connection, project_id, queue_id, item_id)
            if item is None:
                raise changes.item_not_found()
            return _keep(connection, project_id, item, change(item))

        return await self._database.write(work)


def _in_queue(project_id: ProjectId, queue_id: QueueId) -> ColumnElement[bool]:
    return and_(ITEM.c.project_id == project_id, ITEM.c.queue_id == queue_id)


def _is_free(at_us: int) -> ColumnElement[bool]:
    unlocked = or_(ITEM.c.lock_expires_us.is_(None), ITEM.c.lock_expires_us <= at_us)
    there = or_(ITEM.c.missing_us.is_(None), ITEM.c.missing_us <= at_us - LOOK_AGAIN_US)
    return and_(unlocked, there)


def _find(connection: Connection, project_id: ProjectId, queue_id: QueueId, item_id: ItemId) -> QueueItem | None:
    found = rows(connection, ITEM, _in_queue(project_id, queue_id), ITEM.c.id == item_id)
    return to_item(found[0]) if found else None


def _first(connection: Connection, statement: Select[Any]) -> QueueItem | None:
    found = connection.execute(statement.order_by(ITEM.c.queued_us, ITEM.c.id).limit(1)).mappings().first()
    return None if found is None else to_item(found)


def _keep(connection: Connection, project_id: ProjectId, before: QueueItem, item: QueueItem) -> QueueItem:
    if item != before:
        values = from_item(project_id, item)
        del values["id"]
        connection.execute(update(ITEM).where(ITEM.c.id == item.id).values(values))
    return item


def _known_objects(connection: Connection, items: Sequence[QueueItem]) -> set[tuple[str, str]]:
    known: set[tuple[str, str]] = set()
    for start in range(0, len(items), _CHUNK):
        chunk = items[start : start + _CHUNK]
        same = ITEM.c.object_id.in_([item.object_id for item in chunk])
        statement = select(ITEM.c.object_type, ITEM.c.object_id).where(ITEM.c.queue_id == chunk[0].queue_id, same)
        known.update((row[0], row[1]) for row in connection.execute(statement))
    return known
