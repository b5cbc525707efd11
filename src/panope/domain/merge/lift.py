"""`lift`: one event becomes a state."""

from hashlib import blake2b
from typing import Any

import msgspec

from panope.domain.events import TelemetryEvent
from panope.domain.merge.fields import FIELDS, FieldRule, Rule
from panope.domain.merge.leaves import flatten
from panope.domain.merge.state import Fragment, Rank, Stamp, State

_EMPTY_TEXTS = frozenset({"", "[]", "{}", "null", '""'})
_TEXT_FIELDS = frozenset({"input", "output"})
_encoder = msgspec.msgpack.Encoder()


def lift(event: TelemetryEvent) -> State:
    """State of an entity about which only this event is known.

    What does not count by its field's rule (an ignored null, an empty input) is left out here, so that joining needs to
    look only at stamps.
    """
    table = FIELDS[event.kind]
    digest = _digest(event)
    fragments = []
    sent = _counting(table, event.values)
    derived = _counting(table, event.derived)
    scalars, empties = flatten(event.metadata) if event.metadata else ({}, {})
    derived_scalars, derived_empties = flatten(event.derived_metadata) if event.derived_metadata else ({}, {})
    tail = (event.at_us, event.is_update, event.event_id, digest)
    if empties or derived_empties:
        fragments.append(Fragment(Stamp(Rank.EMPTY, *tail), leaves={**derived_empties, **empties}))
    if derived or derived_scalars:
        fragments.append(Fragment(Stamp(Rank.DERIVED, *tail), derived, derived_scalars))
    if sent or scalars or event.tags:
        fragments.append(Fragment(Stamp(Rank.SENT, *tail), sent, scalars, sorted(set(event.tags))))
    return State(fragments)


def _counting(table: dict[str, FieldRule], values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if _counts(table[name], value)}


def _counts(field: FieldRule, value: object) -> bool:
    if value is None:
        return field.rule is Rule.LAST_OR_NULL
    if field.rule is not Rule.LAST_FILLED:
        return True
    if field.name in _TEXT_FIELDS:
        return value not in _EMPTY_TEXTS
    return value not in ("", [], {})


def _digest(event: TelemetryEvent) -> bytes:
    content = (event.values, event.derived, event.metadata, event.derived_metadata, event.tags)
    return blake2b(_encoder.encode(content), digest_size=8).digest()
