"""`TelemetryWriter`: what is applied is readable at once, repeats change nothing, what is deleted stays away."""

import asyncio
from contextlib import closing
from typing import Any

import msgspec
import pytest

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.ids import ProjectId
from panope.domain.ledger import Receipt
from panope.query.ast import ALWAYS, Condition, ListQuery, Op, Sort
from tests.contract.world import EVENTS, PROJECT, RESOURCE, SCOPE, STRANGER
from tests.support.batches import NOW_US, batch
from tests.support.engines import Engine
from tests.support.operations import operation
from tests.support.told import minute, observation, score, trace


async def test_everything_that_was_told_is_read_back(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, EVENTS, attribute_sets=[RESOURCE, SCOPE]))
    detail = await engine.reader.get_trace(PROJECT, "t1")
    assert detail is not None
    assert [observed.row.id for observed in detail.observations] == ["o1", "o2"]
    assert [row.id for row in detail.scores] == ["c1", "c2", "c6"]
    assert detail.trace.payload is not None
    assert detail.trace.payload.input == '{"q":1}'
    generation = detail.observations[0]
    assert generation.payload is not None
    assert generation.payload.input == "what is up?"
    assert generation.payload.metadata == {
        "k": "v",
        "nested": {"a": [1, 2]},
        "resourceAttributes": {"service.name": "agents"},
        "scope": {"name": "my.app", "version": "1.0", "attributes": {}},
    }
    assert generation.payload.span_events == [{"name": "cache", "timeUnixNano": "1", "attributes": {}}]
    assert generation.payload.links == [{"traceId": "ff", "spanId": "ee", "attributes": {}}]
    assert generation.payload.usage_sent == '{"prompt_tokens":40}'
    assert generation.row.detail.usage == {"input": 40, "output": 10, "total": 50}
    assert generation.row.detail.model_parameters == {"temperature": 0.5}
    assert (generation.row.total_cost, generation.row.created_us) == (200_000_000, NOW_US)
    assert detail.trace.row.totals.total_cost == 200_000_000
    assert detail.trace.row.latency_us == 60_000_000


async def test_rows_equal_those_of_the_memory_engine(engine: Engine) -> None:
    memory = MemoryTelemetry()
    for events in (EVENTS[:7], EVENTS[7:], EVENTS[3:9]):
        await engine.writer.apply(batch(PROJECT, events, attribute_sets=[RESOURCE, SCOPE]))
        await memory.apply(batch(PROJECT, events, attribute_sets=[RESOURCE, SCOPE]))
    assert await engine.reader.snapshot(PROJECT) == await memory.snapshot(PROJECT)


async def test_applying_again_changes_nothing(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, EVENTS))
    before = await engine.reader.snapshot(PROJECT)
    row_before = await engine.reader.get_observation(PROJECT, "o1")
    await engine.writer.apply(batch(PROJECT, EVENTS, now_us=NOW_US + 5))
    row_after = await engine.reader.get_observation(PROJECT, "o1")
    assert await engine.reader.snapshot(PROJECT) == before
    assert row_before is not None
    assert row_after is not None
    assert row_after.row.updated_us == row_before.row.updated_us


async def test_an_update_keeps_the_arrival_of_the_create(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, [observation("o", 0, name="one")]))
    await engine.writer.apply(batch(PROJECT, [observation("o", 1, name="two", is_update=True)], now_us=NOW_US + 5))
    found = await engine.reader.get_observation(PROJECT, "o")
    assert found is not None
    assert (found.row.name, found.row.created_us, found.row.updated_us) == ("two", NOW_US, NOW_US + 5)


async def test_an_observation_leaves_its_wrapper_when_its_trace_is_named(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, [observation("o", 1, usage={"total": 4})]))
    assert await engine.reader.get_trace(PROJECT, "o") is not None
    await engine.writer.apply(batch(PROJECT, [observation("o", 2, trace_id="t", is_update=True)]))
    assert await engine.reader.get_trace(PROJECT, "o") is None
    detail = await engine.reader.get_trace(PROJECT, "t")
    assert detail is not None
    assert detail.trace.row.totals.total_tokens == 4


