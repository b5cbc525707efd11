"""`read_changes`: what was written is told once, by every engine."""

import asyncio

import pytest

from panope.domain.ids import ProjectId
from panope.ports.exploration import FIRST_PLACE, Changes
from tests.support.batches import batch
from tests.support.engines import Engine
from tests.support.told import minute, observation, score, trace

PROJECT = ProjectId("project")
OTHER = ProjectId("other")
LONG_AGO = -1_000_000


async def read(engine: Engine, after: str | None, *watched: str, limit: int = 100) -> Changes:
    return await engine.reader.read_changes(PROJECT, after, since_us=minute(0), watched=list(watched), limit=limit)


async def test_what_is_written_is_told_once(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, [trace("t1", 1)]))
    start = await read(engine, None)
    assert start.trace_ids == []
    await engine.writer.apply(batch(PROJECT, [trace("t2", 2), observation("o", 3, trace_id="t3")]))
    first = await read(engine, start.place)
    assert sorted(first.trace_ids) == ["t2", "t3"]
    assert (await read(engine, first.place)).trace_ids == []
    told = [observation("o2", 4, trace_id="t1"), score("c", 4, trace_id="t2", number=1)]
    await engine.writer.apply(batch(PROJECT, told))
    second = await read(engine, first.place)
    assert sorted(second.trace_ids) == ["t1", "t2"]
    assert sorted((await read(engine, start.place)).trace_ids) == ["t1", "t2", "t3"]
    assert sorted((await read(engine, FIRST_PLACE)).trace_ids) == ["t1", "t2", "t3"]
    await engine.writer.apply(batch(PROJECT, [trace("t2", 2)]))
    assert (await read(engine, second.place)).trace_ids == []


async def test_a_project_that_is_new_is_told_from_its_beginning(engine: Engine) -> None:
    place = (await read(engine, None)).place
    await engine.writer.apply(batch(OTHER, [trace("x", 1)]))
    assert (await read(engine, place)).trace_ids == []
    await engine.writer.apply(batch(PROJECT, [trace("t", 1)]))
    assert (await read(engine, place)).trace_ids == ["t"]


async def test_old_traces_are_told_to_who_watches_them(engine: Engine) -> None:
    await engine.writer.apply(batch(PROJECT, [trace("old", LONG_AGO), trace("other", LONG_AGO)]))
    start = await read(engine, None)
    told = {"trace_id": "old", "input": "text"}
    events = [observation("o", LONG_AGO, trace_id="old"), trace("other", 1 + LONG_AGO, name="n")]
    await engine.writer.apply(batch(PROJECT, events))
    assert (await read(engine, start.place)).trace_ids == []
    first = await read(engine, start.place, "old", "none")
    assert first.trace_ids == ["old"]
    await engine.writer.apply(batch(PROJECT, [observation("o", LONG_AGO, is_update=True, event_id="e", **told)]))
    second = await read(engine, first.place, "old", "none")
    assert second.trace_ids == ["old"]
    await engine.writer.apply(batch(PROJECT, [score("c", LONG_AGO, trace_id="old", number=1)]))
    assert (await read(engine, second.place, "old")).trace_ids == ["old"]


@pytest.mark.parametrize("place", ["", "x", "-1", "1.5", "9" * 18, "9" * 50, "\u0660", "\uff11", "0" * 19])
async def test_a_place_that_is_none_begins_anew(engine: Engine, place: str) -> None:
    await engine.writer.apply(batch(PROJECT, [trace("t", 1)]))
    told = await read(engine, place)
    assert told == Changes((await read(engine, None)).place)


async def test_no_more_are_told_than_asked_for(engine: Engine) -> None:
    start = await read(engine, FIRST_PLACE)
    await engine.writer.apply(batch(PROJECT, [trace(f"t{at}", at) for at in range(9)]))
    assert len((await read(engine, start.place, limit=3)).trace_ids) == 3


async def test_nothing_is_missed_while_many_write(engine: Engine) -> None:
    wanted = {f"t{writer}-{at}" for writer in range(4) for at in range(15)}
    seen: set[str] = set()
    place = (await read(engine, FIRST_PLACE)).place

    async def write(writer: int) -> None:
        for at in range(15):
            await engine.writer.apply(batch(PROJECT, [trace(f"t{writer}-{at}", at)]))

    writing = asyncio.gather(*(write(writer) for writer in range(4)))
    while True:
        is_last = writing.done()
        changes = await read(engine, place)
        place = changes.place
        seen.update(changes.trace_ids)
        if is_last:
            break
        await asyncio.sleep(0)
    await writing
    assert seen == wanted
