"""Totals of lists without a filter, or by environment and type alone, are exact however the rows came and moved."""

import random
from typing import Any

import pytest

from panope.query.ast import ALWAYS, And, Condition, ListQuery, Node, Op, Sort
from tests.contract.world import EVENTS, PROJECT, STRANGER
from tests.support.batches import batch
from tests.support.engines import Engine
from tests.support.told import observation, trace

TYPES = ("SPAN", "GENERATION", "TOOL")
ENVIRONMENTS = ("production", "staging", "test")


def _is(field: str, *values: str) -> Condition:
    return Condition(field, Op.ANY_OF, values)


async def _totals(engine: Engine) -> dict[str, int | None]:
    """By caption, as lists tell them."""

    async def count(which: Any, sort: str, where: Node) -> int | None:
        total: int | None = (
            await which(PROJECT, ListQuery(where=where, sort=Sort(sort), limit=0, with_total=True))
        ).total
        return total

    traces, observations = engine.reader.list_traces, engine.reader.list_observations
    found = {
        "traces": await count(traces, "timestamp", ALWAYS),
        "observations": await count(observations, "start_time", ALWAYS),
    }
    for name in ENVIRONMENTS:
        found[f"traces in {name}"] = await count(traces, "timestamp", _is("environment", name))
        found[f"observations in {name}"] = await count(observations, "start_time", _is("environment", name))
    for name in TYPES:
        found[name] = await count(observations, "start_time", _is("type", name))
    both = And((_is("type", "SPAN", "TOOL"), _is("environment", "staging", "test")))
    found["both"] = await count(observations, "start_time", both)
    return found


async def _counted(engine: Engine) -> dict[str, int]:
    """The same, by looking at every row."""
    snapshot = await engine.reader.snapshot(PROJECT)
    traces, rows = snapshot["traces"], snapshot["observations"]
    found = {"traces": len(traces), "observations": len(rows)}
    for name in ENVIRONMENTS:
        found[f"traces in {name}"] = sum(row["environment"] == name for row in traces)
        found[f"observations in {name}"] = sum(row["environment"] == name for row in rows)
    for name in TYPES:
        found[name] = sum(row["type"] == name for row in rows)
    some = [row for row in rows if row["environment"] in ("staging", "test")]
    found["both"] = sum(row["type"] in ("SPAN", "TOOL") for row in some)
    return found


@pytest.mark.parametrize("seed", range(3))
async def test_totals_equal_the_rows_after_moves_repeats_and_deletions(engine: Engine, seed: int) -> None:
    chance = random.Random(seed)
    await engine.writer.apply(batch(STRANGER, EVENTS))
    for step in range(12):
        events = []
        for number in range(20):
            trace_id = f"t{chance.randrange(9)}"
            at = step * 100 + number
            told: dict[str, Any] = {"type": chance.choice(TYPES)}
            if chance.random() < 0.5:
                told["environment"] = chance.choice(ENVIRONMENTS)
            events.append(observation(f"o{chance.randrange(60)}", at, trace_id=trace_id, **told))
            if chance.random() < 0.2:
                events.append(trace(trace_id, at, environment=chance.choice(ENVIRONMENTS)))
        await engine.writer.apply(batch(PROJECT, events))
        if step % 4 == 3:
            await engine.writer.apply(batch(PROJECT, events))
            await engine.writer.delete_traces(PROJECT, [f"t{chance.randrange(9)}"], at_us=10**18)
        assert await _totals(engine) == await _counted(engine)
    await engine.writer.delete_traces(PROJECT, [f"t{number}" for number in range(9)], at_us=10**18)
    assert not any((await _totals(engine)).values())