async def test_extremes_are_found_again_when_their_holder_leaves(engine: Engine) -> None:
    first = [
        observation("a", 0, start_time=minute(0), end_time=minute(9), environment="early"),
        observation("b", 1, trace_id="t", start_time=minute(1), end_time=minute(2), environment="late"),
    ]
    wrapper = observation("a", 0.5, trace_id="t")
    await engine.writer.apply(batch(PROJECT, [*first, wrapper]))
    detail = await engine.reader.get_trace(PROJECT, "t")
    assert detail is not None
    assert (detail.trace.row.latency_us, detail.trace.row.environment) == (9 * 60_000_000, "early")
    await engine.writer.apply(batch(PROJECT, [observation("a", -1, trace_id="other")]))
    detail = await engine.reader.get_trace(PROJECT, "t")
    assert detail is not None
    assert (detail.trace.row.latency_us, detail.trace.row.environment) == (60_000_000, "late")


async def test_sessions_follow_their_traces(engine: Engine) -> None:
    await engine.writer.apply(
        batch(
            PROJECT,
            [
                trace("t1", 0, timestamp=minute(0), session_id="s", environment="first"),
                trace("t2", 1, timestamp=minute(1), session_id="s", environment="second"),
            ],
        )
    )
    session = await engine.reader.get_session(PROJECT, "s")
    assert session is not None
    assert (session.environment, session.trace_count, session.created_us) == ("first", 2, NOW_US)
    await engine.writer.apply(batch(PROJECT, [trace("t1", 5, session_id="other")]))
    session = await engine.reader.get_session(PROJECT, "s")
    assert session is not None
    assert (session.environment, session.trace_count) == ("second", 1)
    await engine.writer.apply(batch(PROJECT, [trace("t2", 5, session_id=None)]))
    assert await engine.reader.get_session(PROJECT, "s") is None


async def test_deleted_traces_are_gone_on_the_next_read_with_all_that_was_theirs(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, EVENTS))
    await engine.writer.apply(batch(STRANGER, EVENTS))
    assert await engine.writer.delete_traces(PROJECT, ["t1", "o5", "not-there"], at_us=NOW_US) == 2
    assert await engine.reader.get_trace(PROJECT, "t1") is None
    assert await engine.reader.get_observation(PROJECT, "o2") is None
    assert await engine.reader.get_score(PROJECT, "c2") is None
    session = await engine.reader.get_session(PROJECT, "s-a")
    assert session is not None
    assert (session.trace_count, session.environment) == (1, "staging")
    assert await engine.reader.get_trace(STRANGER, "t1") is not None
    memory = MemoryTelemetry()
    await memory.apply(batch(PROJECT, EVENTS))
    await memory.delete_traces(PROJECT, ["t1", "o5", "not-there"], at_us=NOW_US)
    assert await engine.reader.snapshot(PROJECT) == await memory.snapshot(PROJECT)


async def test_a_retried_batch_from_before_a_deletion_resurrects_nothing(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, EVENTS))
    await engine.writer.delete_traces(PROJECT, ["t1", "never-seen"], at_us=NOW_US)
    before = await engine.reader.snapshot(PROJECT)
    late = observation("late", 3, trace_id="never-seen")
    await engine.writer.apply(batch(PROJECT, [*EVENTS, late]))
    assert await engine.reader.snapshot(PROJECT) == before


async def test_a_late_event_that_decided_nothing_does_not_come_back_after_a_deletion(engine: Engine) -> None:
    """A client whose clock is ahead: its event lies after the deletion, and was known when that came."""
    decided, idle = score("s", 6, name="quality", number=1, trace_id="t"), score("s", 8, trace_id="t")
    for event in (trace("t"), decided, idle):
        await engine.writer.apply(batch(PROJECT, [event]))
    await engine.writer.delete_traces(PROJECT, ["t"], at_us=minute(5))
    await engine.writer.apply(batch(PROJECT, [idle]))
    assert await engine.reader.get_score(PROJECT, "s") is None


async def test_what_is_told_after_a_deletion_is_a_new_trace(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, [trace("t", 0, name="old", user_id="ann")]))
    await engine.writer.delete_traces(PROJECT, ["t"], at_us=minute(5))
    await engine.writer.apply(batch(PROJECT, [trace("t", 6, name="new")]))
    detail = await engine.reader.get_trace(PROJECT, "t")
    assert detail is not None
    assert (detail.trace.row.name, detail.trace.row.user_id) == ("new", None)


