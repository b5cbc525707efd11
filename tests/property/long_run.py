"""A million generated histories: any delivery of the same events gives the same rows.

`python -m tests.property.long_run --histories 1000000 --first 0` goes through the seeds from `first` on and prints how
many differed. Half of them have a deletion in the middle that a second delivery of everything must not undo; a quarter
is priced again in the middle and must come out as if the new prices had always been there. It may be run in parts and
beside itself: a seed gives the same history everywhere. Exit status 1 when one differs. `together` is the same by two
processes over one store.
"""

import argparse
import asyncio
import sys
import time

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.ids import ProjectId
from tests.support.batches import batch
from tests.support.engines import of_memory
from tests.support.histories.random import History
from tests.support.histories.replaying import NEW, OLD, Desk

_PROJECT = ProjectId("p")
_TOLD_EVERY = 20_000


async def differs(seed: int) -> bool:
    """Whether a history comes out differently when it is delivered differently."""
    history = History(seed)
    if seed % 2:
        return await _differs_after_deletion(history)
    return await (_differs_by_prices(history) if seed % 4 else _differs_by_delivery(history))


async def _differs_by_delivery(history: History) -> bool:
    whole, parts = MemoryTelemetry(), MemoryTelemetry()
    await whole.apply(batch(_PROJECT, history.events))
    for events in history.delivery:
        await parts.apply(batch(_PROJECT, events))
    return await parts.snapshot(_PROJECT) != await whole.snapshot(_PROJECT)


async def _differs_after_deletion(history: History) -> bool:
    """What a deletion took stays away, however often and in whatever order everything is sent again."""
    told = MemoryTelemetry()
    for number, events in enumerate(history.delivery):
        await told.apply(batch(_PROJECT, events))
        if number == history.delete_after:
            await told.delete_traces(_PROJECT, history.deleted_ids, at_us=history.deleted_us)
    once = await told.snapshot(_PROJECT)
    sent = len(history.delivery) if history.delete_after is None else history.delete_after + 1
    for events in reversed(history.delivery[:sent]):
        await told.apply(batch(_PROJECT, events))
    return await told.snapshot(_PROJECT) != once


async def _differs_by_prices(history: History) -> bool:
    """Old prices for the first half, repricing in the middle, new ones from there: as new prices from the start."""
    priced, repriced = MemoryTelemetry(), MemoryTelemetry()
    desk = Desk(of_memory(repriced), NEW)
    await priced.apply(batch(_PROJECT, history.events, prices=NEW))
    turn = (len(history.delivery) + 1) // 2
    for events in history.delivery[:turn]:
        await repriced.apply(batch(_PROJECT, events, prices=OLD))
    await desk.reprice(_PROJECT)
    for events in history.delivery[turn:]:
        await repriced.apply(batch(_PROJECT, events, prices=NEW))
    again = await desk.reprice(_PROJECT)
    return bool(again.differences.changed) or await repriced.snapshot(_PROJECT) != await priced.snapshot(_PROJECT)


def main() -> int:
    """Run the seeds that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=1_000_000)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    return 1 if asyncio.run(_run(options.first, options.histories)) else 0


async def _run(first: int, count: int) -> list[int]:
    began = time.monotonic()
    differing: list[int] = []
    for done, seed in enumerate(range(first, first + count), start=1):
        if await differs(seed):
            differing.append(seed)
        if not done % _TOLD_EVERY or done == count:
            spent_s = time.monotonic() - began
            sys.stdout.write(f"{done} histories in {spent_s:.0f} s, {len(differing)} differing: {differing[:5]}\n")
            sys.stdout.flush()
    return differing


if __name__ == "__main__":
    sys.exit(main())
