"""Traces and observations: from a decoded body to a domain event."""

from typing import Any, Final

from msgspec import UNSET

from panope.domain.agents import agent_columns, control_flow, error_type_of
from panope.domain.events import EntityKind, TelemetryEvent
from panope.domain.tracing import Level, ObservationType
from panope.domain.usage import normalise_cost, normalise_usage
from panope.wire.langfuse.events.bodies import EventBody, GenerationBody, TraceBody
from panope.wire.langfuse.events.refusals import RefusedError
from panope.wire.langfuse.events.sending import (
    MAX_TEXT_CHARS,
    Sending,
    put_environment,
    put_id,
    put_payload,
    put_text,
    put_time,
    read_metadata,
    read_object,
)

MAX_TAGS: Final = 200
MAPPER: Final = "ingestion/2"
"""Marks events whose usage or cost was normalised, so that a better reading can be replayed over them."""

_TRACE, _OBSERVATION = EntityKind.TRACE, EntityKind.OBSERVATION
_LEVELS: Final = frozenset(Level)
_NAMED_AFTER: Final = {ObservationType.AGENT: "agent", ObservationType.TOOL: "tool"}
MAX_PROMPT_VERSION: Final = 2**31 - 1


def trace_event(body: TraceBody, sending: Sending) -> TelemetryEvent:
    """Make the event of a trace body. Raises `RefusedError`."""
    if body.name and len(body.name) > MAX_TEXT_CHARS:
        message = f"body.name is longer than {MAX_TEXT_CHARS} characters; shorten it."
        raise RefusedError("name_too_long", message)
    values: dict[str, Any] = {}
    put_time(values, "timestamp", body.timestamp, sending)
    put_text(values, "name", body.name, sending)
    put_id(values, "session_id", "body.sessionId", body.session_id)
    put_id(values, "user_id", "body.userId", body.user_id)
    put_text(values, "release", body.release, sending)
    put_text(values, "version", body.version, sending)
    put_environment(values, body.environment)
    if body.public is not UNSET:
        values["public"] = body.public
    put_payload(values, "input", body.input, sending)
    put_payload(values, "output", body.output, sending)
    return TelemetryEvent(
        kind=_TRACE,
        entity_id=sending.entity_id(body.entity_id),
        event_id=sending.event_id,
        at_us=sending.at_us,
        is_update=sending.is_update,
        values=values,
        derived={} if values.get("timestamp") else {"timestamp": sending.at_us},
        metadata=read_metadata(body.metadata, sending),
        tags=_read_tags(body, sending),
    )


def observation_event(body: EventBody, observation_type: str, sending: Sending) -> TelemetryEvent:
    """Make the event of an observation body of any type. Raises `RefusedError`."""
    values = _common_values(body, observation_type, sending)
    told: Any = body  # what its shape has besides, its flags say; `isinstance` of a Struct takes a microsecond
    if body.has_end and told.end_time is not UNSET:
        put_time(values, "end_time", told.end_time, sending)
    if body.has_model:
        _put_generation(values, told, sending)
    _check_clock(values, sending)
    metadata = read_metadata(body.metadata, sending) if body.metadata is not UNSET else None
    derived: dict[str, Any] = {} if values.get("start_time") else {"start_time": sending.at_us}
    if body.level is not UNSET or body.status_message is not UNSET:
        _put_level(values, derived, body)
    if metadata or observation_type in _NAMED_AFTER:
        _derive_columns(values, derived, metadata)
    return TelemetryEvent(
        kind=_OBSERVATION,
        entity_id=sending.entity_id(body.entity_id),
        event_id=sending.event_id,
        at_us=sending.at_us,
        is_update=sending.is_update,
        values=values,
        derived=derived,
        metadata=metadata,
    )


def _common_values(body: EventBody, observation_type: str, sending: Sending) -> dict[str, Any]:
    """What every observation may say; asked field by field, as most of it is not sent."""
    values: dict[str, Any] = {"type": observation_type}
    put_id(values, "trace_id", "body.traceId", body.trace_id)
    if body.parent_id is not UNSET:
        put_id(values, "parent_id", "body.parentObservationId", body.parent_id)
    if body.start_time is not UNSET:
        put_time(values, "start_time", body.start_time, sending)
    if body.name is not UNSET:
        put_text(values, "name", body.name, sending)
    if body.version is not UNSET:
        put_text(values, "version", body.version, sending)
    if body.environment is not UNSET:
        put_environment(values, body.environment)
    if body.input is not UNSET:
        put_payload(values, "input", body.input, sending)
    if body.output is not UNSET:
        put_payload(values, "output", body.output, sending)
    return values


