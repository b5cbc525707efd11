"""The single-entity routes from before batches: one trace, span, generation or event per request, without a frame."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

from msgspec import UNSET

from panope.domain.events import DecodedBatch, TelemetryEvent
from panope.domain.ids import ProjectId
from panope.domain.tracing import ObservationType
from panope.wire.isotime import DAY_US
from panope.wire.langfuse.events.bodies import BodyReader, GenerationBody, Opaque, SpanBody, Text
from panope.wire.langfuse.events.frames import read_single
from panope.wire.langfuse.events.refusals import RefusedError
from panope.wire.langfuse.events.sending import Sending
from panope.wire.langfuse.events.traces import observation_event, trace_event
from panope.wire.langfuse.ingestion import EVENT_READER, TRACE_READER, decode_each


class LegacyWrite(StrEnum):
    """One of the routes, by method and path."""

    CREATE_TRACE = "POST /traces"
    CREATE_SPAN = "POST /spans"
    UPDATE_SPAN = "PATCH /spans"
    CREATE_GENERATION = "POST /generations"
    UPDATE_GENERATION = "PATCH /generations"
    CREATE_EVENT = "POST /events"


class _LegacySpanBody(SpanBody, rename={"span_id": "spanId"}):
    span_id: Text = UNSET


class _LegacyGenerationBody(GenerationBody, rename={"generation_id": "generationId"}):
    generation_id: Text = UNSET
    prompt: Opaque = UNSET
    completion: Opaque = UNSET


_SPAN_READER: Final = BodyReader(_LegacySpanBody)
_GENERATION_READER: Final = BodyReader(_LegacyGenerationBody)


def decode_legacy_write(
    write: LegacyWrite, body: bytes, *, received_us: int, project_id: ProjectId, new_id: Callable[[], str]
) -> DecodedBatch:
    """Decode the body of one legacy route: one event, or one rejection. Raises `InvalidError` when it is not JSON."""
    framed = read_single(body)

    def decode(index: int, repairs: list[str]) -> tuple[TelemetryEvent, Sending]:
        sending = Sending(
            project_id=project_id,
            event_id=new_id(),
            at_us=received_us,
            latest_us=received_us + DAY_US,
            is_update=write in {LegacyWrite.UPDATE_SPAN, LegacyWrite.UPDATE_GENERATION},
            repairs=repairs,
        )
        raw: Any = framed.frames[index]
        return _decode_write(write, bytes(raw), sending), sending

    return decode_each(framed, decode)


def _decode_write(write: LegacyWrite, raw: bytes, sending: Sending) -> TelemetryEvent:
    if write is LegacyWrite.CREATE_TRACE:
        return trace_event(TRACE_READER.read(raw, sending.repairs), sending)
    if write is LegacyWrite.CREATE_EVENT:
        return observation_event(EVENT_READER.read(raw, sending.repairs), ObservationType.EVENT.value, sending)
    if write in {LegacyWrite.CREATE_SPAN, LegacyWrite.UPDATE_SPAN}:
        span = _SPAN_READER.read(raw, sending.repairs)
        _take_id(span, span.span_id, sending, "spanId")
        return observation_event(span, ObservationType.SPAN.value, sending)
    generation = _GENERATION_READER.read(raw, sending.repairs)
    _take_id(generation, generation.generation_id, sending, "generationId")
    if generation.prompt is not UNSET:
        generation.input = generation.prompt
    if generation.completion is not UNSET:
        generation.output = generation.completion
    return observation_event(generation, ObservationType.GENERATION.value, sending)


def _take_id(body: SpanBody, sent: Text, sending: Sending, key: str) -> None:
    """An update names its entity under another key than a create does."""
    if not sending.is_update:
        return
    if not sent:
        message = f"body.{key} is missing; it names what to update."
        raise RefusedError("missing_id", message)
    body.entity_id = sent
