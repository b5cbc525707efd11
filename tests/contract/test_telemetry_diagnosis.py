"""`TelemetryDiagnosis`: every engine tells the same of a project's senders."""

import msgspec

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.events import TelemetryEvent
from panope.domain.ids import ProjectId
from panope.domain.ledger import LedgerSummary, Receipt, SdkUse
from panope.domain.rollups import HOUR_US
from panope.ports.diagnosis import ClientTime, GenerationCounts, ProjectSize, RootlessTraces
from tests.contract.world import EVENTS, PROJECT, RESOURCE, SCOPE, STRANGER
from tests.support.batches import NOW_US, batch
from tests.support.engines import Engine
from tests.support.told import minute, observation, trace

MANY = 1_000
OTHER = ProjectId("other")


def receipt(number: int, **told: object) -> Receipt:
    written = {"request_id": f"r{number}", "received_us": NOW_US + number, "protocol": "langfuse", **told}
    return msgspec.convert(written, Receipt)


async def test_receipts_are_added_up_by_client(engine: Engine) -> None:
    python = {"sdk_name": "python", "sdk_version": "2.60.10"}
    for written in (
        receipt(0, **python, accepted=9, rejected=9, reasons={"bad_time": 9}),  # before the range
        receipt(1, **python, accepted=2, rejected=1, reasons={"bad_time": 1}, repairs={"unknown_keys": 2}),
        receipt(2, **python, accepted=3, rejected=3, reasons={"bad_time": 2, "wrong_type": 1}),
        receipt(3, **python, accepted=4, rejected=1, reasons={"bad_time": 1}, repairs={"unknown_keys": 2}),
        receipt(4, accepted=1, protocol="otlp-json"),
        receipt(5, protocol="otlp-json", reasons={"malformed_otlp": 1}, status=400),
    ):
        await engine.writer.record(PROJECT, written)
    summary = await engine.reader.summarize_ledger(PROJECT, NOW_US + 1, MANY)
    assert summary == LedgerSummary(
        uses=[
            SdkUse(
                **python,
                protocol="langfuse",
                requests=3,
                accepted=9,
                rejected=5,
                reasons={"bad_time": 4, "wrong_type": 1},
                repairs={"unknown_keys": 4},
                last_us=NOW_US + 3,
            ),
            SdkUse(
                sdk_name=None,
                sdk_version=None,
                protocol="otlp-json",
                requests=2,
                refused=1,
                accepted=1,
                reasons={"malformed_otlp": 1},
                last_us=NOW_US + 5,
            ),
        ]
    )
    assert await engine.reader.summarize_ledger(STRANGER, 0, MANY) == LedgerSummary()


async def test_a_summary_says_when_it_saw_the_newest_receipts_only(engine: Engine) -> None:
    for number in range(4):
        await engine.writer.record(PROJECT, receipt(number, accepted=1, sdk_version=str(number)))
    cut = await engine.reader.summarize_ledger(PROJECT, 0, 3)
    assert ([use.sdk_version for use in cut.uses], cut.is_cut) == (["1", "2", "3"], True)
    assert not (await engine.reader.summarize_ledger(PROJECT, 0, 4)).is_cut


async def test_what_people_do_in_the_app_comes_from_no_client(engine: Engine) -> None:
    for number, protocol in enumerate(("langfuse", "annotation", "sharing")):
        await engine.writer.record(PROJECT, receipt(number, accepted=1, protocol=protocol))
    summary = await engine.reader.summarize_ledger(PROJECT, 0, 1)
    assert ([use.protocol for use in summary.uses], summary.is_cut) == (["langfuse"], False)
    assert [found.protocol for found in await engine.reader.list_receipts(PROJECT, 1)] == ["langfuse"]


def rootless_events() -> list[TelemetryEvent]:
    return [
        trace("whole", 1),
        observation("whole-root", 1, trace_id="whole"),
        observation("whole-leaf", 2, trace_id="whole", parent_id="whole-root"),
        observation("lost-leaf", 3, trace_id="lost", parent_id="away", resource=RESOURCE.id, scope=SCOPE.id),
        observation("lost-later", 4, trace_id="lost", parent_id="lost-leaf"),
        trace("told", 5),
        observation("told-leaf", 5, trace_id="told", parent_id="away"),
        trace("empty", 6),
        observation("old-leaf", -60, trace_id="old", parent_id="away"),
    ]


