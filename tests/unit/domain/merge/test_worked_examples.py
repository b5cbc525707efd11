"""Worked examples of the merge rules: a wrong rule can be a lawful join too, so the laws alone do not guard them."""

from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from panope.domain.events import EntityKind, TelemetryEvent
from panope.domain.merge import codec
from panope.domain.merge.join import join, opened, same
from panope.domain.merge.leaves import unflatten
from panope.domain.merge.lift import lift, lift_pair
from panope.domain.merge.view import view_observation, view_score, view_trace
from panope.domain.pricing import PriceBook, PriceModel, PriceTier, TierCondition
from panope.domain.tracing import TraceTotals
from tests.support.prices import FixedPrices
from tests.support.told import minute, observation, score, trace

PRICES = FixedPrices(())


def _decided(*events: TelemetryEvent) -> dict[str, Any]:
    """Decided values, the same for every order of the events."""
    kind = events[0].kind
    seen = [
        (state.values(), state.tags(), unflatten(state.fragments))
        for order in permutations(events)
        for state in [join(kind, *(lift(event) for event in order))]
    ]
    if len(events) == 2 and (pair := lift_pair(*events)):
        seen.append((pair.values(), pair.tags(), unflatten([opened(fragment) for fragment in pair.fragments])))
    assert all(one == seen[0] for one in seen)
    values, tags, metadata = seen[0]
    return {**values, "tags": tags, "metadata": metadata}


