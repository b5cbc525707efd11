"""The order of events that one batch sends about one entity within the same millisecond.

JavaScript stamps in milliseconds, and there a trace is often made and updated within one. Without more to go by the
event id decides which of two such events is the later one, and that is chance.
"""

from collections.abc import Sequence
from typing import Final

from panope.domain.events import EntityKind, TelemetryEvent

_MS_US: Final = 1000


def separate_ties(events: Sequence[TelemetryEvent]) -> None:
    """Move events about one entity that carry the same whole millisecond a microsecond apart, in the order sent.

    The first create and the first update stay where they are, for between those two the stamp decides. A batch that is
    sent again is moved likewise. An event that a batch holds twice counts once.
    """
    if len({(event.entity_id, event.at_us) for event in events}) == len(events):
        return
    places: dict[tuple[EntityKind, str, int], dict[str, int]] = {}
    with_create: set[tuple[EntityKind, str, int]] = set()
    for event in sorted(events, key=_is_update):
        if event.at_us % _MS_US:
            continue
        place = (event.kind, event.entity_id, event.at_us)
        offsets = places.setdefault(place, {})
        if not event.is_update:
            with_create.add(place)
        is_after_create = event.is_update and place in with_create
        event.at_us += offsets.setdefault(event.event_id, min(len(offsets) - is_after_create, _MS_US - 1))


def _is_update(event: TelemetryEvent) -> bool:
    return event.is_update
