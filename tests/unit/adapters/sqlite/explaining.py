"""A session that tells how SQLite goes about what it is asked."""

from collections.abc import Sequence
from typing import Any

from panope.adapters.relational.session import Record
from panope.adapters.sqlite.session import SqliteSession


class Explaining(SqliteSession):
    """Notes the plan of every statement."""

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self.steps: list[str] = []

    def execute(self, sql: str, params: Sequence[object] = ()) -> list[Record]:
        self.steps += [row[3] for row in self._connection.execute(f"EXPLAIN QUERY PLAN {sql}", params).fetchall()]
        return super().execute(sql, params)
