"""The plans of what the web app asks on SQLite: indexes lead to every row."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from panope.adapters.relational.payloads import AttributeSets, Reading
from panope.adapters.sqlite.connection import create_schema, open_writer
from panope.adapters.sqlite.dialect import SqliteDialect
from tests.unit.adapters.exploration_cases import CASES
from tests.unit.adapters.sqlite.explaining import Explaining


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Explaining]:
    """A store that has changed since the first place; the planner knows no statistics either way."""
    connection = open_writer(tmp_path / "telemetry.db")
    create_schema(connection)
    connection.execute("UPDATE change_sequence SET value = 9")
    yield Explaining(connection)
    connection.close()


@pytest.mark.parametrize("name", CASES)
def test_indexes_lead_to_every_row(session: Explaining, name: str) -> None:
    ask, indexes = CASES[name]
    ask(Reading(session, SqliteDialect(), 1, AttributeSets()))
    for index in indexes:
        assert [step for step in session.steps if f"INDEX {index} (project=?" in step], session.steps
    scanned = [step for step in session.steps if step.startswith("SCAN ")]
    assert {step.split()[1] for step in scanned} <= {"w", "x", "n", "change_sequence", "CONSTANT"}, session.steps
