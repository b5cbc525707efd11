"""Items told by several ways become one, in whatever order they were told."""

import hashlib
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panope.domain.experiments.items import Experiment, ItemSource, unite
from panope.domain.experiments.links import ExperimentLink
from panope.domain.experiments.runs import RunItem, derive_item_id, derive_run_id
from panope.domain.ids import DatasetId, ProjectId

RUN = Experiment(id="run", name="name", dataset_id="d")
ids = st.sampled_from(["a", "b"])
traces = st.sampled_from(["t1", "t2", "t3"])
times = st.integers(0, 5)


@st.composite
def links(draw: st.DrawFn) -> ExperimentLink:
    start = draw(times)
    return ExperimentLink(
        id=draw(st.sampled_from(["o1", "o2", "o3"])),
        trace_id=draw(traces),
        experiment_id="run",
        experiment_name="name",
        item_id=draw(ids),
        start_us=start,
        end_us=start,
        created_us=draw(times),
    )


@st.composite
def linked(draw: st.DrawFn) -> RunItem:
    item, trace, at = draw(ids), draw(traces), draw(times)
    return RunItem(
        id=derive_item_id("run", item, trace),
        run_id="run",
        item_id=item,
        trace_id=trace,
        created_us=at,
        updated_us=at,
        observation_id=draw(st.none() | st.just("o")),
    )


def unique(items: list[RunItem]) -> list[RunItem]:
    """As the store keeps them: one per item and trace."""
    return list({item.id: item for item in items}.values())


@given(
    st.lists(links(), max_size=6), st.lists(linked(), max_size=6), st.lists(links(), max_size=4), times, st.randoms()
)
def test_each_item_is_there_once_per_trace_whatever_the_order(
    spans: list[ExperimentLink],
    requests: list[RunItem],
    named: list[ExperimentLink],
    cut_us: int,
    chance: random.Random,
) -> None:
    run = Experiment(id="run", name="name", dataset_id="d", cut_us=cut_us)
    requests = unique(requests)
    found = unite(run, spans, requests, named)
    alive = [link for link in (*spans, *named) if link.created_us > cut_us]
    told = {(one.item_id, one.trace_id) for one in (*alive, *requests)}
    assert {(item.item_id, item.trace_id) for item in found} == told
    assert len(found) == len(told)
    assert [item.place for item in found] == sorted((item.place for item in found), reverse=True)
    for shuffled in (spans, requests, named):
        chance.shuffle(shuffled)  # type: ignore[arg-type]  # of one type each
    assert {item.id: item.place for item in unite(run, spans, requests, named)} == {
        item.id: item.place for item in found
    }
    gone = [item for item in requests if item.item_id == "a"]
    left = unite(run, spans, (), named, deleted=gone)
    assert {(item.item_id, item.trace_id) for item in gone}.isdisjoint((item.item_id, item.trace_id) for item in left)


def test_what_a_span_says_stands_before_a_request_and_that_before_metadata() -> None:
    span = ExperimentLink(id="o", trace_id="t", experiment_name="name", item_id="a", start_us=1, end_us=2, created_us=9)
    request = RunItem(id="r", run_id="run", item_id="a", trace_id="t", created_us=5, updated_us=5)
    [item] = unite(RUN, [span], [request], [span])
    assert (item.source, item.observation_id, item.start_us) == (ItemSource.SPAN, "o", 1)
    [item] = unite(RUN, [], [request], [span])
    assert (item.source, item.observation_id, item.start_us) == (ItemSource.LINK, None, 5)
    [item] = unite(RUN, [], [], [span])
    assert (item.source, item.observation_id) == (ItemSource.METADATA, None)


@pytest.mark.parametrize("name", ["plain", "größe/1", 'quo"te\\', "🏛\u2028\x7f", "a\tb"])
def test_the_id_of_a_run_is_the_one_that_sdk_5_works_out(name: str) -> None:
    told = json.dumps(["langfuse-experiment-v1", "p", "d", name], separators=(",", ":"), ensure_ascii=False)
    expected = hashlib.sha256(told.encode()).hexdigest()[:16]
    assert derive_run_id(ProjectId("p"), DatasetId("d"), name) == expected


def test_the_id_of_a_run_is_fixed() -> None:
    assert derive_run_id(ProjectId("p"), DatasetId("d"), "größe/1") == "c252c4a2ec70b97b"
