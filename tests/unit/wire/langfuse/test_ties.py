"""Events of one millisecond keep the order of their batch."""

import itertools
from typing import Any

import pytest

from panope.domain.events import TelemetryEvent
from tests.unit.wire.langfuse.sending import SENT_US, decode, frame


def times(*frames: dict[str, Any]) -> list[int]:
    """Microseconds after the time that was sent, event by event."""
    return [event.at_us - SENT_US for event in decode(*frames).events]


def sent(kind: str, event_id: str, entity_id: str = "one", **fields: Any) -> dict[str, Any]:
    return frame(kind, {"id": entity_id}, id=event_id, **fields)


def stamp(event: TelemetryEvent) -> tuple[int, bool, str]:
    return event.at_us, event.is_update, event.event_id


@pytest.mark.parametrize("ids", list(itertools.permutations("abc")))
def test_traces_sent_within_a_millisecond_keep_the_order_of_the_batch(ids: tuple[str, ...]) -> None:
    assert times(*(sent("trace-create", event_id) for event_id in ids)) == [0, 1, 2]


def test_updates_keep_their_order_and_come_after_every_create() -> None:
    batch = decode(
        sent("span-update", "z"),
        sent("span-create", "y"),
        sent("span-update", "x"),
        sent("span-create", "w"),
    )
    assert [event.event_id for event in sorted(batch.events, key=stamp)] == ["y", "w", "z", "x"]


def test_create_and_its_update_stay_at_their_time() -> None:
    assert times(sent("generation-create", "b"), sent("generation-update", "a")) == [0, 0]


def test_other_entities_kinds_and_times_are_no_ties() -> None:
    assert times(
        sent("trace-create", "a"),
        sent("trace-create", "b", "other"),
        sent("span-create", "c"),
        sent("trace-create", "d", timestamp="2026-01-02T03:04:04.501Z"),
    ) == [0, 0, 0, 1000]


def test_event_that_a_batch_holds_twice_keeps_its_place() -> None:
    assert times(sent("trace-create", "a"), sent("trace-create", "b"), sent("trace-create", "a")) == [0, 1, 0]


def test_microseconds_that_were_sent_are_left_alone() -> None:
    assert times(*[sent("trace-create", name, timestamp="2026-01-02T03:04:04.500007Z") for name in "ab"]) == [7, 7]


def test_no_event_is_moved_out_of_its_millisecond() -> None:
    assert times(*[sent("trace-create", f"{number}") for number in range(1200)])[-1] == 999
