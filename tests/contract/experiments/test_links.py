"""`ItemLinks`: every engine finds the same observations and traces in the same experiments."""

from typing import Any

import pytest

from panope.domain.events import TelemetryEvent
from panope.domain.experiments.links import ExperimentLink
from panope.ports.experiments import LinkFilter, LinkKind, LinkPage, LinkSummary
from tests.contract.world import EVENTS, PROJECT, STRANGER
from tests.support.batches import batch
from tests.support.engines import Engine
from tests.support.told import minute, observation, trace

ALL = LinkFilter()


def told(experiment: str, item: str, *, root: str | None = None, dataset: str | None = "d") -> dict[str, Any]:
    """What the attributes of a span say."""
    found: dict[str, Any] = {"id": experiment, "name": f"name of {experiment}", "item": {"id": item}}
    if root is not None:
        found["item"]["root_observation_id"] = root
    if dataset is not None:
        found["dataset"] = {"id": dataset}
    return found


def span(name: str, trace_id: str, at: float, experiment: dict[str, Any], **values: Any) -> TelemetryEvent:
    return observation(name, at, trace_id=trace_id, start_time=minute(at), experiment=experiment, **values)


SPANS = [
    span("a-root", "ta", 1, told("one", "i1", root="a-task")),
    span("a-task", "ta", 2, told("one", "i1", root="a-task"), parent_id="a-root", end_time=minute(9)),
    span("a-call", "ta", 3, told("one", "i1", root="a-task"), parent_id="a-task"),
    span("b-root", "tb", 3, told("one", "i2")),
    span("b-call", "tb", 4, told("one", "i2"), parent_id="b-root"),
    span("c-root", "tc", 3, told("two", "i1", root="c-root", dataset=None)),
    span("none", "td", 5, {"id": "one"}),
    span("odd", "td", 5, {"id": 5, "item": "i1"}),
]


def named(name: str, at: float, **metadata: Any) -> TelemetryEvent:
    return trace(name, at, timestamp=minute(at), metadata=metadata)


TRACES = [
    named("ua", 1, experiment="v1", dataset_item_id="i1", team="zeus"),
    named("ub", 2, experiment="v1", dataset_item_id="i2"),
    named("uc", 3, experiment="v2", dataset_item_id="i1"),
    named("ud", 4, experiment="v2"),
    named("ue", 5, dataset_item_id="i1"),
    named("uf", 6, experiment="v2", dataset_item_id="i1", experiment_run_name="told otherwise"),
    named("ug", 7, experiment={"id": "v2"}, dataset_item_id=7),
]


async def ids(engine: Engine, kind: LinkKind, where: LinkFilter = ALL, page: LinkPage | None = None) -> list[str]:
    return [link.id for link in await engine.reader.list_links(PROJECT, kind, where, page)]


async def fill(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, [*EVENTS, *SPANS, *TRACES]))
    await engine.writer.apply(batch(STRANGER, [*SPANS, *TRACES]))


async def test_one_observation_stands_for_each_item(engine: Engine) -> None:
    await fill(engine)
    found = await engine.reader.list_links(PROJECT, LinkKind.OBSERVATION, ALL)
    assert [link.id for link in found] == ["c-root", "b-root", "a-task"]
    assert found[2] == ExperimentLink(
        id="a-task",
        trace_id="ta",
        experiment_id="one",
        experiment_name="name of one",
        dataset_id="d",
        item_id="i1",
        start_us=minute(2),
        end_us=minute(9),
        created_us=found[2].created_us,
    )


async def test_a_trace_is_in_the_experiment_that_its_metadata_names(engine: Engine) -> None:
    await fill(engine)
    found = await engine.reader.list_links(PROJECT, LinkKind.TRACE, ALL)
    assert [(link.id, link.experiment_name, link.item_id) for link in found] == [
        ("uc", "v2", "i1"),
        ("ub", "v1", "i2"),
        ("ua", "v1", "i1"),
    ]
    assert {link.experiment_id for link in found} == {None}


