"""The plans of the questions about links to experiments on SQLite: an index answers each, and pages are not sorted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from panope.adapters.relational.payloads import AttributeSets, Reading
from panope.adapters.relational.reports.experiments import list_links, summarize_links
from panope.adapters.sqlite.connection import create_schema, open_writer
from panope.adapters.sqlite.dialect import SqliteDialect
from tests.unit.adapters.link_cases import LISTS, SUMMARIES
from tests.unit.adapters.sqlite.explaining import Explaining


@pytest.fixture
def explained(tmp_path: Path) -> Iterator[tuple[Reading, Explaining]]:
    """An empty store, as the planner knows no statistics either way."""
    connection = open_writer(tmp_path / "telemetry.db")
    create_schema(connection)
    session = Explaining(connection)
    yield Reading(session, SqliteDialect(), 1, AttributeSets()), session
    connection.close()


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_found_by_its_index(explained: tuple[Reading, Explaining], name: str) -> None:
    reading, session = explained
    kind, where, page, index = LISTS[name]
    list_links(reading, kind, where, page)
    assert [step for step in session.steps if f"SEARCH x USING INDEX {index} (project=?" in step], session.steps
    is_sorted = page is None and len(session.steps) > 1
    assert [step for step in session.steps if "TEMP B-TREE FOR ORDER BY" in step] == [] or is_sorted, session.steps


@pytest.mark.parametrize("name", SUMMARIES)
def test_a_summary_is_found_by_its_index(explained: tuple[Reading, Explaining], name: str) -> None:
    reading, session = explained
    kind, where, index = SUMMARIES[name]
    summarize_links(reading, kind, where)
    assert [step for step in session.steps if f"SEARCH x USING INDEX {index} (project=?" in step], session.steps
