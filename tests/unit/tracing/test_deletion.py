"""Deleting traces by their ids: a piece at a time."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from panope.adapters.sqlite.telemetry import SqliteTelemetry
from panope.domain.errors import UnavailableError
from panope.domain.ids import ProjectId
from panope.features.tracing.deletion import TraceDeletion
from panope.query.ast import ListQuery, Sort
from tests.support.batches import batch
from tests.support.told import observation, trace

PROJECT = ProjectId("p")
NEWEST = ListQuery(sort=Sort("timestamp", descending=True), limit=10)


@pytest.fixture
async def telemetry(tmp_path: Path) -> AsyncIterator[SqliteTelemetry]:
    opened = SqliteTelemetry.open(tmp_path / "telemetry.db")
    yield opened
    await opened.close()


async def test_what_comes_meanwhile_waits_for_a_piece_of_many_and_not_for_all(telemetry: SqliteTelemetry) -> None:
    ids = [f"t{number}" for number in range(1_000)]
    told = [event for one in ids for event in (trace(one, 1), observation(f"{one}-1", 1, trace_id=one))]
    await telemetry.writer.apply(batch(PROJECT, told))
    forgotten: list[str] = []

    async def forget(_: ProjectId, trace_ids: Sequence[str]) -> None:
        forgotten.extend(trace_ids)

    deletion = TraceDeletion(telemetry.writer, lambda: 5, forget)
    deleting = asyncio.create_task(deletion.delete_traces(PROJECT, [*ids, "unknown", ids[0]]))
    await asyncio.sleep(0)
    await telemetry.writer.apply(batch(PROJECT, [trace("meanwhile", 1)]))
    assert not deleting.done()
    await deleting
    assert [found.row.id for found in (await telemetry.reader.list_traces(PROJECT, NEWEST)).rows] == ["meanwhile"]
    assert forgotten == [*ids, "unknown"]


async def test_what_a_failure_leaves_has_its_media(telemetry: SqliteTelemetry) -> None:
    ids = [f"t{number:03}" for number in range(250)]
    await telemetry.writer.apply(batch(PROJECT, [trace(one, 1) for one in ids]))
    forgotten: list[str] = []

    async def forget(_: ProjectId, trace_ids: Sequence[str]) -> None:
        if forgotten:
            raise UnavailableError("The bucket is away", code="bucket_away")
        forgotten.extend(trace_ids)

    deletion = TraceDeletion(telemetry.writer, lambda: 5, forget)
    with pytest.raises(UnavailableError):
        await deletion.delete_traces(PROJECT, ids)
    assert forgotten == ids[:100]
    left = [found.row.id for found in (await telemetry.reader.list_traces(PROJECT, replace(NEWEST, limit=999))).rows]
    assert sorted(left) == ids[200:]
