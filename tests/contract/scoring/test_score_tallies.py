"""The contract of `tally_scores`: every engine counts the same, over any filter."""

import random
from typing import Final

import msgspec
import pytest

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.errors import TooBroadError
from panope.domain.scoring.aggregates import GroupField, ScoreGrouping, ScoreTally, TimeBucket, sum_up
from panope.query.ast import ALWAYS, Node
from panope.query.fields import View
from tests.contract.queries import QUERIES
from tests.contract.world import EVENTS, PROJECT, STRANGER
from tests.support.batches import batch
from tests.support.engines import Engine
from tests.support.told import score, trace

LIMIT: Final = 1_000
WHERES: Final = {caption: query.where for caption, (view, query, _) in QUERIES.items() if view is View.SCORES}
ALL_FIELDS: Final = tuple(GroupField)
GROUPINGS: Final = [
    ScoreGrouping(),
    ScoreGrouping(fields=()),
    ScoreGrouping(ALL_FIELDS, TimeBucket.HOUR),
    ScoreGrouping((GroupField.SOURCE, GroupField.CONFIG_ID), TimeBucket.MONTH),
]


def ordered(tallies: list[ScoreTally]) -> list[bytes]:
    return sorted(msgspec.json.encode(tally) for tally in tallies)


async def test_each_value_is_counted_in_its_group(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, EVENTS))
    await engine.writer.apply(batch(STRANGER, EVENTS[-3:]))
    tallies = await engine.reader.tally_scores(PROJECT, ALWAYS, ScoreGrouping(), LIMIT)
    assert sorted((tally.group, tally.data_type, tally.value, tally.label, tally.count) for tally in tallies) == [
        (("late",), "NUMERIC", 0.1, None, 1),
        (("ok",), "BOOLEAN", 1.0, None, 1),
        (("output",), "CORRECTION", None, None, 1),
        (("quality",), "NUMERIC", 0.5, None, 1),
        (("quality",), "NUMERIC", 0.9, None, 1),
        (("quality",), "NUMERIC", 1.0, None, 1),
        (("tone",), "CATEGORICAL", None, "friendly", 1),
    ]
    assert {tally.start_us for tally in tallies} == {None}


async def test_an_unknown_project_has_no_scores(engine: Engine) -> None:
    assert await engine.reader.tally_scores(PROJECT, ALWAYS, ScoreGrouping(), LIMIT) == []


@pytest.mark.parametrize("grouping", GROUPINGS)
async def test_every_filter_counts_what_the_list_lists(engine: Engine, grouping: ScoreGrouping) -> None:
    reference = MemoryTelemetry()
    for store in (reference, engine.writer):
        await store.apply(batch(PROJECT, EVENTS))
    for caption, where in WHERES.items():
        tallies = await engine.reader.tally_scores(PROJECT, where, grouping, LIMIT)
        expected = QUERIES[caption][2]
        assert sum(tally.count for tally in tallies) == len(expected), caption
        assert ordered(tallies) == ordered(await reference.tally_scores(PROJECT, where, grouping, LIMIT)), caption


async def test_more_values_than_the_limit_are_too_broad(engine: Engine) -> None:
    told = [score(f"s{number}", 0, trace_id="t", name="n", number=number / 8) for number in range(40)]
    await engine.writer.apply(batch(PROJECT, told))
    assert len(await engine.reader.tally_scores(PROJECT, ALWAYS, ScoreGrouping(), 40)) == 40
    with pytest.raises(TooBroadError):
        await engine.reader.tally_scores(PROJECT, ALWAYS, ScoreGrouping(), 39)


async def test_many_scores_of_all_kinds_sum_up_to_the_same_to_the_last_bit(engine: Engine) -> None:
    draw = random.Random(7)
    told = [trace(f"t{number}", number, session_id=f"s{number % 3}", user_id="u") for number in range(5)]
    for number in range(600):
        kind = draw.choice(["NUMERIC", "BOOLEAN", "CATEGORICAL", "TEXT"])
        value = {"number": draw.choice([0.1, -0.0, 0.0, 1e-300, 1e300, draw.random(), draw.gauss(0, 1e9)])}
        if kind == "BOOLEAN":
            value = {"number": draw.choice([0.0, 1.0])}
        elif kind != "NUMERIC":
            value = {"text": draw.choice(["good", "Good", "güt 🙂", "a" * 400])}  # type: ignore[dict-item]  # a text
        source = draw.choice(["API", "EVAL", "ANNOTATION"])
        at = draw.uniform(0, 60 * 24 * 90)
        trace_id = f"t{draw.randrange(6)}"
        told.append(
            score(f"c{number}", at, name=draw.choice("ab"), data_type=kind, source=source, trace_id=trace_id, **value)
        )
    reference = MemoryTelemetry()
    for store in (reference, engine.writer):
        await store.apply(batch(PROJECT, told))
    wheres: list[Node] = [ALWAYS, WHERES["score by session of the trace"], WHERES["score source"]]
    for where in wheres:
        for bucket in (None, *TimeBucket):
            grouping = ScoreGrouping(ALL_FIELDS, bucket)
            found = [
                sum_up(await store.tally_scores(PROJECT, where, grouping, LIMIT), bucket, [])
                for store in (reference, engine.reader)
            ]
            assert found[0] == found[1]
