"""`StoreSnapshot`: every engine tells the same of the same store, in the order that was promised, of one moment."""

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from panope.adapters.memory.snapshot import MemoryStoreSnapshot
from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.events import EntityKind
from panope.features.verification.service import Verifier, VerifyOptions
from panope.ports.verification import StoreSnapshot
from tests.support.batches import NOW_US, batch
from tests.support.engines import Engine
from tests.support.histories.random import History
from tests.support.mixed_store import ONE, RESOURCE, TWO, fill, find_model
from tests.support.told import minute, observation, trace

_STREAMS = (
    "traces_by_id traces_by_session traces_by_time observations_by_trace observations_by_time sessions tags "
    "attribute_sets receipts arrivals cut_rows orphaned_links"
).split()


def told(answers: Iterable[Any]) -> list[Any]:
    """As plain values."""
    plain: list[Any] = msgspec.to_builtins(list(answers))
    return plain


async def memory_snapshot() -> StoreSnapshot:
    memory = MemoryTelemetry()
    await fill(memory)
    return MemoryStoreSnapshot(memory)


@pytest.mark.parametrize("within", [None, 1, 2])
async def test_every_stream_equals_that_of_the_memory_engine(engine: Engine, within: int | None) -> None:
    await fill(engine.writer)
    expected, snapshot = await memory_snapshot(), engine.open_snapshot()
    assert snapshot.projects() == expected.projects() == {1: ONE, 2: TWO}
    assert snapshot.sizes(within) == expected.sizes(within)
    for stream in _STREAMS:
        ours = told(getattr(snapshot, stream)(within))
        assert sorted(ours, key=repr) == sorted(told(getattr(expected, stream)(within)), key=repr), stream
    for kind in EntityKind:
        rows, others = (
            sorted(store.rows(kind, within), key=lambda row: (row.project, row.id)) for store in (snapshot, expected)
        )
        assert rows == others
        if kind is not EntityKind.SCORE:
            assert told(snapshot.buckets(kind, within)) == told(expected.buckets(kind, within))
    snapshot.close()


async def test_streams_rise_in_the_order_that_the_port_promises(engine: Engine) -> None:
    for number in range(3):
        history = History(number)
        for project in (ONE, TWO):
            await engine.writer.apply(batch(project, history.events))
    snapshot = engine.open_snapshot()
    for stream, key in (
        ("traces_by_id", lambda facts: (facts.project, facts.id)),
        ("traces_by_session", lambda facts: (facts.project, facts.session_id, facts.timestamp_us, facts.id)),
        ("traces_by_time", lambda facts: (facts.project, facts.timestamp_us)),
        ("observations_by_trace", lambda facts: (facts.project, facts.trace_id)),
        ("observations_by_time", lambda facts: (facts.project, facts.start_us)),
        ("sessions", lambda found: (found[0], found[1].id)),
        ("tags", lambda entry: (entry.project, entry.trace_id)),
        ("arrivals", lambda arrived: (arrived.project, arrived.created_us)),
        ("receipts", lambda receipt: (receipt.project, receipt.received_us)),
    ):
        found = [key(answer) for answer in getattr(snapshot, stream)(None)]
        assert found
        assert found == sorted(found), stream
    snapshot.close()


async def test_ids_of_every_script_rise_by_code_point(engine: Engine) -> None:
    names = ["a", "B", "_", "é", "zz", "Ü", "日本", "\U0001f600", "\uffee", "a b", "a-b"]
    await engine.writer.apply(batch(ONE, [trace(name, session_id=name, tags=[name]) for name in names]))
    snapshot = engine.open_snapshot()
    assert [facts.id for facts in snapshot.traces_by_id(None)] == sorted(names)
    assert [row.id for _, row in snapshot.sessions(None)] == sorted(names)
    snapshot.close()


async def test_attribute_sets_are_known_while_rows_are_read(engine: Engine) -> None:
    await fill(engine.writer)
    snapshot = engine.open_snapshot()
    for row in snapshot.rows(EntityKind.OBSERVATION, None):
        assert snapshot.has_attribute_set(row.project, RESOURCE.id)
        assert not snapshot.has_attribute_set(row.project, "no such set")
    assert snapshot.last_receipt_us() == NOW_US + 6_000_000
    snapshot.close()


async def test_tombstones_bring_their_rows_and_those_of_their_traces(engine: Engine) -> None:
    await engine.writer.delete_traces(ONE, ["t"], at_us=minute(5))
    events = [trace("t", 6), observation("o", 7, trace_id="t"), observation("other", 8, trace_id="u")]
    await engine.writer.apply(batch(ONE, events))
    snapshot = engine.open_snapshot()
    found = {(cut.stored.kind.value, cut.stored.id, cut.cut_us, cut.is_of_trace) for cut in snapshot.cut_rows(None)}
    assert found == {("trace", "t", minute(5), False), ("observation", "o", minute(5), True)}
    snapshot.close()


async def test_what_is_written_meanwhile_is_not_in_the_snapshot(engine: Engine) -> None:
    if engine.name == "memory":
        pytest.skip("the memory engine has one state of things")
    await fill(engine.writer)
    snapshot = engine.open_snapshot()
    before = snapshot.sizes(None)
    rows = snapshot.rows(EntityKind.OBSERVATION, None)
    first = next(rows)
    await engine.writer.apply(batch(ONE, [observation("late", 1, trace_id="t1")], now_us=NOW_US + 9_000_000))
    await engine.writer.delete_traces(TWO, ["t4"], at_us=NOW_US)
    assert len([first, *rows]) == before["observation"]
    found = Verifier(snapshot, clock=lambda: NOW_US, find_model=find_model).run(VerifyOptions())
    assert (found.groups, found.failures) == ([], [])
    snapshot.close()


async def test_random_histories_with_deletions_leave_nothing_wrong(engine: Engine) -> None:
    for seed in range(40):
        history = History(seed)
        for number, events in enumerate(history.delivery):
            await engine.writer.apply(batch(ONE if seed % 3 else TWO, events, now_us=NOW_US + seed))
            if number == history.delete_after:
                await engine.writer.delete_traces(ONE, history.deleted_ids, at_us=history.deleted_us)
                await engine.writer.delete_scores(TWO, ["s1"], at_us=history.deleted_us)
    snapshot = engine.open_snapshot()
    found = Verifier(snapshot, clock=lambda: NOW_US, find_model=find_model).run(VerifyOptions(deep=True))
    assert (found.groups, found.failures) == ([], [])
    assert found.checked["rows with a tombstone"] > 0
    snapshot.close()


async def test_one_project_is_checked_without_the_other(engine: Engine) -> None:
    await fill(engine.writer)
    snapshot = engine.open_snapshot()
    found = Verifier(snapshot, clock=lambda: NOW_US, find_model=find_model).run(VerifyOptions(project_id=ONE))
    assert found.groups == []
    assert (found.checked["traces"], found.checked["observations"]) == (6, 8)
    assert "what belongs to no project: leave --project away" in found.not_checked
    snapshot.close()
