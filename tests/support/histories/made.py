"""Generated histories: events about few entities, so that they meet, overtake and repeat each other."""

from typing import Any

from hypothesis import strategies as st

from panope.domain.events import EntityKind, TelemetryEvent

START_US = 1_700_000_000_000_000
SECOND_US = 1_000_000
TRACE_IDS = ("t1", "t2", "t3")
OBSERVATION_IDS = ("o1", "o2", "o3", "o4")
SCORE_IDS = ("s1", "s2")
SESSIONS = ("alpha", "beta")

times = st.integers(0, 12).map(lambda step: START_US + step * SECOND_US * 600)
names = st.sampled_from(["plan", "answer", "retrieve", ""])
_TOOLS = ('{"tools":[{"name":"plan"},{"name":"x"}]}', '{"tool_calls":[{"name":"plan"},{"name":"answer"}]}')
texts = st.sampled_from(["", "hello", "[]", "{}", "0", "false", '{"role":"user","content":"hi"}', "x" * 50, *_TOOLS])
scalars = st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.sampled_from(["a", "b", ""]))
metadata = st.dictionaries(
    st.sampled_from(["a", "b", "experiment", "dataset_item_id"]),
    st.recursive(
        scalars,
        lambda children: st.one_of(
            st.lists(children, max_size=3), st.dictionaries(st.sampled_from(["x", "y"]), children, max_size=2)
        ),
        max_leaves=4,
    ),
    max_size=3,
)
costs = st.dictionaries(st.sampled_from(["input", "output", "total"]), st.integers(0, 10**12), max_size=3)
usages = st.dictionaries(
    st.sampled_from(["input", "output", "input_cached_tokens"]), st.integers(0, 900), max_size=3
).map(lambda usage: {**usage, "total": sum(usage.values())} if usage else {})


experiments = st.fixed_dictionaries(
    {"item": st.fixed_dictionaries({}, optional={"id": st.sampled_from(["i", "j"])})},
    optional={"id": st.sampled_from(["x", "y"]), "name": names, "dataset": st.just({"id": "d"})},
)


def _some(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


_trace_values = _some(
    {
        "timestamp": times,
        "name": st.none() | names,
        "user_id": st.none() | st.sampled_from(["ann", "bob"]),
        "session_id": st.none() | st.sampled_from(SESSIONS),
        "release": st.none() | st.sampled_from(["r1", "r2"]),
        "environment": st.sampled_from(["prod", "staging"]),
        "public": st.booleans(),
        "input": st.none() | texts,
        "output": st.none() | texts,
    }
)
_observation_values = _some(
    {
        "trace_id": st.sampled_from(TRACE_IDS),
        "start_time": times,
        "end_time": st.none() | times,
        "completion_start_time": st.none() | times,
        "environment": st.sampled_from(["prod", "staging"]),
        "name": st.none() | names,
        "type": st.sampled_from(["SPAN", "GENERATION", "TOOL"]),
        "parent_id": st.none() | st.sampled_from(OBSERVATION_IDS),
        "level": st.none() | st.sampled_from(["DEBUG", "DEFAULT", "WARNING", "ERROR"]),
        "status_message": st.none() | st.sampled_from(["slow", "broken"]),
        "model": st.none() | st.sampled_from(["gpt-4o", "house-model"]),
        "model_parameters": st.none() | st.just({}) | st.just({"temperature": 0.5}) | st.just({"max_tokens": 7}),
        "usage": usages,
        "cost": costs,
        "prompt": st.sampled_from([["p", 1], ["p", 2], ["q", 1]]),
        "input": st.none() | texts,
        "output": st.none() | texts,
        "agent": st.sampled_from(["zeus", "athena"]),
        "experiment": experiments,
    }
)
_score_values = _some(
    {
        "trace_id": st.sampled_from(TRACE_IDS),
        "observation_id": st.sampled_from(OBSERVATION_IDS),
        "name": st.sampled_from(["quality", "tone"]),
        "number": st.sampled_from([0, 0.25, 1]),
        "comment": st.none() | st.sampled_from(["good", "bad"]),
        "environment": st.sampled_from(["prod", "staging"]),
    }
)
_KINDS = {
    EntityKind.TRACE: (TRACE_IDS, _trace_values, "timestamp"),
    EntityKind.OBSERVATION: (OBSERVATION_IDS, _observation_values, "start_time"),
    EntityKind.SCORE: (SCORE_IDS, _score_values, "timestamp"),
}


@st.composite
def events(draw: st.DrawFn, kinds: tuple[EntityKind, ...] = tuple(EntityKind)) -> TelemetryEvent:
    """One event about one of few entities, at one of few times, so that ties happen."""
    kind = draw(st.sampled_from(kinds))
    ids, values, time_field = _KINDS[kind]
    at_us = draw(times)
    return TelemetryEvent(
        kind=kind,
        entity_id=draw(st.sampled_from(ids)),
        event_id=draw(st.sampled_from([f"e{number}" for number in range(30)])),
        at_us=at_us,
        is_update=draw(st.booleans()),
        values=draw(values),
        derived={time_field: at_us},
        metadata=draw(st.none() | metadata),
        tags=draw(st.lists(st.sampled_from(["red", "green", "blue"]), max_size=2)) if kind is EntityKind.TRACE else [],
    )


histories = st.lists(events(), min_size=1, max_size=14)


@st.composite
def deliveries(draw: st.DrawFn, history: list[TelemetryEvent]) -> list[list[TelemetryEvent]]:
    """The same events in another order, some twice, split into batches."""
    order = draw(st.permutations(history))
    repeated = [*order, *draw(st.lists(st.sampled_from(history), max_size=4))]
    batches: list[list[TelemetryEvent]] = [[]]
    for event in repeated:
        if batches[-1] and draw(st.booleans()):
            batches.append([])
        batches[-1].append(event)
    return batches
