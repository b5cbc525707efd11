"""The plans of indexing texts and of searching through the index on SQLite: by key, whatever else is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from panope.adapters.relational.payloads import AttributeSets, Reading
from panope.adapters.relational.text.building import Patience, plan_step
from panope.adapters.relational.text.candidates import find_candidates
from panope.adapters.sqlite.connection import create_schema, open_writer
from panope.adapters.sqlite.dialect import SqliteDialect
from panope.query.fields import View
from panope.query.text.lower import search
from tests.unit.adapters.sqlite.explaining import Explaining


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Explaining]:
    """A store whose history waits to be indexed."""
    connection = open_writer(tmp_path / "telemetry.db")
    create_schema(connection)
    connection.execute("INSERT INTO text_index (project, lease_us) VALUES (1, 0)")
    connection.execute(
        "INSERT INTO text_change (project, source, first_key, last_key, is_gone, noted_us) "
        "VALUES (1, 'observation', 0, 9, 0, 0), (1, 'trace', 0, 9, 0, 0)"
    )
    yield Explaining(connection)
    connection.close()


def test_what_waits_is_read_by_key(session: Explaining) -> None:
    plan_step(session, SqliteDialect(), 1, Patience(settled_us=0))
    assert "SEARCH r USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)" in session.steps
    assert not [step for step in session.steps if "SEARCH r USING" in step and "INTEGER PRIMARY KEY" not in step]


def test_what_went_is_looked_for_by_key(session: Explaining) -> None:
    session.execute("UPDATE text_change SET is_gone = 1")
    plan_step(session, SqliteDialect(), 1, Patience(purge_us=0))
    assert "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)" in session.steps
    assert not [step for step in session.steps if "SEARCH r USING" in step and "INTEGER PRIMARY KEY" not in step]


def test_what_changed_since_it_was_indexed_is_found_by_key(session: Explaining) -> None:
    find_candidates(
        Reading(session, SqliteDialect(), 1, AttributeSets()), View.OBSERVATIONS, search(View.OBSERVATIONS, "no")
    )
    assert "SEARCH r USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)" in session.steps
    assert not [step for step in session.steps if "SEARCH r USING" in step and "INTEGER PRIMARY KEY" not in step]
