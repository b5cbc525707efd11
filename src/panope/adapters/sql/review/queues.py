"""Annotation queues and their assignments in SQL."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, and_, delete, false, func, insert, select, update

from panope.adapters.sql import tables
from panope.adapters.sql.accounts import exists, require, rows
from panope.adapters.sql.database import CatalogDatabase
from panope.adapters.sql.review.tables import ASSIGNMENT, ITEM, QUEUE, from_queue, to_queue
from panope.domain.ids import ProjectId, UserId
from panope.domain.review import changes
from panope.domain.review.queues import AnnotationQueue, QueueId


class SqlAnnotationQueueStore:
    """Implements `AnnotationQueueStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def create(self, project_id: ProjectId, queue: AnnotationQueue) -> None:
        """See `AnnotationQueueStore.create`."""

        def work(connection: Connection) -> None:
            if exists(connection, QUEUE.c.id == queue.id):
                raise changes.queue_taken()
            require(connection, tables.project, project_id, "project")
            _require_free_name(connection, project_id, queue)
            connection.execute(insert(QUEUE).values(from_queue(project_id, queue)))

        await self._database.write(work)

    async def get(self, project_id: ProjectId, queue_id: QueueId) -> AnnotationQueue | None:
        """See `AnnotationQueueStore.get`."""
        found = await self._database.read(lambda c: rows(c, QUEUE, one_queue(project_id, queue_id)))
        return to_queue(found[0]) if found else None

    async def list(self, project_id: ProjectId, *, limit: int, offset: int) -> tuple[Sequence[AnnotationQueue], int]:
        """See `AnnotationQueueStore.list`."""
        owned = QUEUE.c.project_id == project_id
        page = select(QUEUE).where(owned).order_by(QUEUE.c.created_us.desc(), QUEUE.c.id.desc())
        page = page.limit(limit).offset(offset)
        count = select(func.count()).select_from(QUEUE).where(owned)

        def work(connection: Connection) -> tuple[Sequence[AnnotationQueue], int]:
            return [to_queue(row) for row in connection.execute(page).mappings()], connection.scalar(count) or 0

        return await self._database.read(work)

    async def update(
        self, project_id: ProjectId, queue_id: QueueId, change: Callable[[AnnotationQueue], AnnotationQueue]
    ) -> AnnotationQueue | None:
        """See `AnnotationQueueStore.update`."""

        def work(connection: Connection) -> AnnotationQueue | None:
            found = rows(connection, QUEUE, one_queue(project_id, queue_id))
            if not found:
                return None
            before = to_queue(found[0])
            queue = replace(change(before), id=before.id, created_us=before.created_us)
            _require_free_name(connection, project_id, queue)
            values = from_queue(project_id, queue)
            connection.execute(update(QUEUE).where(one_queue(project_id, queue_id)).values(values))
            return queue

        return await self._database.write(work)

    async def delete(self, project_id: ProjectId, queue_id: QueueId) -> bool:
        """See `AnnotationQueueStore.delete`."""

        def work(connection: Connection) -> bool:
            owned = (ITEM.c.project_id == project_id) & (ITEM.c.queue_id == queue_id)
            if exists(connection, owned & (ITEM.c.is_delivered == false())):
                raise changes.undelivered()
            return connection.execute(delete(QUEUE).where(one_queue(project_id, queue_id))).rowcount > 0

        return await self._database.write(work)

    async def assign(self, project_id: ProjectId, queue_id: QueueId, user_id: UserId) -> None:
        """See `AnnotationQueueStore.assign`."""

        def work(connection: Connection) -> None:
            require_queue(connection, project_id, queue_id)
            require(connection, tables.user, user_id, "user")
            if not exists(connection, _assignment(queue_id, user_id)):
                connection.execute(insert(ASSIGNMENT).values(queue_id=queue_id, user_id=user_id))

        await self._database.write(work)

    async def unassign(self, project_id: ProjectId, queue_id: QueueId, user_id: UserId) -> bool:
        """See `AnnotationQueueStore.unassign`."""

        def work(connection: Connection) -> bool:
            require_queue(connection, project_id, queue_id)
            return connection.execute(delete(ASSIGNMENT).where(_assignment(queue_id, user_id))).rowcount > 0

        return await self._database.write(work)

    async def list_assigned(self, project_id: ProjectId, queue_id: QueueId) -> Sequence[UserId]:
        """See `AnnotationQueueStore.list_assigned`."""
        statement = (
            select(ASSIGNMENT.c.user_id)
            .join(QUEUE, QUEUE.c.id == ASSIGNMENT.c.queue_id)
            .where(one_queue(project_id, queue_id))
            .order_by(ASSIGNMENT.c.user_id)
        )
        return await self._database.read(lambda c: [UserId(user_id) for user_id in c.scalars(statement)])


def one_queue(project_id: ProjectId, queue_id: QueueId) -> ColumnElement[bool]:
    """Match the one queue of a project that has this id."""
    return and_(QUEUE.c.project_id == project_id, QUEUE.c.id == queue_id)


def require_queue(connection: Connection, project_id: ProjectId, queue_id: QueueId) -> AnnotationQueue:
    """Return the queue; raise `NotFoundError` when the project has none of this id."""
    found = rows(connection, QUEUE, one_queue(project_id, queue_id))
    if not found:
        raise changes.queue_not_found()
    return to_queue(found[0])


def _assignment(queue_id: QueueId, user_id: UserId) -> ColumnElement[bool]:
    return and_(ASSIGNMENT.c.queue_id == queue_id, ASSIGNMENT.c.user_id == user_id)


def _require_free_name(connection: Connection, project_id: ProjectId, queue: AnnotationQueue) -> None:
    same = (QUEUE.c.project_id == project_id) & (QUEUE.c.name == queue.name) & (QUEUE.c.id != queue.id)
    if exists(connection, same):
        raise changes.queue_name_taken()
