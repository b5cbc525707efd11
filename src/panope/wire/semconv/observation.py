"""From a span to its observation: one event, whatever dialect the span speaks."""

from typing import Any, Final

from panope.domain.agents import agent_columns
from panope.domain.events import EntityKind, TelemetryEvent
from panope.wire.langfuse.events.sending import MAX_TEXT_CHARS
from panope.wire.semconv import precedence
from panope.wire.semconv.dialects import vercel
from panope.wire.semconv.draft import MIXED_MAPPER, SUM_MAPPER, Draft, cut
from panope.wire.semconv.fields import read_first_token
from panope.wire.semconv.metadata import read_experiment, read_metadata
from panope.wire.semconv.metering import is_aggregate, keep_sent, meter
from panope.wire.semconv.parameters import read_parameters
from panope.wire.semconv.plan import Plan
from panope.wire.semconv.severity import read_severity
from panope.wire.semconv.text import as_text, parse_json

_OBSERVATION: Final = EntityKind.OBSERVATION
_DEFAULT_TYPE: Final = "SPAN"


def observe(draft: Draft, plan: Plan, at_us: int) -> TelemetryEvent:
    """Make the observation's event; the draft brings the values that time and place give."""
    span, attributes, values = draft.span, draft.attributes, draft.values
    values["type"] = _type(draft, plan)
    if plan.is_mixed:
        values["mapper"] = MIXED_MAPPER
    name = span.name or (_name(attributes) if plan.names_itself else None)
    if name:
        values["name"] = name if len(name) <= MAX_TEXT_CHARS else cut(name, draft.repairs)
    if plan.io or span.events:
        _read_io(draft, plan)
    for step, keys in plan.steps:
        step(draft, keys)
    if plan.meter is not None:
        keep_sent(draft, plan.meter)
    if plan.is_echo or (plan.may_aggregate and is_aggregate(attributes)):
        values["mapper"] = SUM_MAPPER
    elif plan.has_call:
        _read_model_call(draft, plan)
    metadata = _metadata(draft, plan) if plan.has_metadata else None
    if span.events or span.status_code or span.status_message or plan.has_severity:
        read_severity(draft)
    if span.events or span.links:
        _keep_events(draft)
    return TelemetryEvent(
        kind=_OBSERVATION,
        entity_id=span.span_id,
        event_id=span.span_id,
        at_us=at_us,
        values=values,
        metadata=metadata,
    )


def _keep_events(draft: Draft) -> None:
    span, values = draft.span, draft.values
    if span.events:
        read_first_token(draft)
        values["span_events"] = [
            {"name": event.name, "timeUnixNano": event.time_ns, "attributes": event.attributes} for event in span.events
        ]
    if span.links:
        values["links"] = [
            {"traceId": link.trace_id, "spanId": link.span_id, "attributes": link.attributes} for link in span.links
        ]


def _read_model_call(draft: Draft, plan: Plan) -> None:
    for step, keys in plan.model_steps:
        step(draft, keys)
    if plan.parameters is not None:
        read_parameters(draft, plan.parameters)
    if plan.meter is not None:
        meter(draft, plan.meter)


def _type(draft: Draft, plan: Plan) -> str:
    attributes = draft.attributes
    for key, types, decide in plan.types:
        value = attributes[key] if key is not None else None
        if types is not None:
            found = types.get(value) if type(value) is str else None
        else:
            found = decide(draft.span, draft.facts.context, value) if decide is not None else None
        if found is not None:
            return found
    return _DEFAULT_TYPE


def _name(attributes: dict[str, Any]) -> str | None:
    for key in precedence.NAME:
        value = attributes.get(key)
        if isinstance(value, str) and value:
            return value
    return vercel.operation_name(attributes)


def _read_io(draft: Draft, plan: Plan) -> None:
    span, attributes, values = draft.span, draft.attributes, draft.values
    for step in plan.io_with_events if span.events else plan.io:
        if step.read is not None:
            found_input, found_output = step.read(span, step.keys)
        else:
            found_input = attributes[step.input] if step.input is not None else None
            found_output = attributes[step.output] if step.output is not None else None
        if found_input is None and found_output is None:
            continue
        if found_input is not None and found_input != "":
            values["input"] = found_input if type(found_input) is str else as_text(found_input)
        if found_output is not None and found_output != "":
            values["output"] = found_output if type(found_output) is str else as_text(found_output)
        return


def _metadata(draft: Draft, plan: Plan) -> dict[str, Any] | None:
    attributes = draft.attributes
    found: dict[str, Any] = {}
    if plan.blobs or plan.named:
        found = read_metadata(attributes, plan.blobs, plan.named)
        for column, value in agent_columns({key: _unquoted(value) for key, value in found.items()}).items():
            draft.values.setdefault(column, value)
    if plan.experiment:
        draft.values["experiment"] = read_experiment(attributes, plan.experiment)
    if plan.leftover:
        found["attributes"] = {key: attributes[key] for key in plan.leftover}
    return found or None


def _unquoted(value: object) -> object:
    """Metadata value without the quotes that Python's SDK 5 puts around every text."""
    return parse_json(value) if isinstance(value, str) and value[:1] == '"' else value
