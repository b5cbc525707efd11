"""The plans of what the web app asks on SQLite: indexes lead to every row."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from panope.adapters.relational.payloads import AttributeSets, Reading
from panope.adapters.relational.session import Record
from panope.adapters.sqlite.connection import create_schema, open_writer
from panope.adapters.sqlite.dialect import SqliteDialect
from panope.adapters.sqlite.session import SqliteSession
from tests.unit.adapters.exploration_cases import CASES


class _Explaining(SqliteSession):
    """Notes the plan of every statement."""

    def __init__(self, connection: object) -> None:
        super().__init__(connection)  # type: ignore[arg-type]  # as the driver calls it, of which there are two
        self.steps: list[str] = []

    def execute(self, sql: str, params: Sequence[object] = ()) -> list[Record]:
        self.steps += [row[3] for row in self._connection.execute(f"EXPLAIN QUERY PLAN {sql}", params).fetchall()]
        return super().execute(sql, params)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[_Explaining]:
    """A store that has changed since the first place; the planner knows no statistics either way."""
    connection = open_writer(tmp_path / "telemetry.db")
    create_schema(connection)
    connection.execute("UPDATE change_sequence SET value = 9")
    yield _Explaining(connection)
    connection.close()


@pytest.mark.parametrize("name", CASES)
def test_indexes_lead_to_every_row(session: _Explaining, name: str) -> None:
    ask, indexes = CASES[name]
    ask(Reading(session, SqliteDialect(), 1, AttributeSets()))
    for index in indexes:
        assert [step for step in session.steps if f"INDEX {index} (project=?" in step], session.steps
    scanned = [step for step in session.steps if step.startswith("SCAN ")]
    assert {step.split()[1] for step in scanned} <= {"w", "x", "n", "change_sequence", "CONSTANT"}, session.steps