def _read_tags(body: TraceBody, sending: Sending) -> list[str]:
    if not body.tags:
        return []
    if len(body.tags) > MAX_TAGS:
        sending.repairs.append("too_many_tags")
    tags = body.tags[:MAX_TAGS]
    if any(len(tag) > MAX_TEXT_CHARS for tag in tags):
        sending.repairs.append("text_cut")
    return [tag[:MAX_TEXT_CHARS] for tag in tags]


def _check_clock(values: dict[str, Any], sending: Sending) -> None:
    """Warn of a moment before the start; it is kept, and shown as the start."""
    start_us = values.get("start_time")
    if not start_us:
        return
    for name in ("end_time", "completion_start_time"):
        if name in values and (values[name] or start_us) < start_us:
            sending.repairs.append("end_before_start")
            return


def _put_level(values: dict[str, Any], derived: dict[str, Any], body: EventBody) -> None:
    """Add level and status message; what merely steers an agent's run is no error, whatever the callback says."""
    level = body.level
    if level is not UNSET:
        if level is not None and level not in _LEVELS:
            message = f"body.level must be one of {', '.join(sorted(_LEVELS))}."
            raise RefusedError("bad_level", message)
        values["level"] = level
    if body.status_message is UNSET:
        return
    values["status_message"] = body.status_message
    flow = control_flow(body.status_message)
    if flow:
        derived["finish_reason"] = flow
        if level == Level.ERROR:
            values["level"] = Level.DEFAULT.value
    elif level == Level.ERROR:
        error_type = error_type_of(body.status_message)
        if error_type:
            derived["error_type"] = error_type


def _derive_columns(values: dict[str, Any], derived: dict[str, Any], metadata: dict[str, Any] | None) -> None:
    if metadata:
        derived |= agent_columns(metadata) | derived
    column = _NAMED_AFTER.get(values["type"])
    if column and values.get("name"):
        derived.setdefault(column, values["name"])


def _put_generation(values: dict[str, Any], body: GenerationBody, sending: Sending) -> None:
    if body.completion_start_time is not UNSET:
        put_time(values, "completion_start_time", body.completion_start_time, sending)
    if body.model is not UNSET:
        put_text(values, "model", body.model, sending)
    if body.model_parameters is not UNSET:
        parameters = read_object(body.model_parameters, "modelParameters", sending)
        if parameters:
            values["model_parameters"] = parameters[1]
    if body.prompt_name is not UNSET or body.prompt_version is not UNSET:
        _put_prompt(values, body)
    if body.usage is not UNSET or body.usage_details is not UNSET or body.cost_details is not UNSET:
        _put_usage(values, body, sending)


def _put_prompt(values: dict[str, Any], body: GenerationBody) -> None:
    name, version = body.prompt_name or None, body.prompt_version or None
    if not name and not version:
        return
    is_version = isinstance(version, int | float) and version == int(version) and 0 < version <= MAX_PROMPT_VERSION
    if not isinstance(name, str) or not isinstance(version, int | float) or not is_version:
        message = "body.promptName and body.promptVersion go together: a name, and a whole number from 1."
        raise RefusedError("bad_prompt_link", message)
    values["prompt"] = [name, int(version)]


def _put_usage(values: dict[str, Any], body: GenerationBody, sending: Sending) -> None:
    usage = read_object(body.usage, "usage", sending)
    details = read_object(body.usage_details, "usageDetails", sending)
    costs = read_object(body.cost_details, "costDetails", sending)
    normalised = normalise_usage(usage and usage[1], details and details[1])
    if normalised.dropped:
        sending.repairs.append("dropped_usage")
    cost = normalise_cost(costs and costs[1], normalised.cost)
    if costs and any(value is not None and name not in cost for name, value in costs[1].items()):
        sending.repairs.append("dropped_cost")
    if normalised.usage:
        values["usage"] = normalised.usage
    if normalised.unit:
        values["usage_unit"] = normalised.unit
    if cost:
        values["cost"] = cost
    if usage or details:
        sent = (("usage", usage), ("usageDetails", details))
        values["usage_sent"] = "{" + ",".join(f'"{key}":{part[0]}' for key, part in sent if part) + "}"
    if costs:
        values["cost_sent"] = costs[0]
    if usage or details or costs:
        values["mapper"] = MAPPER
