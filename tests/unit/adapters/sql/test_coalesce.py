"""One read for everybody who asks at the same time."""

import asyncio

import pytest

from panope.adapters.sql.coalesce import Coalescer


class Source:
    """A slow source whose reads end when the test says so."""

    def __init__(self) -> None:
        self.value = 0
        self.reads = 0
        self.started = asyncio.Event()
        self.gate = asyncio.Event()
        self.failure: Exception | None = None

    async def read(self) -> int:
        self.reads += 1
        value = self.value
        self.started.set()
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        return value


async def test_who_asks_during_a_read_gets_the_next_one() -> None:
    source = Source()
    coalescer = Coalescer(source.read)
    early = asyncio.create_task(coalescer.ask())
    await source.started.wait()
    source.value = 1
    late = [asyncio.create_task(coalescer.ask()) for _ in range(20)]
    await asyncio.sleep(0)
    source.gate.set()
    assert await early == 0
    assert await asyncio.gather(*late) == [1] * 20
    assert source.reads == 2


async def test_one_read_after_another_when_nobody_overlaps() -> None:
    source = Source()
    source.gate.set()
    coalescer = Coalescer(source.read)
    for expected in range(3):
        source.value = expected
        assert await coalescer.ask() == expected
    assert source.reads == 3


async def test_a_failure_reaches_its_askers_and_not_the_next() -> None:
    source = Source()
    source.gate.set()
    source.failure = ConnectionError("gone")
    coalescer = Coalescer(source.read)
    outcomes = await asyncio.gather(coalescer.ask(), coalescer.ask(), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ConnectionError, ConnectionError]
    source.failure = None
    assert await coalescer.ask() == 0


async def test_a_client_that_hangs_up_takes_nobody_along() -> None:
    source = Source()
    coalescer = Coalescer(source.read)
    impatient, patient = asyncio.create_task(coalescer.ask()), asyncio.create_task(coalescer.ask())
    await source.started.wait()
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    source.gate.set()
    assert await patient == 0
    assert await coalescer.ask() == 0
