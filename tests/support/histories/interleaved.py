"""Many clients that tell parts of the same traces through several processes, in no particular order."""

import asyncio
import random
from collections.abc import Iterator

from panope.adapters.postgres.telemetry import PostgresTelemetry
from panope.domain.events import TelemetryEvent
from panope.domain.ids import ProjectId
from panope.ports.telemetry import TelemetryWriter
from tests.support.batches import batch
from tests.support.told import minute, observation, score, trace

PROJECT = ProjectId("shared")
CLIENTS = 20
_SESSIONS = 4
_LATEST = 100_000
"""A minute after everything that is told."""


def tell(trace_count: int) -> list[TelemetryEvent]:
    """Everything about so many traces: creates, updates, moves between traces and sessions, scores."""
    return [event for number in range(trace_count) for event in _tell_trace(number)]


def doomed(trace_count: int) -> list[str]:
    """Ids of the traces that are deleted meanwhile; whoever comes late, they stay away."""
    return [f"t{number}" for number in range(0, trace_count, 25)]


def _tell_trace(number: int) -> Iterator[TelemetryEvent]:
    trace_id = f"t{number}"
    at = number * 0.7
    session = f"s{number % _SESSIONS}"
    yield trace(trace_id, at, name=f"run {number % 5}", user_id=f"u{number % 7}", session_id=session, tags=["a"])
    yield trace(trace_id, at + 0.5, is_update=True, output="done", tags=["b"], metadata={"n": number})
    for move in range(number % 4):
        yield trace(trace_id, at + 0.6 + move / 10, session_id=f"s{(number + move) % _SESSIONS}")
    if number % 4 == 3:
        yield trace(trace_id, at + 2, is_update=True, session_id=None)
    for step in range(5):
        observation_id = f"{trace_id}-o{step}"
        begun = at + step * 0.01
        told = {"type": "GENERATION", "name": f"step {step}", "model": "gpt-4o", "start_time": minute(begun)}
        yield observation(observation_id, begun, trace_id=trace_id, input="hello", **told)
        usage = {"input": step, "output": 1, "total": step + 1}
        ended = {"end_time": minute(begun + 0.02), "output": "hi", "usage": usage}
        yield observation(observation_id, begun + 0.02, is_update=True, trace_id=trace_id, **ended)
    yield score(f"{trace_id}-c", at + 1, name="quality", number=number % 2, trace_id=trace_id)
    yield score(f"{trace_id}-c", at + 2, comment="seen again", trace_id=trace_id)
    if number % 25:
        # Each part alone names another trace, or none: the earliest that names one decides.
        lone, other = f"{trace_id}-lone", f"t{number + (number % 25 < 24)}"
        yield observation(lone, at + 0.2, type="SPAN", level="ERROR", start_time=minute(at - 1))
        yield observation(lone, at + 0.3, is_update=True, trace_id=trace_id)
        yield observation(lone, at + 0.4, is_update=True, trace_id=other)
        yield observation(lone, at + 0.5, is_update=True, end_time=minute(at + 0.1))


def share_of(client: int, trace_count: int) -> list[list[TelemetryEvent]]:
    """What one client sends, in batches: some of everything, and some of that twice."""
    chance = random.Random(client)
    dealer = random.Random(0)
    mine = [event for event in tell(trace_count) if dealer.randrange(CLIENTS) == client]
    mine += chance.sample(mine, len(mine) // 10)
    chance.shuffle(mine)
    if client % 4:
        # Most tell their updates last: those name neither the session that a trace leaves nor an observation's trace.
        mine.sort(key=lambda event: event.is_update)
    batches = []
    while mine:
        size = chance.randint(1, 8)
        batches.append(mine[:size])
        mine = mine[size:]
    return batches


def run_clients(url: str, clients: list[int], trace_count: int) -> None:
    """The body of one process."""
    asyncio.run(_run(url, clients, trace_count))


async def _run(url: str, clients: list[int], trace_count: int) -> None:
    telemetry = PostgresTelemetry.open(url)
    try:
        async with asyncio.TaskGroup() as group:
            for client in clients:
                group.create_task(_send(telemetry.writer, client, trace_count))
    finally:
        await telemetry.close()


async def _send(writer: TelemetryWriter, client: int, trace_count: int) -> None:
    batches = share_of(client, trace_count)
    for number, events in enumerate(batches):
        await writer.apply(batch(PROJECT, events))
        if number == len(batches) // 2:
            gone = [trace_id for at, trace_id in enumerate(doomed(trace_count)) if at % CLIENTS == client]
            if gone:
                await writer.delete_traces(PROJECT, gone, at_us=minute(_LATEST))


async def tell_serially(writer: TelemetryWriter, trace_count: int) -> None:
    """The same, told once and in order."""
    await writer.apply(batch(PROJECT, tell(trace_count)))
    await writer.delete_traces(PROJECT, doomed(trace_count), at_us=minute(_LATEST))
