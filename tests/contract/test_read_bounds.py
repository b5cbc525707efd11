"""`ReadBound`: what would take too much is refused with advice, and the reader answers the next question.

Postgres is bounded by time alone, so that it is asked something that takes long, where the others visit many rows.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from panope.adapters.sqlite import watch
from panope.domain.errors import TooBroadError
from panope.domain.scoring.aggregates import ScoreGrouping
from panope.ports.bounds import ReadBound
from panope.query.ast import ALWAYS, And, Condition, ListQuery, Node, Op, Sort
from tests.contract.world import PROJECT, STRANGER
from tests.support.batches import batch
from tests.support.engines import ENGINES, Engine, open_engine
from tests.support.told import minute, observation, score, trace

TRACES: Final = 400
NEWEST: Final = Sort("timestamp")
BOUND: Final = ReadBound(max_rows=100)
NOWHERE: Final = Condition("metadata", Op.EQ, "nowhere", key="team")
COUNTED: Final = [name for name in ENGINES if not name.startswith("postgres")]
BROAD: Final[dict[str, ListQuery]] = {
    "metadata that no trace has": ListQuery(where=NOWHERE, sort=NEWEST),
    "a sort over everything": ListQuery(sort=Sort("total_cost")),
    "a total over everything": ListQuery(where=NOWHERE, sort=NEWEST, limit=0, with_total=True),
}


@pytest.fixture(params=COUNTED)
async def bounded(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Engine]:
    """A store of more rows than a question may visit."""
    engine = await open_engine(request.param, request, tmp_path, BOUND)
    told = [trace(f"t{number}", number, metadata={"team": "zeus"}, user_id=f"u{number}") for number in range(TRACES)]
    told += [observation(f"o{number}", number, trace_id=f"t{number}") for number in range(TRACES)]
    told += [score(f"s{number}", number, trace_id=f"t{number}", name="q", number=1) for number in range(TRACES)]
    await engine.writer.apply(batch(PROJECT, told))
    await engine.writer.apply(batch(STRANGER, told[:3]))
    yield engine
    await engine.writer.close()
    await engine.reader.close()


@pytest.mark.parametrize("caption", BROAD)
async def test_a_broad_question_is_refused_and_the_next_one_answered(bounded: Engine, caption: str) -> None:
    for _ in range(9):
        with pytest.raises(TooBroadError, match="shorter range of time, or an exact filter") as refused:
            await bounded.reader.list_traces(PROJECT, BROAD[caption])
        assert refused.value.code == "query_too_broad"
    detail = await bounded.reader.get_trace(PROJECT, "t7")
    assert detail is not None
    assert [observed.row.id for observed in detail.observations] == ["o7"]


async def test_every_list_and_every_count_has_the_bound(bounded: Engine) -> None:
    by_type = ListQuery(where=Condition("type", Op.EQ, "TOOL"), sort=Sort("start_time"))
    with pytest.raises(TooBroadError):
        await bounded.reader.list_observations(PROJECT, by_type)
    by_comment = ListQuery(where=Condition("comment", Op.CONTAINS, "no"), sort=NEWEST)
    with pytest.raises(TooBroadError):
        await bounded.reader.list_scores(PROJECT, by_comment)
    with pytest.raises(TooBroadError):
        await bounded.reader.count_traces(PROJECT, NOWHERE)
    with pytest.raises(TooBroadError):
        await bounded.reader.tally_scores(PROJECT, ALWAYS, ScoreGrouping(), 10)


async def test_another_projects_rows_do_not_count_against_the_bound(bounded: Engine) -> None:
    page = await bounded.reader.list_traces(STRANGER, ListQuery(where=ALWAYS, sort=Sort("total_cost")))
    assert len(page.rows) == 3


async def test_a_comparison_of_whole_stores_has_no_bound(bounded: Engine) -> None:
    assert len((await bounded.reader.snapshot(PROJECT))["observations"]) == TRACES


@pytest.mark.parametrize("where", [ALWAYS, Condition("user_id", Op.EQ, "u8")])
async def test_sqlite_is_not_bounded_by_rows_that_an_index_passes_over(
    request: pytest.FixtureRequest, tmp_path: Path, where: Node
) -> None:
    engine = await open_engine("sqlite", request, tmp_path, BOUND)
    await engine.writer.apply(batch(PROJECT, [trace(f"t{n}", n, user_id=f"u{n % 99}") for n in range(TRACES)]))
    window = And((where, Condition("timestamp", Op.GE, minute(1))))
    assert (await engine.reader.list_traces(PROJECT, ListQuery(where=window, sort=NEWEST, limit=3))).rows
    await engine.writer.close()
    await engine.reader.close()


async def test_sqlite_refuses_what_takes_too_long(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "_STEPS_PER_TICK", 100)
    engine = await open_engine("sqlite", request, tmp_path, ReadBound(timeout_s=1e-9))
    told = [trace(f"t{number}", number, metadata={"team": "zeus"}, name="n") for number in range(300)]
    await engine.writer.apply(batch(PROJECT, told))
    for where in (NOWHERE, Condition("name", Op.CONTAINS, "nowhere")):
        with pytest.raises(TooBroadError):
            await engine.reader.count_traces(PROJECT, where)
    assert await engine.reader.get_trace(PROJECT, "t1") is not None
    await engine.writer.close()
    await engine.reader.close()
