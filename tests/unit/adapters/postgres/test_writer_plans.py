"""The writer's statements on tables of which the planner knows nothing yet: each finds its rows by what it asks for."""

import re
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import psycopg
import pytest

from panope.adapters.postgres import committer as committer_module
from panope.adapters.postgres.committer import PostgresCommitter
from panope.adapters.postgres.connection import plans as plans_module
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


@pytest.mark.parametrize("version", VERSIONS)
def test_plans_that_were_made_of_a_few_rows_do_not_stay(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, version: str | None
) -> None:
    if version is None:
        pytest.skip("no Postgres")
    url = telemetry_database(request, version)
    monkeypatch.setattr(plans_module, "_KEPT_S", 3_600)
    with closing(PostgresCommitter(url)) as committer, psycopg.connect(url, autocommit=True) as connection:
        for table in ("trace", "observation", "trace_payload", "observation_payload"):
            connection.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")  # type: ignore[arg-type]
        committer.commit([batch(PROJECT, [trace("t"), observation("o", trace_id="t")])])
        connection.execute("VACUUM ANALYZE")
        for number in range(12):  # some are needed until a plan serves all values
            committer.commit([batch(PROJECT, [trace(f"t{number}"), observation(f"o{number}", trace_id="t")])])
        many = [told for n in range(600) for told in (trace(f"m{n}"), observation(f"m{n}", trace_id=f"m{n}"))]
        committer.commit([batch(PROJECT, many)])
        assert re.search(r" Filter: .*id = ANY", _prepared_plans(committer)), "else there is nothing to mend"
        monkeypatch.setattr(plans_module, "_KEPT_S", 0)
        committer.commit([batch(PROJECT, [trace("last"), observation("last", trace_id="last")])])
        plans = _prepared_plans(committer)
    assert plans.count("Index Cond: ((id = ANY") == 2, plans
    assert not re.search(r" Filter: .*id = ANY", plans), plans


def _prepared_plans(committer: PostgresCommitter) -> str:
    """How rows and states are looked up by id."""
    connection = committer._connection
    assert connection is not None
    prepared = connection.execute(b"SELECT name, statement FROM pg_prepared_statements").fetchall()
    names = [name for name, statement in prepared if statement.startswith(("SELECT t.key", "SELECT o.key"))]
    assert len(names) == 2
    with connection.transaction():
        connection.execute(b"SET LOCAL enable_seqscan = off")
        plans = [connection.execute(f"EXPLAIN EXECUTE {name} (1, '{{x}}')".encode()).fetchall() for name in names]
    return "\n".join(line for plan in plans for (line,) in plan)


def _story() -> list[Any]:
    return [
        *(trace(f"trace-{number}", 1, session_id=f"session {number}", tags=["a"]) for number in range(8, 60, 2)),
        *(observation(f"trace-{number}-1", 1, trace_id=f"trace-{number}", end_time=9) for number in range(8, 60, 2)),
        observation("o1", 1, trace_id="trace-8"),
        score("score-8", 3, trace_id="trace-8", name="q", number=1),
        score("c1", 3, trace_id="trace-8", name="q", number=1),
    ]
