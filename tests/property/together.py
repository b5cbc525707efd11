"""Histories told by two processes to one Postgres at the same time, priced again and deleted meanwhile.

`python -m tests.property.together --histories 20000 --first 0` starts a Postgres of its own. Of each history both
processes send their batches by old prices at once; then one prices all again while the other sends the rest by the new
prices: the rows must be those of the memory engine that knew the new prices from the start. Of every second one traces
are deleted then, and both send everything again: nothing may come back. Exit status 1 when one differs.
"""

import argparse
import asyncio
import multiprocessing
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from multiprocessing.synchronize import Barrier

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.adapters.postgres.snapshot import PostgresStoreSnapshot
from panope.adapters.postgres.telemetry import PostgresTelemetry
from panope.domain.events import TelemetryEvent
from panope.domain.ids import ProjectId
from panope.domain.pricing import PriceBook
from tests.support.batches import batch
from tests.support.engines import Engine, create_telemetry_schema
from tests.support.histories.random import History
from tests.support.histories.replaying import NEW, OLD, Desk
from tests.support.postgres import Clusters

_CHUNK = 100
"""Histories that are told at the same time, each in a project of its own."""
_TOLD_EVERY = 1_000
_WAIT_S = 600
_FIRST, _SECOND = 0, 1

_Act = Callable[[int, History], Awaitable[None]]


class _Teller:
    """One of the two processes: waits for the other after each act."""

    def __init__(self, url: str, share: int, barrier: Barrier) -> None:
        telemetry = PostgresTelemetry(url, reader_threads=2)
        self.engine = Engine(
            "postgres",
            telemetry.writer,
            telemetry.reader,
            telemetry.operations,
            telemetry.metrics,
            telemetry.metrics,
            lambda: PostgresStoreSnapshot(url),
            telemetry.texts,
        )
        self._share = share
        self._barrier = barrier
        self._desk = Desk(self.engine, NEW)
        self.close = telemetry.close

    async def tell(self, seeds: Iterable[int]) -> list[int]:
        """Tell a chunk of histories together with the other process; those that came out differently, to the first."""
        histories = {seed: History(seed) for seed in seeds}
        await self._each(histories, self._send_first_half)
        await self._each(histories, self._send_rest if self._share else self._reprice)
        differing = await self._compare(histories)
        deleted = {seed: history for seed, history in histories.items() if seed % 2}
        if self._share == _FIRST:
            await _at_once([self._delete(seed, history) for seed, history in deleted.items()])
            once = {seed: await self.engine.reader.snapshot(_project(seed)) for seed in deleted}
        await self._meet()
        await self._each(deleted, self._send_again)
        if self._share == _FIRST:
            differing += [seed for seed in deleted if await self.engine.reader.snapshot(_project(seed)) != once[seed]]
        await self._meet()
        return differing

    async def _each(self, histories: dict[int, History], act: _Act) -> None:
        await _at_once([act(seed, history) for seed, history in histories.items()])
        await self._meet()

    async def _meet(self) -> None:
        await asyncio.to_thread(self._barrier.wait, _WAIT_S)

    async def _send_first_half(self, seed: int, history: History) -> None:
        await self._send(seed, history.delivery[: _turn(history)][self._share :: 2], OLD)

    async def _send_rest(self, seed: int, history: History) -> None:
        await self._send(seed, history.delivery[_turn(history) :], NEW)

    async def _send_again(self, seed: int, history: History) -> None:
        await self._send(seed, history.delivery[:: -1 if self._share else 1], NEW)

    async def _send(self, seed: int, delivery: Sequence[list[TelemetryEvent]], prices: PriceBook) -> None:
        for events in delivery:
            await self.engine.writer.apply(batch(_project(seed), events, prices=prices))

    async def _reprice(self, seed: int, _history: History) -> None:
        await self._desk.reprice(_project(seed))

    async def _delete(self, seed: int, history: History) -> None:
        await self.engine.writer.delete_traces(_project(seed), history.deleted_ids, at_us=history.deleted_us)

    async def _compare(self, histories: dict[int, History]) -> list[int]:
        if self._share != _FIRST:
            return []
        return [seed for seed, history in histories.items() if await self._differs(seed, history)]

    async def _differs(self, seed: int, history: History) -> bool:
        memory = MemoryTelemetry()
        await memory.apply(batch(_project(seed), history.events, prices=NEW))
        return await self.engine.reader.snapshot(_project(seed)) != await memory.snapshot(_project(seed))


def _project(seed: int) -> ProjectId:
    return ProjectId(f"h{seed}")


def _turn(history: History) -> int:
    return (len(history.delivery) + 1) // 2


async def _at_once(acts: Sequence[Awaitable[None]]) -> None:
    await asyncio.gather(*acts)


def _chunks(first: int, count: int) -> Iterable[range]:
    return (range(start, min(start + _CHUNK, first + count)) for start in range(first, first + count, _CHUNK))


async def _tell(url: str, share: int, barrier: Barrier, first: int, count: int) -> list[int]:
    teller = _Teller(url, share, barrier)
    began = time.monotonic()
    differing: list[int] = []
    for chunk in _chunks(first, count):
        differing += await teller.tell(chunk)
        done = chunk.stop - first
        if share == _FIRST and (not done % _TOLD_EVERY or done == count):
            spent_s = time.monotonic() - began
            sys.stdout.write(f"{done} histories in {spent_s:.0f} s, {len(differing)} differing: {differing[:5]}\n")
            sys.stdout.flush()
    await teller.close()
    return differing


def run(url: str, share: int, barrier: Barrier, first: int, count: int) -> list[int]:
    """Be one of the two processes; the seeds that came out differently, to the first of them."""
    return asyncio.run(_tell(url, share, barrier, first, count))


def main() -> int:
    """Start a Postgres and the other process, and tell the seeds that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    clusters = Clusters()
    context = multiprocessing.get_context("spawn")
    try:
        url = clusters.databases(None).create(create_telemetry_schema)
        barrier = context.Barrier(2)
        other = context.Process(target=run, args=(url, _SECOND, barrier, options.first, options.histories))
        other.start()
        differing = run(url, _FIRST, barrier, options.first, options.histories)
        other.join()
    finally:
        clusters.close()
    return 1 if differing or other.exitcode else 0


if __name__ == "__main__":
    sys.exit(main())
