"""Short ways to say what a client told, for worked examples."""

from typing import Any

from panope.domain.events import EntityKind, TelemetryEvent

NOON_US = 1_760_000_000_000_000
MINUTE_US = 60_000_000


def minute(number: float) -> int:
    """µs of a minute after noon."""
    return NOON_US + int(number * MINUTE_US)


def _told(kind: EntityKind, entity_id: str, at: float, time_field: str, told: dict[str, Any]) -> TelemetryEvent:
    metadata = told.pop("metadata", None)
    tags = told.pop("tags", [])
    is_update = told.pop("is_update", False)
    event_id = told.pop("event_id", f"{kind}-{entity_id}-{at}-{is_update}")
    return TelemetryEvent(
        kind=kind,
        entity_id=entity_id,
        event_id=event_id,
        at_us=minute(at),
        is_update=is_update,
        values=told,
        derived={time_field: minute(at)},
        metadata=metadata,
        tags=tags,
    )


def trace(trace_id: str, at: float = 0, **told: Any) -> TelemetryEvent:
    """A trace event, sent `at` minutes after noon."""
    return _told(EntityKind.TRACE, trace_id, at, "timestamp", told)


def observation(observation_id: str, at: float = 0, **told: Any) -> TelemetryEvent:
    """An observation event."""
    return _told(EntityKind.OBSERVATION, observation_id, at, "start_time", told)


def score(score_id: str, at: float = 0, **told: Any) -> TelemetryEvent:
    """A score event."""
    return _told(EntityKind.SCORE, score_id, at, "timestamp", told)
