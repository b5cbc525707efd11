"""Tens of thousands of generated histories per engine, with and without a deletion in the middle: none may differ.

`pytest tests/property/test_long_histories.py --load full` runs 20,000 of each kind on every engine.
"""

import asyncio
import sys
from pathlib import Path

import pytest

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.ids import ProjectId
from panope.ports.telemetry import TelemetryWriter
from tests.support.batches import batch
from tests.support.engines import ENGINES, Engine, open_engine
from tests.support.histories.random import History
from tests.support.load import Load

_AT_ONCE = 64


async def _play(writer: TelemetryWriter, project: ProjectId, history: History, *, with_deletion: bool) -> None:
    for number, events in enumerate(history.delivery):
        await writer.apply(batch(project, events))
        if with_deletion and number == history.delete_after:
            await writer.delete_traces(project, history.deleted_ids, at_us=history.deleted_us)


async def _differs(engine: Engine, seed: int, *, with_deletion: bool) -> bool:
    project = ProjectId(f"history-{seed}-{with_deletion}")
    history = History(seed)
    memory = MemoryTelemetry()
    if with_deletion:
        await _play(memory, project, history, with_deletion=True)
    else:
        await memory.apply(batch(project, history.events))
    await _play(engine.writer, project, history, with_deletion=with_deletion)
    return await engine.reader.snapshot(project) != await memory.snapshot(project)


@pytest.mark.parametrize("with_deletion", [False, True], ids=["whole", "deletion"])
@pytest.mark.parametrize("name", ENGINES)
async def test_no_history_differs(
    name: str,
    with_deletion: bool,  # noqa: FBT001 - a parameter of pytest
    load: Load,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    """Without a deletion any delivery equals one whole batch; with one, the same steps on the memory engine."""
    engine = await open_engine(name, request, tmp_path)
    count = load.choose(small=150, bounded=1_500, full=20_000)
    differing: list[int] = []
    for first in range(0, count, _AT_ONCE):
        seeds = range(first, min(first + _AT_ONCE, count))
        answers = await asyncio.gather(*(_differs(engine, seed, with_deletion=with_deletion) for seed in seeds))
        differing += [seed for seed, differs in zip(seeds, answers, strict=True) if differs]
    await engine.writer.close()
    await engine.reader.close()
    sys.stdout.write(f"{name}: {count} histories, {len(differing)} differing\n")
    assert differing == []