async def test_a_deleted_score_stays_away_and_its_trace_stays(engine: Engine) -> None:
    events = [trace("t"), score("s", name="quality", number=1, trace_id="t")]
    await engine.writer.apply(batch(PROJECT, events))
    assert await engine.writer.delete_scores(PROJECT, ["s", "unknown"], at_us=NOW_US) == 1
    await engine.writer.apply(batch(PROJECT, events))
    assert await engine.reader.get_score(PROJECT, "s") is None
    assert await engine.reader.get_trace(PROJECT, "t") is not None


async def test_many_batches_at_once_all_arrive(engine: Engine) -> None:
    batches = [
        batch(PROJECT, [trace("shared", n, metadata={f"k{n}": n}), observation(f"o{n}", trace_id="shared")])
        for n in range(60)
    ]
    await asyncio.gather(*(engine.writer.apply(one) for one in batches))
    detail = await engine.reader.get_trace(PROJECT, "shared")
    assert detail is not None
    assert len(detail.observations) == 60
    assert detail.trace.row.totals.observation_count == 60
    assert detail.trace.payload is not None
    assert len(detail.trace.payload.metadata) == 60


async def test_receipts_come_newest_first_and_stay_in_their_project(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, [trace("t")]))
    refused = Receipt(
        request_id="r2",
        received_us=NOW_US + 1,
        protocol="otlp-protobuf",
        key_id="k",
        sdk_name="python",
        sdk_version="4.14.3",
        body_bytes=12,
        rejected=1,
        reasons={"malformed_otlp": 1},
        repairs={"dropped_usage": 2},
        status=400,
    )
    await engine.writer.record(PROJECT, refused)
    receipts = await engine.reader.list_receipts(PROJECT, 10)
    assert receipts[0] == refused
    assert (receipts[1].accepted, len(receipts)) == (1, 2)
    assert await engine.reader.list_receipts(STRANGER, 10) == []


async def test_counts_are_exact(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, EVENTS))
    assert await engine.reader.count_traces(PROJECT, ALWAYS) == 8
    assert await engine.reader.count_traces(PROJECT, Condition("environment", Op.EQ, "production")) == 3
    assert await engine.reader.count_traces(PROJECT, Condition("name", Op.EQ, "answer")) == 2


HARD_TEXTS = ["%_'\"\\", "x" * 20_000, "🧑‍💻 ümläut", "a\tb\nc\r", "�", "line1\n\nline2", "'; drop table trace; --"]


@pytest.mark.parametrize("text", HARD_TEXTS, ids=range(len(HARD_TEXTS)))
async def test_hard_text_survives_everywhere(engine: Engine, text: str) -> None:
    short = text[:500]
    told: dict[str, Any] = {"name": short, "user_id": short, "session_id": short, "input": text, "tags": [short]}
    await engine.writer.apply(batch(PROJECT, [trace(short[:200], 0, metadata={"k": text, short: 1}, **told)]))
    page = await engine.reader.list_traces(
        PROJECT,
        ListQuery(where=Condition("tags", Op.ALL_OF, (short,)), sort=Sort("timestamp"), with_payload=True),
    )
    found = page.rows[0]
    assert (found.row.name, found.row.user_id, found.row.session_id) == (short, short, short)
    assert found.payload is not None
    assert found.payload.input == text
    assert found.payload.metadata == {"k": text, short: 1}


async def test_long_ids_are_unique_by_their_whole_length(engine: Engine) -> None:
    stem = "ü" * 399
    events = [
        *(trace(stem + end, 0, user_id=stem + end, session_id=stem + end, name=stem) for end in "ab"),
        *(observation(stem + end, 0, trace_id=stem + end) for end in "ab"),
        *(score(stem + end, 0, trace_id=stem + end, name="n" * 500, number=1) for end in "ab"),
    ]
    await engine.writer.apply(batch(PROJECT, events))
    page = await engine.reader.list_traces(
        PROJECT, ListQuery(where=Condition("user_id", Op.EQ, stem + "b"), sort=Sort("timestamp"))
    )
    assert [row.row.id for row in page.rows] == [stem + "b"]
    assert page.rows[0].observation_ids == [stem + "b"]


