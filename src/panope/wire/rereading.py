"""Reading again what was sent, as far as it is kept: the codecs of today over telemetry of the past.

What is kept of an event is put back into a request of its protocol and goes through the codec that every request goes
through, so a mended dialect is mended for the past as well. What a codec cannot know any more is left as it is: see
`docs/howto/replay-history.md` for the list. A reading is believed only where everything that decides it was kept.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from panope.domain.accounts import Access
from panope.domain.errors import PanopeError
from panope.domain.events import EntityKind
from panope.domain.ids import ProjectId
from panope.domain.merge.codec import read_metadata
from panope.domain.merge.join import join, same
from panope.domain.merge.state import Fragment, Rank, State
from panope.wire.langfuse.events.traces import MAPPER as INGESTION_MAPPER
from panope.wire.langfuse.ingestion import decode_ingestion
from panope.wire.otlp.decode import decode_otlp
from panope.wire.semconv.dialects import google
from panope.wire.semconv.dialects.langfuse import SDK_SCOPE
from panope.wire.semconv.draft import MAPPER, MIXED_MAPPER
from panope.wire.semconv.span import SpanRefusedError
from panope.wire.semconv.text import parse_object

Values = dict[str, Any]

_SENT: Final = ("usage_sent", "cost_sent")
_METERED: Final = ("usage", "usage_unit", "cost")
_REREAD: Final = ("type", "model")
"""Of spans whose attributes are all kept, besides usage and cost."""
_FILLED: Final = (
    "agent", "tool", "graph_node", "thread_id", "finish_reason", "error_type", "retry_number", "model_parameters",
    "completion_start_time",
)  # fmt: skip
"""Of the same spans: taken when found, and left alone otherwise, as they may come from what is not kept."""
_USAGE_IN_PAYLOAD: Final = frozenset({google.ADK_SCOPE})
"""Scopes that tell a part of the usage inside the output, which lies elsewhere by now."""
_PROJECT: Final = ProjectId("reread")
_TIME: Final = "2026-01-01T00:00:00.000Z"
_TIME_US: Final = 1_767_225_600_000_000
_TRACE_ID: Final = "0" * 31 + "1"
_SPAN_ID: Final = "0" * 15 + "1"
_INT64: Final = 1 << 63
_encode = msgspec.json.encode


class Rereader:
    """Implements `StateReader` for observations."""

    def read(self, state: State, sets: Mapping[str, dict[str, Any]]) -> State:
        """See the protocol. An event that cannot be put together again stays as it was read."""
        decided = state.values()
        fragments = [_reread(fragment, decided, sets) for fragment in state.fragments]
        if all(new is old for new, old in zip(fragments, state.fragments, strict=True)):
            return state
        reread = join(EntityKind.OBSERVATION, State(fragments))
        return state if same(reread, state) else reread


def _reread(fragment: Fragment, decided: Values, sets: Mapping[str, dict[str, Any]]) -> Fragment:
    old = fragment.values
    if fragment.stamp.rank != Rank.SENT or not (old.keys() & {"mapper", "usage_sent", "cost_sent"}):
        return fragment
    try:
        if any(parse_object(old[name]) is None for name in _SENT if name in old):
            return fragment
        is_ingested = _is_ingested(old)
        new = _from_ingestion(old) if is_ingested else _from_span(fragment, decided, sets)
    except (PanopeError, SpanRefusedError):
        return fragment
    changed = {name: value for name, value in new.items() if old.get(name) != value}
    if not changed:
        return fragment
    values = {**old, **changed}
    if "mapper" in old:
        values["mapper"] = _risen(old["mapper"], is_ingested=is_ingested)
    kept = {name: value for name, value in values.items() if name not in changed or value is not None}
    return Fragment(fragment.stamp, kept, fragment.leaves, fragment.tags, fragment.whole)


def _is_ingested(values: Values) -> bool:
    mapper = values.get("mapper")
    if isinstance(mapper, str):
        return mapper.startswith("ingestion/")
    sent = parse_object(values.get("usage_sent"))
    return sent is not None and sent.keys() <= {"usage", "usageDetails"}


def _risen(mapper: str, *, is_ingested: bool) -> str:
    if is_ingested:
        return INGESTION_MAPPER
    return MIXED_MAPPER if mapper.endswith("+langfuse") else MAPPER


def _metered(old: Values, new: Values, *, is_whole: bool) -> Values:
    """Usage and cost of a new reading; None where it found none. `is_whole`: all that decides the cost was kept."""
    found: Values = {}
    if "usage_sent" in old:
        found.update({name: new.get(name) for name in ("usage", "usage_unit")})
    if "cost_sent" in old or "usage_sent" in old:
        cost = new.get("cost")
        if is_whole or (cost or {}).keys() >= (old.get("cost") or {}).keys():
            found["cost"] = cost
    return {name: value for name, value in found.items() if value is not None or name in old}


def _from_ingestion(old: Values) -> Values:
    body: Values = {"id": "o", **(parse_object(old.get("usage_sent")) or {})}
    costs = parse_object(old.get("cost_sent"))
    if costs:
        body["costDetails"] = costs
    event = {"id": "e", "type": "generation-create", "timestamp": _TIME, "body": body}
    decoded = decode_ingestion(
        _encode({"batch": [event]}), received_us=_TIME_US, project_id=_PROJECT, access=Access.PROJECT
    )
    if not decoded.events:
        return {}
    # Costs may stand in the usage as well as beside it; when one of the two belongs to another event, half is missing.
    return _metered(old, decoded.events[0].values, is_whole={"usage_sent", "cost_sent"} <= old.keys())


def _from_span(fragment: Fragment, decided: Values, sets: Mapping[str, dict[str, Any]]) -> Values:
    old = fragment.values
    scope = sets.get(decided.get("scope", ""))
    if scope is None or "scope" not in decided or old.get("mapper", "").endswith("+sum"):
        return {}
    name = str(scope.get("name", ""))
    is_whole = not name.startswith(SDK_SCOPE) and not str(old.get("mapper", "+langfuse")).endswith("+langfuse")
    attributes = _attributes(fragment)
    if not is_whole:
        attributes["langfuse.observation.type"] = str(decided.get("type", "span")).lower()
    new = _decode_span(attributes, old, decided, scope, sets.get(decided.get("resource", "")) or {})
    found = {} if name in _USAGE_IN_PAYLOAD else _metered(old, new, is_whole=True)
    if is_whole:
        found.update({field: new.get(field) for field in _REREAD if field in new or field in old})
        found.update({field: new[field] for field in _FILLED if field in new and _is_fuller(old, field)})
    return found


def _is_fuller(old: Values, field: str) -> bool:
    """Whether a found value replaces the one that is there. Parameters and times may come from what is not kept."""
    return field not in old or field not in {"model_parameters", "completion_start_time"}


def _attributes(fragment: Fragment) -> Values:
    kept = read_metadata(State([fragment])).get("attributes")
    attributes = dict(kept) if isinstance(kept, dict) else {}
    for name in _SENT:
        attributes.update(parse_object(fragment.values.get(name)) or {})
    return attributes


def _decode_span(attributes: Values, old: Values, decided: Values, scope: Values, resource: Values) -> Values:
    start_us = decided.get("start_time", _TIME_US)
    span: Values = {
        "traceId": _TRACE_ID,
        "spanId": _SPAN_ID,
        "name": decided.get("name") or "",
        "startTimeUnixNano": str(start_us * 1000),
        "endTimeUnixNano": str(max(start_us, decided.get("end_time") or start_us) * 1000),
        "attributes": _pairs(attributes),
        "events": [
            {**event, "attributes": _pairs(event.get("attributes") or {})} for event in old.get("span_events", ())
        ],
    }
    named = {"name": scope.get("name", ""), "version": scope.get("version", "")}
    scope_spans = {"scope": {**named, "attributes": _pairs(scope.get("attributes") or {})}, "spans": [span]}
    request = {"resourceSpans": [{"resource": {"attributes": _pairs(resource)}, "scopeSpans": [scope_spans]}]}
    received_us = max(start_us, decided.get("end_time") or start_us)
    decoded = decode_otlp(_encode(request), content_type="json", received_us=received_us, project_id=_PROJECT)
    return next((event.values for event in decoded.events if event.kind is EntityKind.OBSERVATION), {})


def _pairs(attributes: Values) -> list[Values]:
    return [{"key": key, "value": _any_value(value)} for key, value in attributes.items()]


_SCALARS: Final = {str: "stringValue", bool: "boolValue", float: "doubleValue"}


def _any_value(value: Any) -> Values:
    name = _SCALARS.get(type(value))
    if name is not None:
        return {name: value}
    if isinstance(value, int):
        return {"intValue": str(value)} if -_INT64 <= value < _INT64 else {"stringValue": str(value)}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_any_value(member) for member in value]}}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": _pairs(value)}}
    return {}