async def test_traces_without_a_root_are_found_with_their_scope(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, rootless_events(), attribute_sets=[RESOURCE, SCOPE]))
    found = await engine.reader.find_rootless_traces(PROJECT, minute(0), NOW_US, MANY)
    assert (found.examined, found.count, found.is_cut) == (4, 2, False)
    told, lost = found.newest
    assert (told.id, told.has_state, told.observation_count, told.scope) == ("told", True, 1, None)
    assert (lost.id, lost.has_state, lost.observation_count, lost.timestamp_us) == ("lost", False, 2, minute(3))
    assert (lost.scope, lost.resource) == (msgspec.json.decode(SCOPE.json), msgspec.json.decode(RESOURCE.json))
    assert await engine.reader.find_rootless_traces(STRANGER, 0, NOW_US, MANY) == RootlessTraces()


async def test_a_trace_that_changed_lately_may_still_get_its_root(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, rootless_events()))
    found = await engine.reader.find_rootless_traces(PROJECT, minute(0), NOW_US - 1, MANY)
    assert (found.examined, found.count, found.newest) == (4, 0, [])


async def test_a_search_for_roots_says_when_it_saw_the_newest_traces_only(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, rootless_events()))
    cut = await engine.reader.find_rootless_traces(PROJECT, minute(-120), NOW_US, 2)
    assert (cut.examined, cut.is_cut, [lost.id for lost in cut.newest]) == (2, True, ["told"])
    assert not (await engine.reader.find_rootless_traces(PROJECT, minute(-120), NOW_US, 5)).is_cut


async def test_the_latest_starts_come_with_their_arrival(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, [observation(name, at) for name, at in (("a", 1), ("b", 3), ("c", 2))]))
    times = await engine.reader.sample_client_times(PROJECT, 2)
    assert times == [ClientTime(start_us=minute(at), arrived_us=NOW_US) for at in (3, 2)]
    assert await engine.reader.sample_client_times(STRANGER, 2) == []


async def test_generations_without_a_model_are_counted(engine: Engine) -> None:
    generation = {"trace_id": "t", "type": "GENERATION"}
    events = [
        observation("named", 0, **generation, model="gpt-4o"),
        observation("nameless", 1, **generation),
        observation("early", -180, **generation),
        observation("span", 2, trace_id="t"),
    ]
    await engine.writer.apply(batch(PROJECT, events))
    since_us = minute(0) // HOUR_US * HOUR_US
    assert await engine.reader.count_generations(PROJECT, since_us) == GenerationCounts(total=2, nameless=1)
    assert await engine.reader.count_generations(STRANGER, 0) == GenerationCounts()


async def test_a_project_is_measured_by_what_it_keeps(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, EVENTS))
    await engine.writer.apply(batch(OTHER, [observation(f"o{n}", n, trace_id="t") for n in range(900)]))
    memory = MemoryTelemetry()
    await memory.apply(batch(PROJECT, EVENTS))
    small, large = [await engine.reader.measure_project(project) for project in (PROJECT, OTHER)]
    told = await memory.measure_project(PROJECT)
    assert (small.traces, small.observations) == (told.traces, told.observations)
    assert not small.is_estimate
    assert (large.traces, large.observations, large.is_estimate) == (1, 900, engine.name != "memory")
    assert large.stored_bytes > small.stored_bytes > 1_000
    assert await engine.reader.measure_project(STRANGER) == ProjectSize()


async def test_an_estimate_of_bytes_is_near_what_is_stored(engine: Engine) -> None:
    events = [observation(f"o{n}", n, trace_id=f"t{n}", input=f"{n} " + "x y z " * 20) for n in range(800)]
    await engine.writer.apply(batch(PROJECT, events[:80]))
    await engine.writer.apply(batch(OTHER, events))
    few, many = [await engine.reader.measure_project(project) for project in (PROJECT, OTHER)]
    assert 8 < many.stored_bytes / few.stored_bytes < 12
