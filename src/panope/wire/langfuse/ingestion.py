"""`POST /api/public/ingestion` and `POST /api/public/scores`: from the bytes of a request to domain events.

Pure: no clock, no store. One bad event never sinks its batch; only for a request that is none at all, or is one of too
many events, is an error raised: `InvalidError`, `TooLargeError`.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final

from msgspec import DecodeError, Raw, Struct, ValidationError

from panope.domain.accounts import Access
from panope.domain.events import (
    Acceptance,
    ConfiguredScore,
    DecodedBatch,
    EntityKind,
    Rejection,
    Repair,
    TelemetryEvent,
)
from panope.domain.ids import MAX_ID_BYTES, ProjectId
from panope.domain.tracing import ObservationType
from panope.wire import jsontext
from panope.wire.isotime import DAY_US
from panope.wire.langfuse.events.bodies import (
    BodyReader,
    EventBody,
    GenerationBody,
    LegacyObservationBody,
    SpanBody,
    TraceBody,
)
from panope.wire.langfuse.events.frames import (
    UNKNOWN_ID,
    EventFrame,
    Framed,
    find_event_id,
    read_frame,
    read_frames,
    read_list,
    read_single,
)
from panope.wire.langfuse.events.refusals import UNAUTHORIZED, RefusedError, check_id, read_time
from panope.wire.langfuse.events.scores import (
    EVENT_SOURCES,
    PUBLIC_SOURCES,
    REST_SOURCES,
    ScoreBody,
    score_event,
)
from panope.wire.langfuse.events.sending import Sending
from panope.wire.langfuse.events.ties import separate_ties
from panope.wire.langfuse.events.traces import observation_event, trace_event

# The 2.x SDK puts into some bodies what they have not: its users can do nothing about it, so they are not warned.
TRACE_READER: Final = BodyReader(
    TraceBody,
    "externalId start_time end_time completion_start_time level status_message "
    "model model_parameters usage usage_details cost_details prompt",
)
EVENT_READER: Final = BodyReader(EventBody)
_SPAN_READER: Final = BodyReader(SpanBody, "trace")
_GENERATION_READER: Final = BodyReader(GenerationBody, "trace")
_LEGACY_READER: Final = BodyReader(LegacyObservationBody)
_SCORE_READER: Final = BodyReader(ScoreBody, "parent_observation_id")

_SCORE_CREATE: Final = "score-create"
_TRACE_CREATE: Final = "trace-create"
_SDK_LOG: Final = "sdk-log"

_OBSERVATIONS: Final[dict[str, tuple[str, BodyReader[Any]]]] = {
    "event-create": (ObservationType.EVENT.value, EVENT_READER),
    "span-create": (ObservationType.SPAN.value, _SPAN_READER),
    "span-update": (ObservationType.SPAN.value, _SPAN_READER),
    "generation-create": (ObservationType.GENERATION.value, _GENERATION_READER),
    "generation-update": (ObservationType.GENERATION.value, _GENERATION_READER),
    **{
        f"{kind.lower()}-create": (kind.value, _GENERATION_READER)
        for kind in ObservationType
        if kind not in {ObservationType.EVENT, ObservationType.SPAN, ObservationType.GENERATION}
    },
}
_LEGACY: Final = frozenset({"observation-create", "observation-update"})
_OTHERS: Final = _LEGACY | {_SCORE_CREATE, _TRACE_CREATE}
_LEGACY_TYPES: Final = frozenset({"GENERATION", "SPAN", "EVENT"})
_at_us, _is_update = attrgetter("at_us"), attrgetter("is_update")
_PROJECT: Final = Access.PROJECT  # the member itself: looking it up in its class takes a microsecond
_SCORE: Final = EntityKind.SCORE


class DecodedScores(Struct, kw_only=True):
    """What `POST /scores` brought, and in which of its two forms, on which the answer depends."""

    batch: DecodedBatch
    is_array: bool


def decode_ingestion(body: bytes, *, received_us: int, project_id: ProjectId, access: Access) -> DecodedBatch:
    """Decode a batch. Raises `InvalidError` (`malformed_envelope`) only when it holds no list of events.

    Events are in the order sent, acceptances in the order of the answer: creates, then updates, each by time.
    """
    framed = read_frames(body)
    request = _Request(project_id, access, received_us + DAY_US)

    def decode(index: int, repairs: list[str]) -> tuple[TelemetryEvent, Sending] | None:
        frame = framed.frames[index]
        if type(frame) is Raw:  # asking whether it is a Struct takes a microsecond
            frame = read_frame(frame, repairs)
        if frame.type == _SDK_LOG:
            return None
        return _decode_event(frame, repairs, request)

    batch = decode_each(framed, decode)
    separate_ties(batch.events)
    batch.acceptances.sort(key=_at_us)
    batch.acceptances.sort(key=_is_update)
    return batch


def decode_scores(
    body: bytes,
    *,
    received_us: int,
    project_id: ProjectId,
    new_id: Callable[[], str],
    access: Access = Access.PROJECT,
) -> DecodedScores:
    """Decode one score object, or an array of them. Raises `InvalidError` when the body is neither.

    A score without an id gets one from `new_id`: nothing in such a request tells a retry from a second score.
    """
    is_array = body.lstrip()[:1] == b"["
    framed = read_list(body) if is_array else read_single(body)
    sources = REST_SOURCES if access is Access.PROJECT else PUBLIC_SOURCES

    def decode(index: int, repairs: list[str]) -> tuple[TelemetryEvent, Sending] | None:
        # Later entries of an array win over earlier ones with the same id.
        sending = Sending(
            project_id=project_id,
            event_id=new_id(),
            at_us=received_us + index,
            latest_us=received_us + DAY_US,
            repairs=repairs,
        )
        score = _SCORE_READER.read(_raw(framed.frames[index]), repairs)
        return score_event(score, sending, sources), sending

    return DecodedScores(batch=decode_each(framed, decode), is_array=is_array)


def decode_each(
    framed: Framed, decode: Callable[[int, list[str]], tuple[TelemetryEvent, Sending] | None]
) -> DecodedBatch:
    """Decode every event of a batch, and turn each failure into a rejection of that event alone."""
    batch = DecodedBatch(sdk_name=framed.sdk_name, sdk_version=framed.sdk_version)
    events, acceptances, placed = batch.events, batch.acceptances, framed.repairs
    for index, frame in enumerate(framed.frames):
        repairs = (placed.get(index) or []) if placed else []
        try:
            decoded = decode(index, repairs)
        except (RefusedError, DecodeError, UnicodeDecodeError, RecursionError) as error:
            event_id = frame.id if isinstance(frame, EventFrame) else find_event_id(frame)
            batch.rejections.append(_reject(index, event_id, error))
            continue
        if decoded is None:
            continue
        event, sending = decoded
        events.append(event)
        acceptance = Acceptance(sending.event_id, sending.at_us, sending.is_update)
        acceptances.append(acceptance)
        if event.kind is _SCORE and event.values.get("config_id"):
            batch.configured.append(ConfiguredScore(index, event, acceptance))
        if sending.repairs:
            batch.repairs += [Repair(index=index, code=str(code)) for code in dict.fromkeys(sending.repairs)]
    return batch


class _Request(Struct, frozen=True):
    """What the events of a request share."""

    project_id: ProjectId
    access: Access
    latest_us: int


def _decode_event(frame: EventFrame, repairs: list[str], request: _Request) -> tuple[TelemetryEvent, Sending]:
    kind = frame.type
    found = _OBSERVATIONS.get(kind)
    if found is None and kind not in _OTHERS:
        message = "type is none that can be ingested; see the API reference for the list of event types."
        raise RefusedError("unknown_type", message)
    if request.access is not _PROJECT and kind != _SCORE_CREATE:
        message = "Access Scope Denied: a public key alone may only send scores; use the key pair."
        raise RefusedError("access_denied", message, status=UNAUTHORIZED)
    raw = bytes(frame.body)
    sending = Sending(
        project_id=request.project_id,
        event_id=_checked_event_id(frame.id, repairs),
        at_us=read_time(frame.timestamp, "timestamp", request.latest_us),
        latest_us=request.latest_us,
        is_update=kind.endswith("-update"),
        repairs=repairs,
    )
    if found is not None:
        observation_type, reader = found
        return observation_event(reader.read(raw, repairs), observation_type, sending), sending
    if kind == _SCORE_CREATE:
        sources = EVENT_SOURCES if request.access is _PROJECT else PUBLIC_SOURCES
        return score_event(_SCORE_READER.read(raw, repairs), sending, sources), sending
    if kind == _TRACE_CREATE:
        return trace_event(TRACE_READER.read(raw, repairs), sending), sending
    legacy = _LEGACY_READER.read(raw, repairs)
    return observation_event(legacy, _legacy_type(legacy), sending), sending


def _checked_event_id(event_id: str, repairs: list[str]) -> str:
    if not event_id or "\r" in event_id:
        message = "id must be a string of 1 to 800 bytes without carriage returns."
        raise RefusedError("bad_event_id", message)
    if "\x00" in event_id:
        repairs.append(jsontext.RepairCode.TEXT.value)
        event_id = event_id.replace("\x00", "\ufffd")
    return check_id(event_id, "id")


def _legacy_type(body: LegacyObservationBody) -> str:
    if not isinstance(body.type, str) or body.type not in _LEGACY_TYPES:
        message = f"body.type must be one of {', '.join(sorted(_LEGACY_TYPES))}."
        raise RefusedError("wrong_type", message)
    return body.type


def _reject(index: int, event_id: str, error: Exception) -> Rejection:
    event_id = event_id.replace("\x00", "\ufffd") if 0 < len(event_id) <= MAX_ID_BYTES else UNKNOWN_ID
    if isinstance(error, RefusedError):
        return Rejection(index=index, event_id=event_id, code=error.code, message=error.message, status=error.status)
    if isinstance(error, ValidationError):
        return Rejection(index=index, event_id=event_id, code="wrong_type", message=f"Not as expected: {error}.")
    if isinstance(error, RecursionError):
        message = f"The event nests more than {jsontext.MAX_DEPTH} arrays and objects; flatten it."
        return Rejection(index=index, event_id=event_id, code="too_deep", message=message)
    return Rejection(index=index, event_id=event_id, code="malformed", message="The event is not valid JSON in UTF-8.")


def _raw(frame: EventFrame | Raw) -> bytes:
    return bytes(frame.body if isinstance(frame, EventFrame) else frame)
