"""`lift`: one event, or a pair of them, becomes a state."""

from typing import Any

from panope.domain.events import EntityKind, TelemetryEvent
from panope.domain.merge.fields import Rule, fields_of
from panope.domain.merge.join import join
from panope.domain.merge.leaves import flatten, has_empties
from panope.domain.merge.state import Fragment, Rank, Stamp, State

_SENT, _DERIVED = Rank.SENT, Rank.DERIVED
_EMPTY_TEXTS = frozenset({"", "[]", "{}", "null", '""'})
_LONGEST_EMPTY = max(map(len, _EMPTY_TEXTS))
_TEXT_FIELDS = frozenset({"input", "output"})
_CLEARABLE = {kind: fields_of(kind, Rule.LAST_OR_NULL) for kind in EntityKind}
_FIRST = {kind: fields_of(kind, Rule.FIRST) for kind in EntityKind}
_FILLED = {kind: fields_of(kind, Rule.LAST_FILLED) for kind in EntityKind}


def lift(event: TelemetryEvent) -> State:
    """State of an entity about which only this event is known.

    What does not count by its field's rule (an ignored null, an empty input) is left out here, so that joining needs to
    look only at stamps.
    """
    metadata = event.metadata
    if event.derived or event.derived_metadata or (metadata and has_empties(metadata)):
        return _lift_apart(event)
    values = event.values
    if not all(values.values()) or _has_empty_text(values):
        values = _counting(event.kind, values)
    tags = event.tags
    if not (values or metadata or tags):
        return State()
    if len(tags) > 1:
        tags = sorted(set(tags))
    stamp = Stamp(_SENT, event.at_us, event.is_update, event.event_id)
    return State([Fragment(stamp, values, {}, tags, metadata or None)])


def lift_pair(one: TelemetryEvent, other: TelemetryEvent) -> State | None:
    """State of an entity of which two events tell, made at once: what joining the states of both would give.

    None where both speak of metadata or tags, or there is more to conclude. A create and its update, which the SDKs of
    Langfuse's format send in one batch, are such a pair.
    """
    if (one.metadata and other.metadata) or (one.tags and other.tags) or one.derived_metadata or other.derived_metadata:
        return None
    stamp = Stamp(_SENT, one.at_us, one.is_update, one.event_id)
    later_stamp = Stamp(_SENT, other.at_us, other.is_update, other.event_id)
    if stamp > later_stamp:
        one, other, stamp, later_stamp = other, one, later_stamp, stamp
    kind, metadata = one.kind, one.metadata or other.metadata
    values, later_values = _counting(kind, one.values), _counting(kind, other.values)
    if stamp == later_stamp or not (values and later_values) or (metadata and has_empties(metadata)):
        return None
    told = _conclusions(kind, (one, other), values, later_values) if one.derived or other.derived else []
    if len(told) > 1:
        return None
    values, later_values = _undisputed(_FIRST[kind], values, later_values)
    if values or one.metadata or one.tags:
        told.append(Fragment(stamp, values, {}, sorted(set(one.tags)) if one.tags else [], one.metadata or None))
    told.append(
        Fragment(later_stamp, later_values, {}, sorted(set(other.tags)) if other.tags else [], other.metadata or None)
    )
    return State(told)


def _conclusions(
    kind: EntityKind, events: tuple[TelemetryEvent, TelemetryEvent], one: dict[str, Any], other: dict[str, Any]
) -> list[Fragment]:
    """What each event concluded and neither sent."""
    told = []
    for event in events:
        unsaid = {}
        for name, value in event.derived.items():
            if name not in one and name not in other:
                unsaid[name] = value  # noqa: PERF403 - a comprehension is a function, made anew for every event
        if unsaid and (counting := _counting(kind, unsaid)):
            told.append(Fragment(Stamp(_DERIVED, event.at_us, event.is_update, event.event_id), counting))
    return told


def _undisputed(
    first_fields: frozenset[str], values: dict[str, Any], later_values: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both without what the other one decides; the given maps stay as they are."""
    left, later_left = values, later_values
    for name in later_values:
        if name not in values:
            continue
        if name in first_fields:
            if later_left is later_values:
                later_left = later_values.copy()
            del later_left[name]
        else:
            if left is values:
                left = values.copy()
            del left[name]
    return left, later_left


def _lift_apart(event: TelemetryEvent) -> State:
    """The same for an event that speaks at several ranks."""
    sent = _counting(event.kind, event.values)
    derived = _counting(event.kind, event.derived)
    concluded = event.derived_metadata
    if not event.metadata and sent.keys().isdisjoint(derived) and not (concluded and has_empties(concluded)):
        return _lift_disjoint(event, sent, derived)
    fragments = []
    scalars, empties = flatten(event.metadata) if event.metadata else ({}, {})
    derived_scalars, derived_empties = flatten(event.derived_metadata) if event.derived_metadata else ({}, {})
    tail = (event.at_us, event.is_update, event.event_id)
    if empties or derived_empties:
        fragments.append(Fragment(Stamp(Rank.EMPTY, *tail), leaves={**derived_empties, **empties}))
    if derived or derived_scalars:
        fragments.append(Fragment(Stamp(Rank.DERIVED, *tail), derived, derived_scalars))
    if sent or scalars or event.tags:
        fragments.append(Fragment(Stamp(Rank.SENT, *tail), sent, scalars, sorted(set(event.tags))))
    return State(fragments) if len(fragments) <= 1 else join(event.kind, State(fragments))


def _lift_disjoint(event: TelemetryEvent, sent: dict[str, Any], derived: dict[str, Any]) -> State:
    """Nothing that was sent meets what was concluded, as with nearly every root span: there is nothing to join."""
    fragments = []
    if derived or event.derived_metadata:
        stamp = Stamp(_DERIVED, event.at_us, event.is_update, event.event_id)
        fragments.append(Fragment(stamp, derived, whole=event.derived_metadata or None))
    if sent or event.tags:
        stamp = Stamp(_SENT, event.at_us, event.is_update, event.event_id)
        fragments.append(Fragment(stamp, sent, {}, sorted(set(event.tags)) if event.tags else []))
    return State(fragments)


def _counting(kind: EntityKind, values: dict[str, Any]) -> dict[str, Any]:
    """What of the sent values counts by the rules of their fields; the same object when everything does."""
    if all(values.values()) and not _has_empty_text(values):
        return values
    filled = _FILLED[kind]
    if None not in values.values() and all(_is_filled(name, values[name]) for name in filled & values.keys()):
        return values
    clearable = _CLEARABLE[kind]
    return {
        name: value
        for name, value in values.items()
        if (value is not None or name in clearable) and (name not in filled or _is_filled(name, value))
    }


def _has_empty_text(values: dict[str, Any]) -> bool:
    text = values.get("input")
    if text is not None and len(text) <= _LONGEST_EMPTY and text in _EMPTY_TEXTS:
        return True
    text = values.get("output")
    return text is not None and len(text) <= _LONGEST_EMPTY and text in _EMPTY_TEXTS


def _is_filled(name: str, value: object) -> bool:
    return value not in _EMPTY_TEXTS if name in _TEXT_FIELDS else bool(value)