EXAMPLES: dict[str, tuple[list[TelemetryEvent], dict[str, Any]]] = {
    "the later name wins": ([trace("t", 1, name="late"), trace("t", 0, name="early")], {"name": "late"}),
    "null clears a name": ([trace("t", 0, name="early"), trace("t", 1, name=None)], {"name": None}),
    "null does not clear a status message": (
        [observation("o", 0, status_message="slow"), observation("o", 1, status_message=None)],
        {"status_message": "slow"},
    ),
    "the first environment stays": (
        [trace("t", 1, environment="staging"), trace("t", 0, environment="production")],
        {"environment": "production"},
    ),
    "a sent start beats an earlier derived one": (
        [observation("o", 0), observation("o", 5, start_time=minute(3))],
        {"start_time": minute(3)},
    ),
    "the first of two sent starts stays": (
        [observation("o", 0, start_time=minute(2)), observation("o", 1, start_time=minute(1))],
        {"start_time": minute(2)},
    ),
    "an empty output does not erase an earlier one": (
        [observation("o", 0, output="done"), observation("o", 1, output=""), observation("o", 2, output="[]")],
        {"output": "done"},
    ),
    "zero and false are outputs": (
        [observation("o", 0, output="done"), observation("o", 1, output="false")],
        {"output": "false"},
    ),
    "usage is replaced whole": (
        [observation("o", 0, usage={"input": 1, "total": 1}), observation("o", 1, usage={"output": 2, "total": 2})],
        {"usage": {"output": 2, "total": 2}},
    ),
    "an update beats a create of the same time": (
        [observation("o", 0, name="created"), observation("o", 0, name="updated", is_update=True)],
        {"name": "updated"},
    ),
    "tags unite": ([trace("t", 0, tags=["b", "a"]), trace("t", 1, tags=["c", "a"])], {"tags": ["a", "b", "c"]}),
    "public holds until somebody says otherwise": (
        [trace("t", 0, public=True), trace("t", 1, name="x")],
        {"public": True},
    ),
    "metadata merges leaf by leaf": (
        [trace("t", 0, metadata={"a": {"x": 1, "y": 1}}), trace("t", 1, metadata={"a": {"y": 2}, "b": 3})],
        {"metadata": {"a": {"x": 1, "y": 2}, "b": 3}},
    ),
    "arrays merge by index": (
        [trace("t", 0, metadata={"a": [1, 2, 3]}), trace("t", 1, metadata={"a": [9]})],
        {"metadata": {"a": [9, 2, 3]}},
    ),
    "a later scalar replaces a branch and it stays away": (
        [
            trace("t", 0, metadata={"a": {"x": 1}}),
            trace("t", 1, metadata={"a": "gone"}),
            trace("t", 2, metadata={"a": {"y": 2}}),
        ],
        {"metadata": {"a": {"y": 2}}},
    ),
    "an empty container replaces nothing": (
        [trace("t", 0, metadata={"a": {"x": 1}, "c": []}), trace("t", 1, metadata={"a": {}, "b": "text"})],
        {"metadata": {"a": {"x": 1}, "b": "text", "c": []}},
    ),
    "an observation keeps its first trace": (
        [observation("o", 0, trace_id="t1"), observation("o", 1, trace_id="t2")],
        {"trace_id": "t1"},
    ),
    "the last type wins": (
        [observation("o", 0, type="SPAN"), observation("o", 1, type="GENERATION")],
        {"type": "GENERATION"},
    ),
    "one event id with two contents has one winner": (
        [trace("t", 0, name="a", event_id="e"), trace("t", 0, name="b", event_id="e")],
        {},
    ),
    "a score of the same id is overwritten": ([score("s", 0, number=1), score("s", 1, number=2)], {"number": 2}),
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_worked_example(example: str) -> None:
    events, expected = EXAMPLES[example]
    decided = _decided(*events)
    assert {name: decided[name] for name in expected} == expected


def test_derived_facts_yield_to_sent_ones_however_old() -> None:
    root = TelemetryEvent(
        kind=EntityKind.TRACE, entity_id="t", event_id="span", at_us=minute(9), derived={"name": "root", "input": "i"}
    )
    decided = _decided(trace("t", 0, name="told"), root)
    assert (decided["name"], decided["input"]) == ("told", "i")


def test_model_of_the_create_and_usage_of_the_end_make_a_price() -> None:
    create = observation("g", 0, type="GENERATION", model="gpt-4o", end_time=None)
    end = observation("g", 1, usage={"input": 40, "output": 10, "total": 50}, end_time=minute(1), is_update=True)
    row = view_observation("g", join(EntityKind.OBSERVATION, lift(end), lift(create)), PRICES)
    assert (row.model_id, row.total_cost, row.detail.cost_source) == ("model-1", 200_000_000, "computed")
    assert row.detail.cost == {"input": 100_000_000, "output": 100_000_000, "total": 200_000_000}


def test_given_cost_beats_computed_cost() -> None:
    event = observation("g", model="gpt-4o", usage={"input": 40, "total": 40}, cost={"total": 7})
    row = view_observation("g", lift(event), PRICES)
    assert (row.total_cost, row.detail.cost_source) == (7, "given")


def test_a_model_without_a_price_leaves_the_cost_unknown() -> None:
    row = view_observation("g", lift(observation("g", model="house", usage={"input": 40, "total": 40})), PRICES)
    assert row.total_cost is None
    assert row.detail.cost_source is None


def test_a_price_tier_may_ask_for_metadata_of_another_event() -> None:
    batch = PriceTier(
        id="batch",
        name="Batch",
        is_default=False,
        priority=1,
        conditions=(TierCondition(source="metadata", key="mode", values=("batch",)),),
        prices={"input": Decimal("0.000001")},
    )
    plain = PriceTier(id="d", name="d", is_default=True, priority=0, prices={"input": Decimal("0.000002")})
    book = PriceBook([PriceModel(id="m", name="m", match_pattern="^m$", tiers=(plain, batch))])
    events = [
        observation("g", 0, model="m", usage={"input": 10, "total": 10}),
        observation("g", 1, metadata={"mode": "batch"}),
    ]
    row = view_observation("g", join(EntityKind.OBSERVATION, *(lift(event) for event in events)), book)
    assert (row.total_cost, row.detail.price_tier_name) == (10_000_000, "Batch")


def test_an_end_before_the_start_is_flagged_and_shown_as_the_start() -> None:
    row = view_observation("o", lift(observation("o", 5, start_time=minute(5), end_time=minute(4))), PRICES)
    assert (row.start_us, row.end_us, row.clock_skew) == (minute(5), minute(5), True)


def test_an_observation_without_a_trace_is_its_own() -> None:
    assert view_observation("o", lift(observation("o")), PRICES).trace_id == "o"


def test_a_trace_without_words_takes_time_and_environment_of_its_earliest_observation() -> None:
    row = view_trace("t", None, TraceTotals(observation_count=1, first_start_us=7, first_environment="staging"))
    assert (row.timestamp_us, row.environment, row.has_state) == (7, "staging", False)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"number": 0.5}, ("NUMERIC", 0.5, None)),
        ({"text": "great"}, ("CATEGORICAL", 0.0, "great")),
        ({"number": 1, "data_type": "BOOLEAN"}, ("BOOLEAN", 1.0, "True")),
        ({"number": 0, "data_type": "BOOLEAN"}, ("BOOLEAN", 0.0, "False")),
        ({"text": "long", "data_type": "TEXT"}, ("TEXT", 0.0, "long")),
        ({"number": 3, "text": "label", "data_type": "CATEGORICAL", "config_id": "c"}, ("CATEGORICAL", 3.0, "label")),
        ({"number": 3, "text": "label", "data_type": "CATEGORICAL"}, ("CATEGORICAL", 0.0, "label")),
    ],
)
def test_a_score_is_read_by_its_data_type(told: dict[str, Any], expected: tuple[str, float, str | None]) -> None:
    state = lift(score("s", name="quality", **told))
    row = view_score("s", state, codec.encode(state).metadata)
    assert (row.data_type, row.value, row.string_value) == expected


def test_a_create_and_its_update_become_a_state_at_once() -> None:
    create = observation("o", 0, trace_id="t", type="SPAN", start_time=minute(0), input="ask", metadata={"a": 1})
    update = observation("o", 1, trace_id="t", type="SPAN", end_time=minute(1), output="answer")
    pair = lift_pair(create, update)
    assert pair is not None
    assert pair == lift_pair(update, create)
    assert same(pair, join(create.kind, lift(create), lift(update)))
