"""The plans of the measured reads on tables of some size, with their statistics: no table is scanned."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

import psycopg
import pytest

from bench.read_cases import reads
from bench.seed import BIG_SESSION, BIG_TRACE, DAY_US, END_US, PROJECT
from panope.adapters.postgres.dialect import PostgresDialect
from panope.adapters.postgres.session import PostgresSession, number_marks
from panope.adapters.relational.reader import RelationalReader
from panope.adapters.relational.session import Record, Session, Sql
from tests.support.engines import telemetry_database
from tests.unit.adapters.postgres.test_telemetry_plans import FILL, TRACES, VERSIONS

READS: Final = {read.name: read for read in reads()}
SORTED: Final = frozenset(
    {
        "traces of a user",
        "traces of a session",
        "traces with a tag",
        "traces by name",
        "traces of an environment",
        "traces with a score",
        "session of 20,000 traces, a page",
        "session of 20,000 traces, all of it",
        "week: by metadata key",
        "week: with a score",
        "week: by latency",
        "week: by cost",
        "week: by name, ascending",
        "week: observations of a rare type",
        "week: observations of a rare model",
        "week: observations of a rare name",
        "one trace of 1,000 observations",
        "cost by model by day, 30 days",
    }
)
"""Reads that may sort: the few rows of a value, the rows of a window, those of one trace."""
FOUND_BY: Final = {
    "newest traces": "trace_by_timestamp",
    "traces of a user": "trace_by_user",
    "traces of a session": "trace_by_session",
    "traces with a tag": "trace_tag_by_tag",
    "traces by name": "trace_by_name",
    "traces with a score": "score_by_name",
    "week: with a score": "score_by_name",
    "week: by metadata key": "trace_by_timestamp",
    "week: by latency": "trace_by_timestamp",
    "week: by cost": "trace_by_timestamp",
    "week: by name, ascending": "trace_by_timestamp",
    "latest observations": "observation_by_start",
    "observations of a common type": "observation_by_start",
    "observations of a common model": "observation_by_start",
    "observations of a common name": "observation_by_start",
    "week: observations of a rare model": "observation_by_start",
    "one trace of 1,000 observations": "observation_by_trace",
    "session of 20,000 traces, a page": "trace_by_session",
    "cost by model by day, 30 days": "bucket_difference_by_hour",
    "total: traces": "bucket_difference_by_hour",
    "total: traces of a user": "trace_by_user",
    "total: week": "trace_by_timestamp",
}
_BOUNDED: Final = [read.name for read in reads() if not read.is_unbounded]
Answer = TypeVar("Answer")


class _Explaining(PostgresSession):
    """Notes the steps of every plan."""

    def __init__(self, connection: psycopg.Connection[Any], steps: list[dict[str, Any]]) -> None:
        super().__init__(connection)
        self._steps = steps

    def execute(self, sql: str, params: Sequence[object] = ()) -> list[Record]:
        found = self._connection.execute(b"EXPLAIN (FORMAT JSON) " + number_marks(sql), params).fetchone()
        assert found is not None
        self._steps += _flatten(found[0][0]["Plan"])
        return super().execute(sql, params)

    def execute_all(self, statements: Sequence[Sql]) -> list[list[Record]]:
        return [self.execute(statement.text, statement.params) for statement in statements]


def _sorts(step: dict[str, Any]) -> bool:
    """Whether it puts a page in order, not the ids that belong to its rows, nor buckets on their way to a sum."""
    return "Sort" in step["Node Type"] and not {"trace_id", "bucket_difference"} & set(
        re.split(r"\W", step["Sort Key"][0])
    )


def _flatten(step: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield step
    for child in step.get("Plans", []):
        yield from _flatten(child)


@pytest.fixture(scope="module", params=VERSIONS)
def explained(request: pytest.FixtureRequest) -> Iterator[tuple[RelationalReader, list[dict[str, Any]]]]:
    """A reader of some thousands of rows, of which a few carry what is asked for, and the steps of its plans."""
    if request.param is None:
        pytest.skip("no Postgres")
    steps: list[dict[str, Any]] = []
    with psycopg.connect(telemetry_database(request, request.param), autocommit=True) as connection:
        connection.execute(FILL)  # type: ignore[arg-type]
        connection.execute(_ASKED_FOR)  # type: ignore[arg-type]
        connection.execute("SET default_statistics_target = 200")  # looks at every row: the same statistics each time
        connection.execute("VACUUM ANALYZE")
        connection.cursor_factory = psycopg.RawCursor

        async def run(read: Callable[[Session], Answer], *, is_bounded: bool = True) -> Answer:
            return read(_Explaining(connection, steps))

        yield _Reader(run, PostgresDialect()), steps


class _Reader(RelationalReader):
    async def check(self) -> None:
        """Always there."""

    async def close(self) -> None:
        """The fixture closes."""


_APART_US: Final = 100 * DAY_US // TRACES
_ASKED_FOR: Final = f"""
UPDATE project SET id = '{PROJECT}' WHERE number = 1;
UPDATE trace SET timestamp_us = {END_US} - ({TRACES} - key) * {_APART_US};
UPDATE observation SET start_us = {END_US} - ({TRACES} - key / 10) * {_APART_US} + key % 10, name = 'draft ' || key % 9,
    type = CASE WHEN key % 8 < 4 THEN 'GENERATION' ELSE 'SPAN' END, model = CASE WHEN key % 8 < 4 THEN 'gpt-4o' END;
UPDATE observation SET name = 'draft' WHERE key % 8 = 1;
UPDATE trace SET user_id = 'asked-for', name = 'asked-for', environment = 'asked-for' WHERE key % 200 = 0;
UPDATE trace SET session_id = '{BIG_SESSION}' WHERE key % 100 = 8;
UPDATE session SET id = '{BIG_SESSION}' WHERE project = 1 AND id = 'session 8';
UPDATE trace SET session_id = 'asked-for' WHERE key % 200 = 12;
UPDATE trace_tag SET tag = 'asked-for' WHERE tag = 'rare 8';
UPDATE score SET name = 'asked-for' WHERE key % 200 = 0;
UPDATE score SET name = 'asked-for-recently' WHERE key % 200 = 2;
UPDATE trace SET id = '{BIG_TRACE}' WHERE key = 4;
UPDATE observation SET trace_id = '{BIG_TRACE}' WHERE trace_id = 'trace-4';
"""


@pytest.mark.parametrize("name", _BOUNDED)
async def test_a_read_scans_no_table_and_sorts_only_what_is_stated(
    explained: tuple[RelationalReader, list[dict[str, Any]]], name: str
) -> None:
    reader, steps = explained
    steps.clear()
    await READS[name].ask(reader)  # type: ignore[arg-type]
    assert steps
    told = json.dumps(steps, indent=1)
    assert "Seq Scan" not in {step["Node Type"] for step in steps if step.get("Relation Name") != "project"}, told
    assert name in SORTED or not list(filter(_sorts, steps)), told
    if name in FOUND_BY:
        assert FOUND_BY[name] in {step.get("Index Name") for step in steps}, told
