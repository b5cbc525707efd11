"""The plans of the reports that the benchmark measures: one search by time, one sort to group, nothing beyond."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final

import pytest

from bench.metrics import REPORTS, Report, query_of
from bench.seed import END_US, PROJECT
from panope.adapters.relational.session import Record
from panope.adapters.sqlite import reader as reader_module
from panope.adapters.sqlite.session import SqliteSession
from panope.adapters.sqlite.telemetry import SqliteTelemetry
from panope.query.ast import Condition, Op
from panope.query.metrics.ast import Aggregation, Metric, MetricsQuery, MetricsView
from tests.support.batches import batch
from tests.support.told import observation, score, trace

_GROUPED: Final = {"USE TEMP B-TREE FOR GROUP BY"}
_COUNTED: Final = {"CO-ROUTINE n", "SCAN n"}
"""The rows of a window that no bucket counts."""
_BUCKETS: Final = "SEARCH b USING PRIMARY KEY (project=? AND kind=? AND hour_us>? AND hour_us<?)"
BESIDES: Final = {
    "latency p95 of everything": set(),
    "traces by day, everything": _GROUPED | {"CO-ROUTINE b", "SCAN b"},  # summed by hour first: fewer rows to sort
    "users by day": _GROUPED | {"USE TEMP B-TREE FOR count(DISTINCT)"},
    "mean score by name and day": _GROUPED | _COUNTED,
}
PINNED: Final = {
    "of a user": (
        MetricsView.OBSERVATIONS,
        Condition("user_id", Op.EQ, "ann"),
        ["trace_by_user (project=? AND user_id=?)", "observation_by_trace (project=? AND trace_id=?"],
    ),
    "of a trace": (
        MetricsView.OBSERVATIONS,
        Condition("trace_id", Op.EQ, "t"),
        ["observation_by_trace (project=? AND trace_id=? AND start_us>? AND start_us<?)"],
    ),
    "of an experiment": (
        MetricsView.OBSERVATIONS,
        Condition("experiment_id", Op.EQ, "run"),
        ["observation_experiment_by_run (project=? AND experiment_id=?", "SEARCH o USING INTEGER PRIMARY KEY"],
    ),
    "of a name": (
        MetricsView.TRACES,
        Condition("name", Op.EQ, "n"),
        ["trace_by_name (project=? AND name=? AND timestamp_us>? AND timestamp_us<?)"],
    ),
    "scores of a name": (
        MetricsView.SCORES_NUMERIC,
        Condition("name", Op.EQ, "q"),
        ["score_by_name (project=? AND name=? AND timestamp_us>? AND timestamp_us<?)"],
    ),
}


class _Explaining(SqliteSession):
    """Notes the plan of every statement."""

    steps: list[str]

    def execute(self, sql: str, params: Sequence[object] = ()) -> list[Record]:
        self.steps += [row[3] for row in self._connection.execute(f"EXPLAIN QUERY PLAN {sql}", params).fetchall()]
        return super().execute(sql, params)


@pytest.fixture
async def explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SqliteTelemetry]:
    """A store with a little in it, whose readers note their plans."""
    telemetry = SqliteTelemetry.open(tmp_path / "telemetry.db", reader_threads=1)
    told = [
        trace("t", timestamp=END_US - 1, name="n", user_id="ann"),
        observation("o", trace_id="t", start_time=END_US - 1),
        score("s", trace_id="t", name="q", number=1, timestamp=END_US - 1),
    ]
    await telemetry.writer.apply(batch(PROJECT, told))
    monkeypatch.setattr(_Explaining, "steps", [], raising=False)
    monkeypatch.setattr(reader_module, "SqliteReadSession", _Explaining)
    yield telemetry
    await telemetry.close()


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
async def test_a_report_searches_by_time_and_sorts_once(explained: SqliteTelemetry, report: Report) -> None:
    await explained.metrics.run(PROJECT, query_of(report, 100_000))
    steps = _Explaining.steps
    assert {step for step in steps if not step.startswith("SEARCH")} == BESIDES.get(report.name, _GROUPED), steps
    if report.columns is None:
        assert _BUCKETS in steps, steps
    else:
        assert [step for step in steps if "_us>? AND" in step and " b " not in step], steps


@pytest.mark.parametrize("caption", PINNED)
async def test_what_a_condition_pins_is_found_by_its_index(explained: SqliteTelemetry, caption: str) -> None:
    view, where, indexes = PINNED[caption]
    metrics = (Metric("value" if view is MetricsView.SCORES_NUMERIC else "latency", Aggregation.P95),)
    query = MetricsQuery(view=view, metrics=metrics, where=where, from_us=0, until_us=END_US)
    assert len(await explained.metrics.run(PROJECT, query)) == 1
    for index in indexes:
        assert [step for step in _Explaining.steps if index in step], _Explaining.steps
