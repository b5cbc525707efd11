"""The plans of the reads that the benchmark measures: what is walked, what is sorted, and nothing beyond."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final

import pytest

from bench.read_cases import Read, reads
from bench.seed import BIG_SESSION, BIG_TRACE, DAY_US, END_US, PROJECT
from panope.adapters.relational import listing
from panope.adapters.relational.session import Record
from panope.adapters.sqlite import reader as reader_module
from panope.adapters.sqlite.session import SqliteSession
from panope.adapters.sqlite.telemetry import SqliteTelemetry
from tests.support.batches import batch
from tests.support.told import observation, score, trace

READS: Final = {read.name: read for read in reads()}
_ORDER: Final = "USE TEMP B-TREE FOR ORDER BY"
_PROBE: Final = ("CO-ROUTINE n", "SCAN n")
"""The first few scores of a name are counted."""
_BY_SCORES: Final = (*_PROBE, "CO-ROUTINE d", "SCAN d", "USE TEMP B-TREE FOR DISTINCT")
"""The traces of these few scores are looked up."""
MORE: Final[dict[str, tuple[str, ...]]] = {
    "traces with a score": (*_BY_SCORES, _ORDER),
    "week: with a score": (*_BY_SCORES, _ORDER),
    "total: traces with a score": _BY_SCORES,
    "total: week, with a score": _BY_SCORES,
    "week: by latency": (_ORDER,),
    "week: by cost": (_ORDER,),
    "week: by name, ascending": (_ORDER,),
    "cost by model by day, 30 days": ("USE TEMP B-TREE FOR GROUP BY",),
    "all history: by latency": (_ORDER,),
    "all history: by cost": (_ORDER,),
}
"""What a read does besides searching by an index in the order of the answer."""
SEARCHES: Final = {
    "newest traces": "trace_by_timestamp (project=?)",
    "traces of a user": "trace_by_user (project=? AND user_id=?)",
    "traces of a session": "trace_by_session (project=? AND session_id=?)",
    "traces with a tag": "PRIMARY KEY (project=? AND tag=?)",
    "traces by name": "trace_by_name (project=? AND name=?)",
    "traces of an environment": "trace_by_environment (project=? AND environment=?)",
    "traces with a score": "score_by_name (project=? AND name=?)",
    "week: by metadata key": "trace_by_timestamp (project=? AND timestamp_us>?)",
    "week: by latency": "trace_by_timestamp (project=? AND timestamp_us>?)",
    "week: by cost": "trace_by_timestamp (project=? AND timestamp_us>?)",
    "latest observations": "observation_by_start (project=?)",
    "week: observations of a rare model": "observation_by_start (project=? AND start_us>?)",
    "one trace of 1,000 observations": "observation_by_trace (project=? AND trace_id=?)",
    "session of 20,000 traces, a page": "trace_by_session (project=? AND session_id=?)",
    "cost by model by day, 30 days": "PRIMARY KEY (project=? AND kind=? AND hour_us>? AND hour_us<?)",
    "total: traces": "PRIMARY KEY (project=? AND kind=? AND hour_us=?)",
    "total: traces of an environment": "PRIMARY KEY (project=? AND kind=? AND hour_us=? AND environment=?)",
    "total: traces of a user": "trace_by_user (project=? AND user_id=?)",
    "total: traces with a tag": "SEARCH g USING PRIMARY KEY (project=? AND tag=?)",
    "total: week": "trace_by_timestamp (project=? AND timestamp_us>?)",
}


class _Explaining(SqliteSession):
    """Notes the plan of every statement."""

    steps: list[str]

    def execute(self, sql: str, params: Sequence[object] = ()) -> list[Record]:
        self.steps += [row[3] for row in self._connection.execute(f"EXPLAIN QUERY PLAN {sql}", params).fetchall()]
        return super().execute(sql, params)


@pytest.fixture
async def explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SqliteTelemetry]:
    """A store with one trace of each kind that is asked for, whose reader notes its plans."""
    telemetry = SqliteTelemetry.open(tmp_path / "telemetry.db", reader_threads=1)
    when = {"timestamp": END_US - DAY_US, "session_id": BIG_SESSION}
    told = {"user_id": "asked-for", "name": "asked-for", "tags": ["asked-for"], **when}
    metadata = {"customer": "asked-for", "campaign": "asked-for"}
    names = ("asked-for", "asked-for-recently")
    await telemetry.writer.apply(
        batch(
            PROJECT,
            [
                trace(BIG_TRACE, metadata=metadata, **told),
                observation("o", trace_id=BIG_TRACE, start_time=END_US - DAY_US, model="asked-for-recently"),
                *[score(f"s-{name}", trace_id=BIG_TRACE, name=name, number=1) for name in names],
            ],
        )
    )
    monkeypatch.setattr(_Explaining, "steps", [], raising=False)
    monkeypatch.setattr(reader_module, "SqliteReadSession", _Explaining)
    yield telemetry
    await telemetry.close()


def _beyond_searching(steps: Sequence[str]) -> set[str]:
    """Scans and sorts; `SCAN x` without what it scans by."""
    found = {step for step in steps if "TEMP B-TREE" in step or "CO-ROUTINE" in step or "MATERIALIZE" in step}
    found |= {" ".join(step.split()[:2]) for step in steps if step.startswith("SCAN")}
    return {step.replace("LAST TERM OF ", "").replace("RIGHT PART OF ", "") for step in found}


@pytest.mark.parametrize("name", READS)
async def test_a_read_scans_and_sorts_only_what_is_stated(explained: SqliteTelemetry, name: str) -> None:
    await READS[name].ask(explained.reader)
    steps = _Explaining.steps
    assert len(steps) > 1
    assert _beyond_searching(steps) == set(MORE.get(name, ())), steps
    if name in SEARCHES:
        assert [step for step in steps if SEARCHES[name] in step], steps


@pytest.mark.parametrize("name", ["traces with a score", "week: with a score"])
async def test_where_many_have_a_score_its_traces_come_in_order(
    explained: SqliteTelemetry, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_PROBED", 0)
    await READS[name].ask(explained.reader)
    assert _beyond_searching(_Explaining.steps) == set(_PROBE), _Explaining.steps
    assert [step for step in _Explaining.steps if "trace_by_timestamp (project=?" in step]


async def test_the_entries_of_a_tag_are_counted_without_their_traces(explained: SqliteTelemetry) -> None:
    await READS["total: traces with a tag"].ask(explained.reader)
    assert not [step for step in _Explaining.steps if " t " in f"{step} "], _Explaining.steps


def test_what_is_stated_of_a_read_is_of_one_that_is_measured() -> None:
    assert {*MORE, *SEARCHES} <= set(READS)
    assert [type(read) for read in READS.values()] == [Read] * len(reads())
