"""Any order, any repetition, any split of the same events gives the same rows."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.events import TelemetryEvent
from panope.domain.ids import ProjectId
from tests.support.batches import batch
from tests.support.histories.made import TRACE_IDS, deliveries, histories

PROJECT = ProjectId("p1")


async def _deliver(batches: list[list[TelemetryEvent]]) -> dict[str, object]:
    telemetry = MemoryTelemetry()
    for events in batches:
        await telemetry.apply(batch(PROJECT, events))
    return await telemetry.snapshot(PROJECT)


@given(data=st.data())
@settings(max_examples=300)
def test_any_delivery_gives_the_same_rows(data: st.DataObject) -> None:
    history = data.draw(histories)
    delivery = data.draw(deliveries(history))
    assert asyncio.run(_deliver(delivery)) == asyncio.run(_deliver([history]))


@given(data=st.data())
@settings(max_examples=200)
def test_what_was_deleted_stays_deleted_whatever_is_sent_again(data: st.DataObject) -> None:
    history = data.draw(histories)
    delivery = data.draw(deliveries(history))

    async def deliver() -> tuple[dict[str, object], dict[str, object]]:
        telemetry = MemoryTelemetry()
        await telemetry.apply(batch(PROJECT, history))
        await telemetry.delete_traces(PROJECT, TRACE_IDS, at_us=max(event.at_us for event in history))
        deleted = await telemetry.snapshot(PROJECT)
        for events in delivery:
            await telemetry.apply(batch(PROJECT, [event for event in events if _names_a_trace(event)]))
        return deleted, await telemetry.snapshot(PROJECT)

    deleted, again = asyncio.run(deliver())
    assert not [row for row in deleted["traces"] if row["id"] in TRACE_IDS]  # type: ignore[attr-defined]
    assert again == deleted


def _names_a_trace(event: TelemetryEvent) -> bool:
    return event.entity_id in TRACE_IDS or event.values.get("trace_id") in TRACE_IDS
