"""Comments in SQL."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from panope.adapters.sql import tables
from panope.adapters.sql.accounts import exists, require
from panope.adapters.sql.database import CatalogDatabase
from panope.adapters.sql.review.remarks import counted, said
from panope.domain.errors import ConflictError
from panope.domain.ids import ProjectId
from panope.domain.review.comments import Comment, CommentFilter, CommentId, CommentObjectType
from panope.query.ast import Condition

TABLE: Final = Table(
    "catalog_comment",
    tables.metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, ForeignKey("catalog_project.id"), nullable=False),
    Column("object_type", Text, nullable=False),
    Column("object_id", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("author_user_id", Text),
    Column("created_us", BigInteger, nullable=False),
    Column("updated_us", BigInteger, nullable=False),
)
_MAX_IDS: Final = 500
"""Of one statement."""


class SqlCommentStore:
    """Implements `CommentStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def add(self, project_id: ProjectId, comment: Comment) -> None:
        """See `CommentStore.add`."""

        def work(connection: Connection) -> None:
            if exists(connection, TABLE.c.id == comment.id):
                raise ConflictError("A comment with this id exists already", code="comment_taken")
            require(connection, tables.project, project_id, "project")
            values = msgspec.structs.asdict(comment)
            values |= {"project_id": project_id, "object_type": comment.object_type.value}
            connection.execute(insert(TABLE).values(values))

        await self._database.write(work)

    async def get(self, project_id: ProjectId, comment_id: CommentId) -> Comment | None:
        """See `CommentStore.get`."""
        statement = select(TABLE).where(TABLE.c.project_id == project_id, TABLE.c.id == comment_id)
        return await self._database.read(
            lambda c: next((_to_comment(row) for row in c.execute(statement).mappings()), None)
        )

    async def list(
        self, project_id: ProjectId, where: CommentFilter, *, limit: int, offset: int
    ) -> tuple[Sequence[Comment], int]:
        """See `CommentStore.list`."""
        conditions = [TABLE.c.project_id == project_id, *_conditions(where)]
        page = (
            select(TABLE)
            .where(*conditions)
            .order_by(TABLE.c.created_us.desc(), TABLE.c.id.desc())
            .limit(limit)
            .offset(offset)
        )
        count = select(func.count()).select_from(TABLE).where(*conditions)

        def work(connection: Connection) -> tuple[Sequence[Comment], int]:
            found = [_to_comment(row) for row in connection.execute(page).mappings()]
            return found, connection.scalar(count) or 0

        return await self._database.read(work)

    async def count_by_object(
        self, project_id: ProjectId, object_type: CommentObjectType, object_ids: Sequence[str]
    ) -> Mapping[str, int]:
        """See `CommentStore.count_by_object`."""

        def work(connection: Connection) -> dict[str, int]:
            counts: dict[str, int] = {}
            for start in range(0, len(object_ids), _MAX_IDS):
                named = TABLE.c.object_id.in_(object_ids[start : start + _MAX_IDS])
                statement = (
                    select(TABLE.c.object_id, func.count())
                    .where(TABLE.c.project_id == project_id, TABLE.c.object_type == object_type.value, named)
                    .group_by(TABLE.c.object_id)
                )
                counts.update((row[0], row[1]) for row in connection.execute(statement))
            return counts

        return await self._database.read(work)

    async def find_objects(
        self, project_id: ProjectId, object_type: CommentObjectType, condition: Condition, limit: int
    ) -> Sequence[str]:
        """See `CommentStore.find_objects`."""
        statement = (
            select(TABLE.c.object_id)
            .where(TABLE.c.project_id == project_id, TABLE.c.object_type == object_type.value)
            .group_by(TABLE.c.object_id)
            .limit(limit)
        )
        if condition.field == "comment":
            statement = statement.where(said(TABLE.c.content, condition))
        else:
            statement = statement.having(counted(condition))
        return await self._database.read(lambda c: list(c.scalars(statement)))

    async def change(self, project_id: ProjectId, comment_id: CommentId, content: str, at_us: int) -> Comment | None:
        """See `CommentStore.change`."""
        statement = (
            update(TABLE)
            .where(TABLE.c.project_id == project_id, TABLE.c.id == comment_id)
            .values(content=content, updated_us=at_us)
            .returning(TABLE)
        )
        return await self._database.write(
            lambda c: next((_to_comment(row) for row in c.execute(statement).mappings()), None)
        )

    async def delete(self, project_id: ProjectId, comment_id: CommentId) -> bool:
        """See `CommentStore.delete`."""
        statement = delete(TABLE).where(TABLE.c.project_id == project_id, TABLE.c.id == comment_id)
        return await self._database.write(lambda c: c.execute(statement).rowcount > 0)


def _conditions(where: CommentFilter) -> list[ColumnElement[bool]]:
    asked = msgspec.to_builtins(where)
    return [TABLE.c[name] == value for name, value in asked.items() if value is not None]


def _to_comment(row: Any) -> Comment:
    values = dict(row)
    del values["project_id"]
    values["object_type"] = CommentObjectType(values["object_type"])
    return Comment(**values)
