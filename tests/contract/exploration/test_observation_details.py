"""Units and cost by type of usage, and tools: every engine reads them from the packed detail alike."""

from typing import Final

import pytest

from panope.ports.exploration import Asked, ValueCount
from panope.query.ast import ALWAYS, Condition, ListQuery, Node, Not, Op, Some, Sort
from panope.query.fields import View
from tests.contract.world import PROJECT
from tests.support.batches import batch
from tests.support.engines import Engine
from tests.support.told import minute, observation, trace

OFFER: Final = '{"tools":[{"name":"b"},{"name":"a"}]}'
CALL: Final = '{"tool_calls":[{"name":"a"},{"name":"a"},{"name":"ü \\"q\\""}]}'
TOLD: Final = [
    trace("t1", 0, timestamp=minute(0), session_id="s"),
    trace("t2", 0, timestamp=minute(1), session_id="s"),
    observation(
        "o1",
        0,
        trace_id="t1",
        type="GENERATION",
        usage={"input": 5, "cached": 3, 'odd "k": é': 1, "total": 9},
        cost={"input": 10**12, "cached": 2, "total": 10**12 + 2},
        input=OFFER,
        output=CALL,
    ),
    observation(
        "o2",
        1,
        trace_id="t1",
        type="GENERATION",
        usage={"cached": 4, "total": 4},
        input='{"tools":[{"name":"a"}]}',
        model_parameters={"stop": "\n", "big": 2**62},
    ),
    observation("o3", 2, trace_id="t2", type="GENERATION", usage={"cached": 0, "total": 0}),
    observation("o4", 3, trace_id="t3", type="TOOL", input=OFFER, output=CALL),
]


def of_key(field: str, key: str, op: Op, value: float | None) -> Condition:
    return Condition(field, op, value, key)


CASES: Final[list[tuple[View, Node, list[str]]]] = [
    (View.OBSERVATIONS, of_key("usage", "cached", Op.GE, 3), ["o1", "o2"]),
    (View.OBSERVATIONS, of_key("usage", "cached", Op.EQ, 0), ["o3"]),
    (View.OBSERVATIONS, of_key("usage", "cached", Op.IS_NULL, None), ["o4"]),
    (View.OBSERVATIONS, of_key("usage", 'odd "k": é', Op.IS_NOT_NULL, None), ["o1"]),
    (View.OBSERVATIONS, of_key("cost", "cached", Op.LT, 2.5), ["o1"]),
    (View.TRACES, of_key("usage", "cached", Op.EQ, 7), ["t1"]),
    (View.TRACES, of_key("usage", "cached", Op.LE, 0), ["t2"]),
    (View.TRACES, of_key("usage", "cached", Op.IS_NULL, None), ["t3"]),
    (View.TRACES, of_key("cost", "total", Op.GT, 10**12), ["t1"]),
    (View.SESSIONS, of_key("usage", "cached", Op.EQ, 7), ["s"]),
    (View.SESSIONS, of_key("usage", "none", Op.IS_NOT_NULL, None), []),
    (View.OBSERVATIONS, Condition("tools_available", Op.ANY_OF, ("b", "c")), ["o1"]),
    (View.OBSERVATIONS, Condition("tools_available", Op.ALL_OF, ("a", "b")), ["o1"]),
    (View.OBSERVATIONS, Condition("tools_available", Op.NONE_OF, ("b",)), ["o2", "o3", "o4"]),
    (View.OBSERVATIONS, Condition("tools_available", Op.IS_NOT_NULL), ["o1", "o2"]),
    (View.OBSERVATIONS, Condition("tools_called", Op.ANY_OF, ('ü "q"',)), ["o1"]),
    (View.OBSERVATIONS, Condition("tools_called", Op.ANY_OF, ()), []),
    (View.OBSERVATIONS, Condition("tool_call_count", Op.EQ, 3), ["o1"]),
    (View.OBSERVATIONS, Condition("tool_call_count", Op.EQ, 0), ["o2", "o3", "o4"]),
    (View.OBSERVATIONS, Condition("tool_definition_count", Op.GE, 1), ["o1", "o2"]),
    (View.TRACES, Some(Condition("tools_called", Op.ANY_OF, ("a",))), ["t1"]),
    (View.TRACES, Not(Some(Condition("tool_definition_count", Op.GT, 0))), ["t2", "t3"]),
    (View.SESSIONS, Some(Some(Condition("tools_available", Op.ANY_OF, ("b",)))), ["s"]),
]


@pytest.fixture
async def told(engine: Engine) -> Engine:
    await engine.writer.apply(batch(PROJECT, TOLD))
    return engine


async def test_rows_are_found_by_it(told: Engine) -> None:
    for view, where, expected in CASES:
        page = await getattr(told.reader, f"list_{view}")(PROJECT, ListQuery(where=where, sort=Sort("id"), limit=9))
        assert sorted(getattr(row, "row", row).id for row in page.rows) == expected, (view, where)


async def test_a_row_tells_it(told: Engine) -> None:
    found = await told.reader.get_observation(PROJECT, "o1")
    assert found is not None
    assert found.row.detail.tools_available == ["a", "b"]
    assert found.row.detail.tools_called == ["a", "a", 'ü "q"']
    assert found.row.detail.usage == {"input": 5, "cached": 3, 'odd "k": é': 1, "total": 9}
    other = await told.reader.get_observation(PROJECT, "o2")
    assert other is not None
    assert other.row.detail.model_parameters == {"stop": "\n", "big": 2**62}


async def test_its_values_are_counted_once_for_a_row(told: Engine) -> None:
    async def count(view: View, asked: Asked) -> list[ValueCount]:
        return await told.reader.count_values(PROJECT, view, ALWAYS, asked, newest=99, limit=9)

    assert await count(View.OBSERVATIONS, Asked("tools_called")) == [ValueCount("a", 1), ValueCount('ü "q"', 1)]
    offered = [ValueCount("a", 2), ValueCount("b", 1)]
    assert await count(View.OBSERVATIONS, Asked("tools_available")) == offered
    assert await count(View.TRACES, Asked("tools_available", of_parts=True)) == [ValueCount("a", 1), ValueCount("b", 1)]
    cached = [ValueCount(number, 1) for number in (0, 3, 4)]
    assert await count(View.OBSERVATIONS, Asked("usage", "cached")) == cached
    assert await count(View.TRACES, Asked("usage", "cached")) == [ValueCount(number, 1) for number in (0, 7)]
