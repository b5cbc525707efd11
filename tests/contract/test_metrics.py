"""`MetricsReader`: what is added up, over which rows, how exactly, and how much one question may be."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest

from panope.domain.errors import InvalidError, TooBroadError
from panope.domain.ids import ProjectId
from panope.domain.rollups import DAY_US
from panope.ports.bounds import ReadBound
from panope.query.ast import Condition, Op
from panope.query.metrics.arrange import MetricsRow, arrange
from panope.query.metrics.ast import TIME, Aggregation, Granularity, Metric, MetricsQuery, MetricsView, Order
from tests.contract.world import EVENTS, PROJECT, STRANGER
from tests.support.batches import batch
from tests.support.engines import ENGINES, Engine, open_engine
from tests.support.told import NOON_US, minute, observation, score, trace

HOUR: Final = 60


def metric(name: str) -> Metric:
    """Read `sum total_cost`."""
    how, what = name.split()
    return Metric(what, Aggregation(how))


def query(view: str, *metrics: str, by: str = "", **rest: Any) -> MetricsQuery:
    """A query over all of the world unless it says otherwise."""
    told: dict[str, Any] = {"from_us": minute(-HOUR), "until_us": minute(3 * HOUR), **rest}
    return MetricsQuery(
        view=MetricsView(view), metrics=tuple(map(metric, metrics)), dimensions=tuple(by.split()), **told
    )


async def ask(engine: Engine, asked: MetricsQuery, project: ProjectId = PROJECT) -> list[tuple[Any, ...]]:
    """Rows as plain tuples, asked of the reader with time buckets and of the one without, which must agree."""
    rows = arrange(asked, await engine.metrics.run(project, asked))
    assert rows == arrange(asked, await engine.row_metrics.run(project, asked))
    return [plain(row) for row in rows]


def plain(row: MetricsRow) -> tuple[Any, ...]:
    """Dimensions, step, values."""
    return (*row.dimensions, *([] if row.time_us is None else [row.time_us]), *row.values)


@pytest.fixture
async def told(engine: Engine) -> Engine:
    """The world, and some of it in another project."""
    await engine.writer.apply(batch(PROJECT, EVENTS))
    await engine.writer.apply(batch(STRANGER, EVENTS[:4]))
    return engine


WORKED: Final[dict[str, tuple[MetricsQuery, list[tuple[Any, ...]]]]] = {
    "observations by model": (
        query("observations", "sum total_cost", "count count", "sum total_tokens", by="provided_model_name"),
        [("gpt-4o", 200_000_000, 1, 50), ("house-model", 0, 1, 7), (None, 0, 4, 0)],
    ),
    "an unpriced call takes no part in a mean of costs": (
        query("observations", "avg total_cost", "count total_cost", "min total_cost"),
        [(200_000_000.0, 1, 200_000_000)],
    ),
    "traces by name, empty and missing being one": (
        query("traces", "count count", by="name", order=(Order("name"),)),
        [("Answer%_", 1), ("answer", 2), ("tie", 1), ("zähler", 1), (None, 3)],
    ),
    "a name that is asked for": (
        query("traces", "count count", where=Condition("name", Op.EQ, "answer")),
        [(2,)],
    ),
    "a name that is missing": (
        query("traces", "count count", where=Condition("name", Op.IS_NULL)),
        [(3,)],
    ),
    "whole lists of tags": (
        query("traces", "count count", by="tags"),
        [((), 5), (("blue", "red"), 1), (("green", "red"), 1), (("red",), 1)],
    ),
    "users, of whom an empty one is none": (query("traces", "uniq unique_user_ids"), [(2,)]),
    "users of observations": (query("observations", "uniq unique_user_ids", "uniq trace_id"), [(2, 5)]),
    "latency quantiles of traces": (
        query("traces", "p50 latency", "max latency", where=Condition("name", Op.EQ, "answer")),
        [(30_000_000.0, 60_000_000)],
    ),
    "observations of a trace and its scores": (
        query("traces", "sum observations_count", "sum scores_count", by="id", order=(Order("id"),), limit=2),
        [("o5", 1, 0), ("t1", 2, 3)],
    ),
    "scores of observations": (query("observations", "sum count_scores"), [(1,)]),
    "numeric scores, boolean ones among them": (
        query("scores-numeric", "avg value", "count count", by="name", order=(Order("name"),)),
        [("late", 0.1, 1), ("ok", 1.0, 1), ("quality", pytest.approx(0.8), 3)],
    ),
    "boolean scores": (query("scores-boolean", "sum value", by="boolean_value"), [(True, 1.0)]),
    "categorical scores by what the trace says": (
        query("scores-categorical", "count count", by="string_value user_id trace_name"),
        [("friendly", "bob", "answer", 1)],
    ),
    "scores by what their observation says": (
        query("scores-numeric", "count count", by="observation_model_name observation_prompt_name"),
        [(None, None, 4), ("gpt-4o", "greeting", 1)],
    ),
    "the session of a score or of its trace": (
        query("scores-numeric", "count count", by="session_id", order=(Order("session_id"),)),
        [("s-a", 3), ("s-b", 1), (None, 1)],
    ),
    "speed of tokens": (
        query("observations", "max tokens_per_second", "max output_tokens_per_second", "sum streaming_latency"),
        [(pytest.approx(7 / 6), pytest.approx(10 / 30), 30_000_000)],
    ),
    "usage by type": (
        query("observations", "sum usage_by_type", "count count", by="usage_type", order=(Order("usage_type"),)),
        [("input", 47, 2), ("output", 10, 1), ("total", 57, 2)],
    ),
    "metadata": (query("traces", "count count", where=Condition("metadata", Op.EQ, "zeus", "team")), [(1,)]),
    "a window that begins and ends within hours": (
        query("observations", "count count", from_us=minute(1), until_us=minute(7)),
        [(3,)],
    ),
    "a window without anything": (
        query("observations", "count count", "sum total_cost", "p95 latency", from_us=0, until_us=1),
        [(0, 0, None)],
    ),
    "groups of a window without anything": (
        query("observations", "count count", by="type", from_us=0, until_us=1),
        [],
    ),
    "a histogram": (
        query("observations", "histogram latency", bins=2),
        [([(6_000_000, 33_000_000.0, 2.0), (33_000_000.0, 60_000_000, 1.0)],)],
    ),
    "steps without gaps": (
        query("traces", "count count", granularity=Granularity.DAY, from_us=minute(0) - 2 * DAY_US),
        [((NOON_US // DAY_US - days) * DAY_US, count) for days, count in ((2, 0), (1, 0), (0, 8))],
    ),
    "steps in an order of their own have gaps": (
        query("traces", "count count", granularity=Granularity.MINUTE, order=(Order(TIME, descending=True),), limit=2),
        [(minute(7) // 60_000_000 * 60_000_000, 1), (minute(6) // 60_000_000 * 60_000_000, 1)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("caption", WORKED)
async def test_worked_examples(told: Engine, caption: str) -> None:
    asked, expected = WORKED[caption]
    assert await ask(told, asked) == expected


def run(experiment: str, name: str, **rest: Any) -> dict[str, Any]:
    """What an observation says of its experiment."""
    return {"trace_id": "te", "experiment": {"id": experiment, "name": name, "item": {"id": "i"}, **rest}}


IN_EXPERIMENTS: Final = [
    observation("e1", 1, start_time=minute(1), cost={"total": 5}, **run("one", "v1", dataset={"id": "d"})),
    observation("e2", 2, start_time=minute(2), cost={"total": 7}, **run("one", "v1", dataset={"id": "d"})),
    observation("e3", 3, start_time=minute(3), **run("two", "v2")),
    observation("e4", 4, start_time=minute(4), trace_id="te", experiment={"id": "three"}),
    observation("e5", 5, start_time=minute(5), trace_id="te"),
    trace("te", user_id="ann"),
]
BY_EXPERIMENT: Final[dict[str, tuple[MetricsQuery, list[tuple[Any, ...]]]]] = {
    "observations by experiment, those in none together": (
        query(
            "observations", "count count", "sum total_cost", by="experiment_id experiment_name experiment_dataset_id"
        ),
        [(None, None, None, 2, 0), ("one", "v1", "d", 2, 12), ("two", "v2", None, 1, 0)],
    ),
    "an experiment that is asked for": (
        query("observations", "count count", "sum total_cost", where=Condition("experiment_id", Op.EQ, "one")),
        [(2, 12)],
    ),
    "an experiment that is asked for, by dataset and user": (
        query(
            "observations",
            "count count",
            by="experiment_dataset_id user_id",
            where=Condition("experiment_id", Op.EQ, "two"),
        ),
        [(None, "ann", 1)],
    ),
    "experiments of a user": (
        query("observations", "count count", by="experiment_name", where=Condition("user_id", Op.EQ, "ann")),
        [("v1", 2), (None, 2), ("v2", 1)],
    ),
    "a name": (query("observations", "count count", where=Condition("experiment_name", Op.STARTS_WITH, "v")), [(3,)]),
    "a dataset": (query("observations", "count count", where=Condition("experiment_dataset_id", Op.NE, "d")), [(3,)]),
    "in none": (query("observations", "count count", where=Condition("experiment_id", Op.IS_NULL)), [(2,)]),
}


@pytest.mark.parametrize("caption", BY_EXPERIMENT)
async def test_observations_by_experiment(engine: Engine, caption: str) -> None:
    await engine.writer.apply(batch(PROJECT, IN_EXPERIMENTS))
    await engine.writer.apply(batch(STRANGER, IN_EXPERIMENTS))
    asked, expected = BY_EXPERIMENT[caption]
    found = await ask(engine, asked)
    assert sorted(found, key=str) == sorted(expected, key=str)


async def test_another_project_is_not_counted(told: Engine) -> None:
    assert await ask(told, query("traces", "count count"), STRANGER) == [(4,)]
    assert await ask(told, query("traces", "count count"), ProjectId("nobody")) == [(0,)]
    assert await ask(told, query("traces", "count count", by="name"), ProjectId("nobody")) == []


async def test_sums_are_exact_beyond_64_bits(engine: Engine) -> None:
    dear = {"cost": {"total": 10**18 - 1}, "usage": {"total": 10**15}, "type": "GENERATION", "model": "m"}
    told = [observation(f"o{number}", number / 100, trace_id="t", name="x", **dear) for number in range(12)]
    for event in told[:8]:
        await engine.writer.apply(batch(PROJECT, [event]))
    rows = await engine.row_metrics.run(PROJECT, query("observations", "sum total_cost", "sum total_tokens", by="name"))
    assert [plain(row) for row in rows] == [("x", 8 * (10**18 - 1), 8 * 10**15)]
    assert await ask(engine, query("observations", "sum total_cost", by="type")) == [("GENERATION", 8 * (10**18 - 1))]
    later = [
        observation(f"p{number}", 2 * HOUR + number / 100, trace_id="later", name="x", **dear) for number in range(8)
    ]
    await engine.writer.apply(batch(PROJECT, later))
    assert await ask(engine, query("observations", "sum total_cost", by="type")) == [("GENERATION", 16 * (10**18 - 1))]
    latencies = [
        observation(f"l{number}", number, trace_id="u", end_time=minute(number) + 10**18, name="y")
        for number in range(12)
    ]
    await engine.writer.apply(batch(PROJECT, latencies))
    asked = query("observations", "sum latency", by="name", where=Condition("name", Op.EQ, "y"))
    assert await ask(engine, asked) == [("y", 12 * 10**18)]


async def test_numbers_too_large_to_be_added_up_are_refused_and_have_quantiles(engine: Engine) -> None:
    told = [score(f"s{number}", number, name="huge", number=1.7e308, trace_id="t") for number in range(3)]
    await engine.writer.apply(batch(PROJECT, told))
    for how in ("sum", "avg"):
        with pytest.raises(InvalidError) as refused:
            await engine.metrics.run(PROJECT, query("scores-numeric", f"{how} value"))
        assert refused.value.code == "sum_too_large"
    assert await ask(engine, query("scores-numeric", "p95 value", "max value")) == [(1.7e308, 1.7e308)]


async def test_quantiles_of_many_values_are_those_of_all_of_them(engine: Engine) -> None:
    lengths = [(number * 7919) % 5_003 for number in range(3_000)]
    told = [
        observation(f"o{number}", 0, trace_id="t", start_time=NOON_US, end_time=NOON_US + length)
        for number, length in enumerate(lengths)
    ]
    await engine.writer.apply(batch(PROJECT, told))
    lengths.sort()
    [row] = await engine.metrics.run(PROJECT, query("observations", "p50 latency", "p99 latency", "min latency"))
    middle = (lengths[1_499] + lengths[1_500]) / 2
    place = 2_999 * 99
    low, part = divmod(place, 100)
    assert row.values == (middle, lengths[low] + (lengths[low + 1] - lengths[low]) * part / 100, lengths[0])


async def test_what_moves_or_goes_is_counted_where_it_is(engine: Engine) -> None:
    asked = query("observations", "count count", "sum total_cost", by="environment type provided_model_name")
    told = {"type": "GENERATION", "model": "a", "cost": {"total": 5}, "usage": {"input": 1, "total": 1}}
    await engine.writer.apply(batch(PROJECT, [observation("o", 1, trace_id="t", start_time=minute(1), **told)]))
    assert await ask(engine, asked) == [("default", "GENERATION", "a", 1, 5)]
    await engine.writer.apply(batch(PROJECT, [observation("o", 2, is_update=True, model="b", cost={"total": 7})]))
    assert await ask(engine, asked) == [("default", "GENERATION", "b", 1, 7)]
    await engine.writer.delete_traces(PROJECT, ["t"], at_us=10**18)
    assert await ask(engine, asked) == []
    assert await ask(engine, query("traces", "count count")) == [(0,)]


@pytest.fixture(params=[name for name in ENGINES if name != "memory"])
async def bounded(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Engine]:
    """A store of more rows than a question may visit."""
    engine = await open_engine(request.param, request, tmp_path, ReadBound(max_rows=100))
    events = [trace(f"t{number}", number / 10, name="n", user_id=f"u{number % 50}") for number in range(200)]
    events += [observation(f"o{number}", number / 10, trace_id=f"t{number}", name="n") for number in range(200)]
    events += [score(f"s{number}", number / 10, trace_id=f"t{number}", name="q", number=1) for number in range(200)]
    await engine.writer.apply(batch(PROJECT, events))
    yield engine
    for part in (engine.writer, engine.reader, engine.metrics, engine.row_metrics):
        await part.close()


BROAD: Final = {
    "traces": query("traces", "p95 latency"),
    "observations": query("observations", "sum latency"),
    "observations by name": query("observations", "count count", by="name"),
    "scores": query("scores-numeric", "avg value"),
    "usage by type": query("observations", "sum usage_by_type", by="usage_type"),
}


@pytest.mark.parametrize("caption", BROAD)
async def test_a_question_over_too_many_rows_is_refused_with_a_window_that_is_not(
    bounded: Engine, caption: str
) -> None:
    with pytest.raises(TooBroadError, match=r"ask from 2025-10-09T\d\d:\d\d:\d\dZ on") as refused:
        await bounded.metrics.run(PROJECT, BROAD[caption])
    assert refused.value.code == "query_too_broad"
    assert await bounded.metrics.run(PROJECT, query("traces", "count count"))


async def test_what_the_time_buckets_answer_has_no_bound(bounded: Engine) -> None:
    [row] = await bounded.metrics.run(PROJECT, query("observations", "count count", "sum total_cost", by="type"))
    assert row.values == (200, 0)


async def test_an_experiment_may_be_asked_about_all_of_time_and_a_name_of_one_may_not(bounded: Engine) -> None:
    of_run, of_name = (Condition(name, Op.EQ, "none") for name in ("experiment_id", "experiment_name"))
    assert await ask(bounded, query("observations", "count count", "sum latency", where=of_run)) == [(0, 0)]
    with pytest.raises(TooBroadError):
        await ask(bounded, query("observations", "count count", where=of_name))


async def test_a_user_of_whom_there_is_little_may_be_asked_about_all_of_time(bounded: Engine) -> None:
    of_user = Condition("user_id", Op.EQ, "u7")
    [row] = await bounded.metrics.run(PROJECT, query("observations", "count count", "p95 latency", where=of_user))
    assert row.values == (4, None)


@pytest.mark.parametrize(
    ("view", "field"),
    [
        ("observations", "thread_id"),
        ("observations", "parent_observation_id"),
        ("scores-numeric", "user_id"),
        ("scores-numeric", "session_id"),
    ],
)
async def test_a_value_to_which_no_index_leads_may_not_be_asked_about_in_all_of_time(
    bounded: Engine, view: str, field: str
) -> None:
    with pytest.raises(TooBroadError):
        await bounded.metrics.run(PROJECT, query(view, "count count", where=Condition(field, Op.EQ, "u7")))


@pytest.mark.parametrize(
    ("view", "field", "value"),
    [
        *(("traces", field, value) for field, value in (("id", "t7"), ("user_id", "u7"), ("session_id", "none"))),
        ("observations", "id", "o7"),
        ("observations", "trace_id", "t7"),
        ("observations", "session_id", "none"),
        ("scores-numeric", "id", "s7"),
        ("scores-numeric", "trace_id", "t7"),
        ("scores-numeric", "observation_id", "none"),
    ],
)
async def test_a_value_to_which_an_index_leads_may_be_asked_about_in_all_of_time(
    bounded: Engine, view: str, field: str, value: str
) -> None:
    [row] = await bounded.metrics.run(PROJECT, query(view, "count count", where=Condition(field, Op.EQ, value)))
    assert row.values == ({"none": 0, "u7": 4}.get(value, 1),)


async def test_groups_are_found_whether_rows_lie_apart_or_on_a_heap(engine: Engine) -> None:
    told = [
        observation(f"o{number}", 0, trace_id="t", start_time=NOON_US + number % 7 // 3 * 1_000_000, name=f"n{number}")
        for number in range(60)
    ]
    told += [
        observation(f"p{number}", number, trace_id="t", start_time=minute(number), name="p") for number in range(9)
    ]
    await engine.writer.apply(batch(PROJECT, told))
    asked = query("observations", "count count", by="name")
    expected = [*((f"n{number}", 1) for number in range(60)), ("p", 9)]
    for reader in (engine.metrics, engine.row_metrics):
        assert sorted(plain(row) for row in await reader.run(PROJECT, asked)) == sorted(expected)


async def test_what_is_found_of_hours_apart_becomes_one_answer(engine: Engine) -> None:
    lengths = [7, 3, 11, 5, None, None, None, None, None, 2, 13, 17, 19, 23, 1]
    told = [
        observation(
            f"o{number}",
            0,
            trace_id="t",
            start_time=minute(number * 12),
            name="all",
            **({} if length is None else {"end_time": minute(number * 12) + length}),
        )
        for number, length in enumerate(lengths)
    ]
    told.append(observation("none", 0, trace_id="t", start_time=minute(70), name="endless"))
    await engine.writer.apply(batch(PROJECT, told))
    kinds = ("count count", *(f"{how} latency" for how in ("min", "max", "sum", "avg", "count", "p50")))
    found = await ask(engine, query("observations", *kinds, by="name"))
    assert sorted(found) == [
        ("all", 15, 1, 23, 101, 10.1, 10, 9.0),
        ("endless", 1, None, None, 0, None, 0, None),
    ]
