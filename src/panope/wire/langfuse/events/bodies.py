"""What the bodies of trace and observation events look like on the wire.

Attributes bear the names of `domain.merge.fields`. UNSET means not sent, None sent as null. Values of any type stay the
bytes that were sent. Unknown keys are skipped without a count: looking at them would cost more than decoding the rest.
"""

from typing import Any, Final

from msgspec import UNSET, Raw, Struct, UnsetType

Text = str | UnsetType | None
Opaque = Raw | UnsetType

_NAMES: Final = {
    "entity_id": "id",
    "trace_id": "traceId",
    "parent_id": "parentObservationId",
    "session_id": "sessionId",
    "user_id": "userId",
    "start_time": "startTime",
    "end_time": "endTime",
    "completion_start_time": "completionStartTime",
    "status_message": "statusMessage",
    "model_parameters": "modelParameters",
    "usage_details": "usageDetails",
    "cost_details": "costDetails",
    "prompt_name": "promptName",
    "prompt_version": "promptVersion",
}


class TraceBody(Struct, rename=_NAMES):
    """Body of `trace-create` and of `POST /traces`."""

    entity_id: Text = UNSET
    timestamp: Text = UNSET
    name: Text = UNSET
    session_id: Text = UNSET
    user_id: Text = UNSET
    release: Text = UNSET
    version: Text = UNSET
    public: bool | UnsetType | None = UNSET
    tags: list[str] | UnsetType | None = UNSET
    environment: Any = UNSET
    metadata: Opaque = UNSET
    input: Opaque = UNSET
    output: Opaque = UNSET


class EventBody(Struct, rename=_NAMES):
    """Body of `event-create`: what every observation may say."""

    entity_id: Text = UNSET
    trace_id: Text = UNSET
    parent_id: Text = UNSET
    name: Text = UNSET
    start_time: Text = UNSET
    level: Text = UNSET
    status_message: Text = UNSET
    version: Text = UNSET
    environment: Any = UNSET
    metadata: Opaque = UNSET
    input: Opaque = UNSET
    output: Opaque = UNSET


class SpanBody(EventBody, rename=_NAMES):
    """Body of `span-create` and `span-update`."""

    end_time: Text = UNSET


class GenerationBody(SpanBody, rename=_NAMES):
    """Body of every other observation event: generations, agents, tools and their like."""

    completion_start_time: Text = UNSET
    model: Text = UNSET
    model_parameters: Opaque = UNSET
    usage: Opaque = UNSET
    usage_details: Opaque = UNSET
    cost_details: Opaque = UNSET
    prompt_name: Text = UNSET
    prompt_version: int | float | UnsetType | None = UNSET


class LegacyObservationBody(GenerationBody, rename=_NAMES):
    """Body of `observation-create` and `observation-update`, which name their type in the body."""

    type: Text = UNSET
