"""What the bodies of trace and observation events look like on the wire.

Attributes bear the names of `domain.merge.fields`. UNSET means not sent, None sent as null. Values of any type stay the
bytes that were sent. Unknown keys are left out, and that is said: see `BodyReader`.
"""

from typing import Any, ClassVar, Final, Generic, TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, ValidationError

from panope.wire import jsontext
from panope.wire.langfuse.events.refusals import RefusedError

Text = str | UnsetType | None
Opaque = Raw | UnsetType
Body = TypeVar("Body", bound=Struct)

UNKNOWN_KEYS: Final = "unknown_keys"
"""Code of the repair that leaves out what is not understood, often a key that is spelled wrong."""
_ESCAPED_NUL: Final = rb"\u0000"

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


class TraceBody(Struct, rename=_NAMES, gc=False):
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


class EventBody(Struct, rename=_NAMES, gc=False):
    """Body of `event-create`: what every observation may say."""

    has_end: ClassVar[bool] = False
    has_model: ClassVar[bool] = False

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


class SpanBody(EventBody, rename=_NAMES, gc=False):
    """Body of `span-create` and `span-update`."""

    has_end: ClassVar[bool] = True

    end_time: Text = UNSET


class GenerationBody(SpanBody, rename=_NAMES, gc=False):
    """Body of every other observation event: generations, agents, tools and their like."""

    has_model: ClassVar[bool] = True

    completion_start_time: Text = UNSET
    model: Text = UNSET
    model_parameters: Opaque = UNSET
    usage: Opaque = UNSET
    usage_details: Opaque = UNSET
    cost_details: Opaque = UNSET
    prompt_name: Text = UNSET
    prompt_version: int | float | UnsetType | None = UNSET


class LegacyObservationBody(GenerationBody, rename=_NAMES, gc=False):
    """Body of `observation-create` and `observation-update`, which name their type in the body."""

    type: Text = UNSET


class BodyReader(Generic[Body]):
    """Decodes bodies of one shape. Of unknown keys, `strays` are left out without a word."""

    def __init__(self, shape: type[Body], strays: str = "") -> None:
        self._keys = {field.encode_name for field in msgspec.structs.fields(shape)} | set(strays.split())
        strict: Any = msgspec.defstruct(shape.__name__, (), bases=(shape,), forbid_unknown_fields=True, gc=False)
        self._strict: msgspec.json.Decoder[Body] = msgspec.json.Decoder(strict)
        self._lenient = msgspec.json.Decoder(shape)

    def read(self, raw: bytes, repairs: list[str]) -> Body:
        """Decode one body, repairing it when its texts need it; codes of what was changed join `repairs`.

        Raises `msgspec.DecodeError`, `RefusedError`.
        """
        if raw.find(_ESCAPED_NUL) < 0:  # `in` would raise and catch an error each time
            try:
                return self.read_plain(raw, repairs)
            except UnicodeDecodeError:
                pass
        if len(raw) > jsontext.MAX_REPAIRED_BYTES:
            message = "The event holds NUL or text that is not UTF-8, and is too large to be repaired; send it without."
            raise RefusedError("too_large_to_repair", message)
        raw, changed = jsontext.repair_utf8(raw)
        raw, fixes = jsontext.repair_tokens(raw)
        repairs += {fix.code.value for fix in fixes}
        if changed:
            repairs.append(jsontext.RepairCode.TEXT.value)
        return self.read_plain(raw, repairs)

    def read_plain(self, raw: bytes | Raw, repairs: list[str]) -> Body:
        """Decode one body whose texts need no repair. Raises `msgspec.DecodeError`, `UnicodeDecodeError`."""
        try:  # two decoders, so that bodies without unknown keys, which is nearly all, cost nothing more
            return self._strict.decode(raw)
        except ValidationError:
            body = self._lenient.decode(raw)
        if not msgspec.json.decode(raw, type=dict[str, Raw]).keys() <= self._keys:
            repairs.append(UNKNOWN_KEYS)
        return body