async def test_extreme_numbers_survive(engine: Engine) -> None:
    big = 2**62
    event = observation("o", 0, usage={"input": big, "total": big}, cost={"total": big}, model_parameters={"x": 1e300})
    await engine.writer.apply(batch(PROJECT, [event]))
    found = await engine.reader.get_observation(PROJECT, "o")
    assert found is not None
    assert (found.row.total_tokens, found.row.total_cost) == (big, big)
    assert found.row.detail.model_parameters == {"x": 1e300}


async def test_a_batch_that_fails_harms_nobody_else(engine: Engine) -> None:
    if engine.name == "memory":
        pytest.skip("the memory engine has no group commit")
    broken = batch(PROJECT, [trace("bad", name="x")])
    broken.events[0].values["name"] = object()
    good = [batch(PROJECT, [trace(f"good{number}")]) for number in range(5)]
    results = await asyncio.gather(
        *(engine.writer.apply(one) for one in (*good[:2], broken, *good[2:])), return_exceptions=True
    )
    assert [isinstance(result, Exception) for result in results] == [False, False, True, False, False, False]
    assert await engine.reader.count_traces(PROJECT, ALWAYS) == 5


async def test_the_snapshot_is_plain(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, EVENTS))
    snapshot = await engine.reader.snapshot(PROJECT)
    assert msgspec.json.decode(msgspec.json.encode(snapshot)) == snapshot
    assert {name: len(rows) for name, rows in snapshot.items()} == {
        "traces": 8,
        "observations": 6,
        "scores": 7,
        "sessions": 3,
        "links": 0,
        "buckets": len(snapshot["buckets"]),
    }


def kept(engine: Engine, project_id: ProjectId) -> tuple[int, int]:
    """How many attribute sets and receipts there are."""
    with closing(engine.open_snapshot()) as snapshot:
        numbers = [number for number, name in snapshot.projects().items() if name == project_id]
        return (
            sum(len(list(snapshot.attribute_sets(number))) for number in numbers),
            sum(len(list(snapshot.receipts(number))) for number in numbers),
        )


async def furnish(engine: Engine) -> None:
    for project in (PROJECT, STRANGER):
        await engine.writer.apply(batch(project, EVENTS, attribute_sets=[RESOURCE, SCOPE]))
        await engine.operations.add(operation("a", project))
        traces = (await engine.reader.snapshot(project))["traces"]
        await engine.writer.delete_traces(project, ["never-seen", *(row["id"] for row in traces)], at_us=NOW_US)


async def erase(engine: Engine, limit: int) -> int:
    rows = 0
    while count := await engine.writer.erase_records(PROJECT, limit):
        assert count <= limit
        rows += count
    return rows


async def test_all_that_is_kept_goes_in_pieces_and_nothing_of_another_project(engine: Engine) -> None:
    await furnish(engine)
    assert kept(engine, PROJECT) == (2, 1)
    assert await erase(engine, 2) > 2 + 1 + 1
    assert kept(engine, PROJECT) == (0, 0)
    assert await engine.reader.list_receipts(PROJECT, 10) == []
    assert await engine.operations.list_recent(PROJECT, 10) == []
    assert kept(engine, STRANGER) == (2, 1)
    assert [found.id for found in await engine.operations.list_recent(STRANGER, 10)] == ["a"]
    await engine.writer.apply(batch(STRANGER, [*EVENTS, trace("never-seen")]))
    assert (await engine.reader.snapshot(STRANGER))["traces"] == []


async def test_who_takes_the_id_of_an_erased_project_finds_no_cuts_and_keeps_its_own_sets(engine: Engine) -> None:
    await furnish(engine)
    await erase(engine, 1_000)
    await engine.writer.apply(batch(PROJECT, EVENTS, attribute_sets=[RESOURCE, SCOPE]))
    assert kept(engine, PROJECT) == (2, 1)
    detail = await engine.reader.get_trace(PROJECT, "t1")
    assert detail is not None
    assert detail.observations[0].payload is not None
    assert detail.observations[0].payload.metadata["resourceAttributes"] == {"service.name": "agents"}


async def test_a_project_that_never_had_anything_has_nothing_to_erase(engine: Engine) -> None:
    assert await engine.writer.erase_records(PROJECT, 10) == 0
