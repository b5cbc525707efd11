"""Two processes on one Postgres database: every row and every sum is as if one had told it all in order."""

import multiprocessing

import pytest

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.adapters.postgres.telemetry import PostgresTelemetry
from tests.support.histories.interleaved import CLIENTS, PROJECT, run_clients, tell_serially
from tests.support.postgres import postgres_versions

_TIMEOUT_S = 300


@pytest.mark.parametrize("postgres_url", postgres_versions(), indirect=True)
@pytest.mark.parametrize("trace_count", [200, pytest.param(1000, marks=pytest.mark.long)])
async def test_two_processes_that_tell_the_same_traces_leave_what_one_would_have_left(
    postgres_url: str, trace_count: int
) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=run_clients, args=(postgres_url, list(range(first, CLIENTS, 2)), trace_count))
        for first in range(2)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(_TIMEOUT_S)
    assert [process.exitcode for process in processes] == [0, 0]
    memory = MemoryTelemetry()
    await tell_serially(memory, trace_count)
    telemetry = PostgresTelemetry(postgres_url)
    found = await telemetry.reader.snapshot(PROJECT)
    await telemetry.close()
    expected = await memory.snapshot(PROJECT)
    for kind, rows in expected.items():
        assert found[kind] == rows, kind
