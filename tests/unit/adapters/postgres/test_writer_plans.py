"""The writer's statements on tables of which the planner knows nothing yet: each finds its rows by what it asks for."""

from collections.abc import Sequence
from typing import Any

import psycopg
import pytest

from panope.adapters.postgres import committer as committer_module
from panope.adapters.postgres.session import PostgresSession
from panope.adapters.postgres.telemetry import PostgresTelemetry
from panope.adapters.relational.session import Record, Sql
from panope.domain.ids import ProjectId
from tests.support.batches import batch
from tests.support.engines import telemetry_database
from tests.support.told import observation, score, trace
from tests.unit.adapters.postgres.test_telemetry_plans import FILL, VERSIONS, Plan

PROJECT = ProjectId("p")
LISTS = {
    "trace_by_timestamp",
    "trace_by_environment",
    "trace_by_name",
    "trace_by_user",
    "observation_by_start",
    "score_by_timestamp",
    "score_by_name",
    "session_by_created",
}
"""Indexes that walk a project."""


class Watched(PostgresSession):
    """Asks for the plan of every statement that it runs."""

    plans: dict[str, Plan]

    def execute(self, sql: str, params: Sequence[object] = ()) -> list[Record]:
        self.flush()
        self._explain(sql, params)
        return super().execute(sql, params)

    def flush(self) -> None:
        for sql, params in self._waiting:
            self._explain(sql, params)
        super().flush()

    def _explain(self, sql: str, params: Sequence[object]) -> None:
        self.plans[sql] = Plan(self._connection, Sql(sql, tuple(params)))


@pytest.mark.parametrize("version", VERSIONS)
async def test_no_statement_of_the_writer_walks_a_project_that_looks_empty(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, version: str | None
) -> None:
    if version is None:
        pytest.skip("no Postgres")
    url = telemetry_database(request, version)
    with psycopg.connect(url, autocommit=True) as connection:
        for table in ("trace", "observation", "score", "session"):
            connection.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")  # type: ignore[arg-type]
        connection.execute(FILL)  # type: ignore[arg-type]
    plans: dict[str, Plan] = {}
    monkeypatch.setattr(Watched, "plans", plans, raising=False)
    monkeypatch.setattr(committer_module, "PostgresSession", Watched)
    telemetry = PostgresTelemetry(url)
    await telemetry.writer.apply(batch(PROJECT, _story()))
    moved = [
        observation("o1", -1, trace_id="trace-4"),
        trace("trace-8", 9, is_update=True, session_id="other", tags=["b"]),
    ]
    await telemetry.writer.apply(batch(PROJECT, moved))
    await telemetry.writer.delete_traces(PROJECT, ["trace-8", "trace-10"], at_us=5)
    await telemetry.writer.delete_scores(PROJECT, ["score-12"], at_us=5)
    await telemetry.writer.apply(batch(PROJECT, _story()))
    await telemetry.close()
    assert {sql.split()[0] for sql in plans} == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert len(plans) > 30, "the story reaches most statements"
    for sql, plan in plans.items():
        assert not plan.indexes() & LISTS, (sql, plan.text)
        assert "Seq Scan" not in plan.kinds(), (sql, plan.text)
        assert not [step for step in plan.steps if "Index Name" in step and "Index Cond" not in step], (sql, plan.text)


def _story() -> list[Any]:
    return [
        *(trace(f"trace-{number}", 1, session_id=f"session {number}", tags=["a"]) for number in range(8, 60, 2)),
        *(observation(f"trace-{number}-1", 1, trace_id=f"trace-{number}", end_time=9) for number in range(8, 60, 2)),
        observation("o1", 1, trace_id="trace-8"),
        score("score-8", 3, trace_id="trace-8", name="q", number=1),
        score("c1", 3, trace_id="trace-8", name="q", number=1),
    ]
