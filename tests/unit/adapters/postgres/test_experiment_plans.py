"""The plans of the questions about links to experiments on Postgres: an index answers each, pages unsorted."""

import json
from collections.abc import Iterator
from typing import Any, Final

import psycopg
import pytest

from panope.adapters.postgres.dialect import PostgresDialect
from panope.adapters.relational.payloads import AttributeSets, Reading
from panope.adapters.relational.reports.experiments import list_links, summarize_links
from tests.support.engines import telemetry_database
from tests.unit.adapters.link_cases import LISTS, SUMMARIES
from tests.unit.adapters.postgres.test_read_plans import _Explaining
from tests.unit.adapters.postgres.test_telemetry_plans import VERSIONS

_COLUMNS: Final = (
    "key, project, id, trace_id, experiment_id, experiment_name, dataset_id, item_id, is_item_root, start_us, end_us, "
    "created_us"
)
_FILL: Final = f"""
INSERT INTO observation_experiment ({_COLUMNS})
SELECT n, 1 + n % 2, 'observation-' || n, 'trace-' || n, 'run ' || n % 20, 'name ' || n % 500, 'dataset ' || n % 50,
    'item ' || n % 1000, CASE WHEN n % 4 = 3 THEN 1 ELSE 0 END, n::bigint * 1000000, n::bigint * 1000000, n
FROM generate_series(1, 10000) AS n;
INSERT INTO trace_experiment ({_COLUMNS})
SELECT n, 1 + n % 2, 'trace-' || n, 'trace-' || n, NULL, 'name ' || n % 500, NULL, 'item ' || n % 1000, 1,
    n::bigint * 1000000, n::bigint * 1000000, n
FROM generate_series(1, 10000) AS n;
"""


@pytest.fixture(scope="module", params=VERSIONS)
def explained(request: pytest.FixtureRequest) -> Iterator[tuple[Reading, list[dict[str, Any]]]]:
    """Some thousands of links of two projects, with statistics, and the steps of the plans."""
    if request.param is None:
        pytest.skip("no Postgres")
    steps: list[dict[str, Any]] = []
    with psycopg.connect(telemetry_database(request, request.param), autocommit=True) as connection:
        connection.execute(_FILL)  # type: ignore[arg-type]
        connection.execute("VACUUM ANALYZE")
        connection.cursor_factory = psycopg.RawCursor
        yield Reading(_Explaining(connection, steps), PostgresDialect(), 2, AttributeSets()), steps


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_found_by_its_index(explained: tuple[Reading, list[dict[str, Any]]], name: str) -> None:
    reading, steps = explained
    steps.clear()
    kind, where, page, index = LISTS[name]
    list_links(reading, kind, where, page)
    told = json.dumps(steps, indent=1)
    assert index in {step.get("Index Name") for step in steps}, told
    assert page is None or not [step for step in steps if "Sort" in step["Node Type"]], told


@pytest.mark.parametrize("name", SUMMARIES)
def test_a_summary_is_found_by_its_index(explained: tuple[Reading, list[dict[str, Any]]], name: str) -> None:
    reading, steps = explained
    steps.clear()
    kind, where, index = SUMMARIES[name]
    summarize_links(reading, kind, where)
    assert index in {step.get("Index Name") for step in steps}, json.dumps(steps, indent=1)
