"""The plans of sums of scores: the filter is answered by an index, and nothing but the groups is sorted."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from panope.adapters.relational.session import Record
from panope.adapters.sqlite import reader as reader_module
from panope.adapters.sqlite.session import SqliteSession
from panope.adapters.sqlite.telemetry import SqliteTelemetry
from panope.domain.ids import ProjectId
from panope.domain.scoring.aggregates import GroupField, ScoreGrouping, TimeBucket
from panope.query.ast import ALWAYS, Condition, Node, Op
from tests.support.batches import batch
from tests.support.told import minute, score, trace

PROJECT: Final = ProjectId("project")
_GROUPS: Final = "USE TEMP B-TREE FOR GROUP BY"
INDEXES: Final[list[tuple[Node, str]]] = [
    (ALWAYS, "SEARCH s USING INDEX"),
    (Condition("name", Op.EQ, "quality"), "score_by_name (project=? AND name=?)"),
    (Condition("trace_id", Op.EQ, "t"), "score_by_trace (project=? AND trace_id=?)"),
    (Condition("session_id", Op.EQ, "s"), "session_id=?)"),
    (Condition("user_id", Op.EQ, "ann"), "trace_by_user (project=? AND user_id=?)"),
    (Condition("trace_session_id", Op.EQ, "s"), "trace_by_session (project=? AND session_id=?)"),
    (Condition("timestamp", Op.GE, minute(0)), "score_by_timestamp (project=? AND timestamp_us>?)"),
]


class _Explaining(SqliteSession):
    """Notes the plan of every statement."""

    steps: list[str]

    def execute(self, sql: str, params: Sequence[object] = ()) -> list[Record]:
        self.steps += [row[3] for row in self._connection.execute(f"EXPLAIN QUERY PLAN {sql}", params).fetchall()]
        return super().execute(sql, params)


@pytest.mark.parametrize(("where", "index"), INDEXES)
async def test_a_sum_walks_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: Node, index: str) -> None:
    telemetry = SqliteTelemetry.open(tmp_path / "telemetry.db", reader_threads=1)
    told = [trace("t", user_id="ann", session_id="s"), score("x", trace_id="t", name="quality", number=1)]
    await telemetry.writer.apply(batch(PROJECT, told))
    monkeypatch.setattr(_Explaining, "steps", [], raising=False)
    monkeypatch.setattr(reader_module, "SqliteReadSession", _Explaining)
    grouping = ScoreGrouping((GroupField.NAME, GroupField.SOURCE), TimeBucket.DAY)
    await telemetry.reader.tally_scores(PROJECT, where, grouping, 10)
    await telemetry.close()
    assert [step for step in _Explaining.steps if index in step], _Explaining.steps
    assert _GROUPS in _Explaining.steps
    assert not [step for step in _Explaining.steps if step.startswith(("SCAN s", "SCAN t"))]