@pytest.mark.parametrize(
    ("kind", "where", "expected"),
    [
        (LinkKind.OBSERVATION, LinkFilter(experiment_ids=("one", "nothing")), ["b-root", "a-task"]),
        (LinkKind.OBSERVATION, LinkFilter(dataset_ids=("d",)), ["b-root", "a-task"]),
        (LinkKind.OBSERVATION, LinkFilter(names=("name of two",)), ["c-root"]),
        (LinkKind.OBSERVATION, LinkFilter(item_ids=("i1",)), ["c-root", "a-task"]),
        (LinkKind.OBSERVATION, LinkFilter(trace_ids=("ta", "tc"), experiment_ids=("one",)), ["a-task"]),
        (LinkKind.OBSERVATION, LinkFilter(from_us=minute(2), to_us=minute(3)), ["a-task"]),
        (LinkKind.OBSERVATION, LinkFilter(experiment_ids=()), []),
        (LinkKind.TRACE, LinkFilter(names=("v1",)), ["ub", "ua"]),
        (LinkKind.TRACE, LinkFilter(item_ids=("i1", "i2"), from_us=minute(2)), ["uc", "ub"]),
        (LinkKind.TRACE, LinkFilter(trace_ids=("ua",)), ["ua"]),
        (LinkKind.TRACE, LinkFilter(experiment_ids=("one",)), []),
        (LinkKind.TRACE, LinkFilter(names=("v1",), item_ids=()), []),
    ],
)
async def test_links_are_filtered(engine: Engine, kind: LinkKind, where: LinkFilter, expected: list[str]) -> None:
    await fill(engine)
    assert await ids(engine, kind, where) == expected


async def test_pages_follow_each_other_without_gap_or_repetition(engine: Engine) -> None:
    await fill(engine)
    for kind in LinkKind:
        everything = await engine.reader.list_links(PROJECT, kind, ALL)
        paged: list[ExperimentLink] = []
        while page := await engine.reader.list_links(
            PROJECT, kind, ALL, LinkPage(2, (paged[-1].start_us, paged[-1].id) if paged else None)
        ):
            paged += page
        assert paged == everything


async def test_summaries_count_each_item_of_a_trace_once(engine: Engine) -> None:
    await fill(engine)
    again = span("b-again", "tb", 8, told("one", "i2", root="b-again"))
    await engine.writer.apply(batch(PROJECT, [again]))
    one, two = await engine.reader.summarize_links(PROJECT, LinkKind.OBSERVATION, ALL)
    assert one == LinkSummary(
        experiment_id="one",
        experiment_name="name of one",
        dataset_id="d",
        first_us=minute(2),
        last_us=minute(8),
        end_us=minute(9),
        first_created_us=one.first_created_us,
        items=2,
        some_id="a-task",
    )
    assert (two.experiment_id, two.dataset_id, two.items) == ("two", None, 1)
    of_traces = await engine.reader.summarize_links(PROJECT, LinkKind.TRACE, LinkFilter(names=("v1", "v2")))
    assert [(found.experiment_name, found.item_id, found.items) for found in of_traces] == [
        ("v1", "i1", 1),
        ("v1", "i2", 1),
        ("v2", "i1", 1),
    ]


async def test_a_link_follows_what_is_said_later(engine: Engine) -> None:
    await fill(engine)
    moved = trace("ua", 30, metadata={"experiment": "v3"})
    gone = trace("ub", 31, metadata={"dataset_item_id": {"not": "an id"}})
    await engine.writer.apply(batch(PROJECT, [moved, gone]))
    assert await ids(engine, LinkKind.TRACE, LinkFilter(names=("v1", "v3"))) == ["ua"]
    late = observation("a-task", 40, trace_id="ta", start_time=minute(0), end_time=minute(20))
    await engine.writer.apply(batch(PROJECT, [late]))
    [link] = await engine.reader.list_links(PROJECT, LinkKind.OBSERVATION, LinkFilter(trace_ids=("ta",)))
    assert link.end_us == minute(20)


async def test_what_is_deleted_is_in_no_experiment(engine: Engine) -> None:
    await fill(engine)
    await engine.writer.delete_traces(PROJECT, ["ta", "ua", "ub"], at_us=minute(100))
    assert await ids(engine, LinkKind.OBSERVATION) == ["c-root", "b-root"]
    assert await ids(engine, LinkKind.TRACE) == ["uc"]
    assert len(await engine.reader.list_links(STRANGER, LinkKind.OBSERVATION, ALL)) == 3


async def test_the_payload_keeps_what_was_told(engine: Engine) -> None:
    await fill(engine)
    found = await engine.reader.get_observation(PROJECT, "a-task")
    assert found is not None
    assert found.payload is not None
    assert found.payload.experiment == told("one", "i1", root="a-task")
    assert found.payload.metadata == {}
