"""Feedback in SQL."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, Column, Connection, ForeignKey, Table, Text, delete, insert, select

from panope.adapters.sql import tables
from panope.adapters.sql.accounts import exists, require
from panope.adapters.sql.database import CatalogDatabase
from panope.domain.errors import ConflictError
from panope.domain.feedback.message import Feedback
from panope.domain.ids import ProjectId
from panope.ports.feedback import GivenFeedback

_TABLE: Final = Table(
    "catalog_feedback",
    tables.metadata,
    Column("project_id", Text, ForeignKey("catalog_project.id"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("target_type", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("feedback", Text, nullable=False),
    Column("goal", Text),
    Column("reference_url", Text),
    Column("created_us", BigInteger, nullable=False),
)
_NEWEST_FIRST: Final = (_TABLE.c.created_us.desc(), _TABLE.c.project_id.desc(), _TABLE.c.id.desc())


class SqlFeedbackStore:
    """Implements `FeedbackStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def add(self, project_id: ProjectId, feedback: Feedback, *, most: int) -> None:
        """See `FeedbackStore.add`."""
        is_own = _TABLE.c.project_id == project_id

        def work(connection: Connection) -> None:
            require(connection, tables.project, project_id, "project")
            if exists(connection, is_own & (_TABLE.c.id == feedback.id)):
                raise ConflictError("The project has feedback of this id already", code="feedback_taken")
            connection.execute(insert(_TABLE).values({"project_id": project_id, **msgspec.structs.asdict(feedback)}))
            newest = select(_TABLE.c.id).where(is_own).order_by(*_NEWEST_FIRST).limit(most)
            connection.execute(delete(_TABLE).where(is_own, _TABLE.c.id.not_in(newest)))

        await self._database.write(work)

    async def list(self, project_id: ProjectId | None, limit: int) -> Sequence[GivenFeedback]:
        """See `FeedbackStore.list`."""
        statement = select(_TABLE).order_by(*_NEWEST_FIRST).limit(limit)
        if project_id is not None:
            statement = statement.where(_TABLE.c.project_id == project_id)
        return await self._database.read(lambda c: [_to_feedback(row) for row in c.execute(statement).mappings()])


def _to_feedback(row: Mapping[Any, Any]) -> GivenFeedback:
    values = dict(row)
    return GivenFeedback(values.pop("project_id"), Feedback(**values))
