"""The index of texts on Postgres where two processes work on it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest

from panope.adapters.postgres.telemetry import PostgresTelemetry
from panope.adapters.relational.text.building import Patience
from panope.adapters.relational.transaction import Procedure
from panope.domain.ids import ProjectId
from panope.ports.operations import Holder
from tests.support.batches import batch
from tests.support.engines import telemetry_database
from tests.support.told import observation

PROJECT = ProjectId("p1")
HOLDER = Holder("me", 60)
_IS_WAITING = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    return telemetry_database(request)


@pytest.fixture
async def telemetry(url: str) -> AsyncIterator[PostgresTelemetry]:
    opened = PostgresTelemetry(url, reader_threads=1, patience=Patience(settled_us=0))
    yield opened
    await opened.close()


async def test_an_index_that_another_process_switches_on_while_it_goes_keeps_what_it_has(
    url: str, telemetry: PostgresTelemetry, monkeypatch: pytest.MonkeyPatch
) -> None:
    await telemetry.texts.start(PROJECT)
    await telemetry.writer.apply(batch(PROJECT, [observation("o1", 1, trace_id="t", input="here")]))
    assert await telemetry.texts.claim(PROJECT, HOLDER)
    while await telemetry.texts.advance(PROJECT, HOLDER):
        pass
    (before,) = await telemetry.texts.describe()
    run, asked = telemetry.writer.run, list[Procedure]()

    async def ask(procedure: Procedure) -> Any:
        """The other process has written before the second procedure, and commits once it is waited for."""
        asked.append(procedure)
        if len(asked) == 2:
            other.execute("UPDATE text_index SET owner = NULL, lease_us = 0")
        asking = asyncio.ensure_future(run(procedure))
        while not asking.done():
            if watcher.execute(_IS_WAITING).fetchall():
                other.commit()
            await asyncio.wait([asking], timeout=0.02)
        return await asking

    with psycopg.connect(url) as other, psycopg.connect(url, autocommit=True) as watcher:
        monkeypatch.setattr(telemetry.writer, "run", ask)
        await telemetry.texts.drop(PROJECT)
    (state,) = await telemetry.texts.describe()
    assert before.segments > 0
    assert (state.rows, state.segments) == (before.rows, before.segments)
