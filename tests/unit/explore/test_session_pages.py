"""Pages of sessions in an order that their traces make, while traces arrive."""

from typing import Any

import pytest

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.ids import ProjectId
from panope.features.explore.asking import Asking
from panope.features.explore.lists import Lists
from panope.features.explore.neighbours import NeighbourFinding
from panope.ports.exploration import TraceGroup
from panope.query.ast import Sort
from panope.query.question import Listing, Question
from tests.support.batches import batch
from tests.support.remarks import no_remarks
from tests.support.told import minute, observation, trace

PROJECT = ProjectId("project")


class Busy(MemoryTelemetry):
    """Hears of another trace of every session whenever it is asked what their traces add up to."""

    def __init__(self) -> None:
        super().__init__()
        self.times = 0

    async def group_traces(self, *args: Any, **named: Any) -> list[TraceGroup]:
        self.times += 1
        for at in range(5):
            trace_id = f"late-{at}-{self.times}"
            told = trace(trace_id, 100 + self.times, session_id=f"s{at}")
            step = observation(f"{trace_id}-o", 100, trace_id=trace_id, end_time=minute(200), usage={"total": 10_000})
            await self.apply(batch(PROJECT, [told, step]))
        return await super().group_traces(*args, **named)


@pytest.mark.parametrize("field", ["last_activity", "latency", "total_tokens", "total_cost"])
async def test_a_page_ends_where_it_was_put_in_order(field: str) -> None:
    store = Busy()
    for at in range(5):
        told = trace(f"t{at}", at, session_id=f"s{at}")
        step = observation(f"o{at}", at, trace_id=f"t{at}", end_time=minute(3 * at), usage={"total": at})
        await store.apply(batch(PROJECT, [told, step]))
    asking = Asking(store, no_remarks(), lambda: minute(300))
    question = Question(listing=Listing.SESSIONS, sort=Sort(field), limit=2)
    page = await Lists(store, asking, lambda: minute(300)).list_sessions(PROJECT, question)
    assert page.next is not None
    row = page.rows[-1].row
    expected = {"last_activity": minute(9), "latency": 6 * 60_000_000, "total_tokens": 3, "total_cost": 0}[field]
    assert (page.next.value, page.next.id) == (expected, row.id)


async def test_neighbours_of_a_session_are_found_without_asking_for_its_traces_again() -> None:
    store = Busy()
    for at in range(5):
        await store.apply(batch(PROJECT, [trace(f"t{at}", at, session_id=f"s{at}")]))
    question = Question(listing=Listing.SESSIONS, sort=Sort("last_activity"))
    finding = NeighbourFinding(store, Asking(store, no_remarks(), lambda: minute(300)))
    found = await finding.find(PROJECT, question, "s2")
    assert (found.previous, found.next, store.times) == ("s3", "s1", 0)
