"""The frame around each ingestion event, and the whole batch around the frames."""

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Final

import msgspec
from msgspec import UNSET, DecodeError, Raw, Struct, UnsetType, ValidationError, field

from panope.domain.errors import InvalidError, TooLargeError
from panope.wire import jsontext
from panope.wire.langfuse.events.bodies import BodyReader, Opaque

MAX_EVENTS: Final = 20_000
"""In one request: more would keep the server from everybody else for longer than a moment."""

UNKNOWN_ID: Final = "unknown"
MALFORMED: Final = "malformed_envelope"

_MAX_LABEL_CHARS: Final = 100
_MAX_LIST_BYTES: Final = 16 * 1024 * 1024
"""Of an array: it is taken apart before anybody knows how many things it holds."""

_FRAME_LEVELS: Final = 5
"""Document, batch, event, body, and the value itself: so deep lies the first level that a value's depth counts."""


class EventFrame(Struct, gc=False):
    """One event of a batch; its body is read once its type is known."""

    id: str
    timestamp: str
    type: str
    body: Raw
    metadata: Opaque = UNSET
    """Of the sender's own; not kept."""


class _StrictFrame(EventFrame, forbid_unknown_fields=True, gc=False):
    pass


class _Envelope(Struct):
    batch: list[_StrictFrame]
    metadata: Raw | UnsetType = UNSET


class _LooseEnvelope(Struct):
    batch: list[Raw]
    metadata: Raw | UnsetType = UNSET


class Framed(Struct, kw_only=True):
    """A batch taken apart: its events in order, and what had to be repaired to get there."""

    frames: Sequence[EventFrame | Raw]
    """A `Raw` is an event whose frame is not as it should be: `read_frame` says why."""
    repairs: dict[int, list[str]] = field(default_factory=dict)
    """Codes by event index."""
    sdk_name: str | None = None
    sdk_version: str | None = None


_ENVELOPE: Final = msgspec.json.Decoder(_Envelope)
_LOOSE_ENVELOPE: Final = msgspec.json.Decoder(_LooseEnvelope)
_SCORE_LIST: Final = msgspec.json.Decoder(list[Raw])
_SINGLE: Final = msgspec.json.Decoder(Raw)
_FRAME: Final = BodyReader(EventFrame)
_SDK: Final = msgspec.json.Decoder(dict[str, Any])


def read_frames(body: bytes) -> Framed:
    """Take a batch apart.

    Raises `InvalidError` when the body is no object with a list `batch`, `TooLargeError` beyond `MAX_EVENTS`.
    """
    try:
        envelope = _ENVELOPE.decode(body)
    except (DecodeError, UnicodeDecodeError, RecursionError):
        return _read_frames_slowly(body)
    _check_count(envelope.batch)
    return _with_sdk(Framed(frames=envelope.batch), envelope.metadata)


def read_list(body: bytes) -> Framed:
    """Take a JSON array apart. Raises `InvalidError` when the body is none, `TooLargeError` beyond `MAX_EVENTS`."""
    if len(body) > _MAX_LIST_BYTES:
        message = f"An array may have at most {_MAX_LIST_BYTES} bytes; send it in several."
        raise TooLargeError(message, code="too_many_events")
    raws, repairs = _decode_repaired(_SCORE_LIST, body)
    _check_count(raws)
    return Framed(frames=raws, repairs=_place(raws, *repairs))


def read_single(body: bytes) -> Framed:
    """Take one JSON value as a batch of one. Raises `InvalidError` when the body is not exactly one."""
    raw, repairs = _decode_repaired(_SINGLE, body)
    return Framed(frames=[raw], repairs=_place([raw], *repairs))


def read_frame(event: Raw, repairs: list[str]) -> EventFrame:
    """Read one frame by itself. Raises `msgspec.ValidationError` with a message that names the key."""
    try:
        return _FRAME.read_plain(event, repairs)
    except UnicodeDecodeError:
        repairs.append(jsontext.RepairCode.TEXT)
        return _FRAME.read_plain(jsontext.repair_utf8(bytes(event))[0], repairs)


def find_event_id(event: Raw) -> str:
    """Return the id of an event whose frame is broken, "unknown" when it has none."""
    try:
        frame = msgspec.json.decode(event, type=dict[str, Raw])
        return msgspec.json.decode(frame["id"], type=str)
    except (DecodeError, UnicodeDecodeError, KeyError, RecursionError):
        return UNKNOWN_ID


def _read_frames_slowly(body: bytes) -> Framed:
    envelope, repairs = _decode_repaired(_LOOSE_ENVELOPE, body)
    _check_count(envelope.batch)
    framed = Framed(frames=envelope.batch, repairs=_place(envelope.batch, *repairs))
    return _with_sdk(framed, envelope.metadata)


def _decode_repaired(decoder: msgspec.json.Decoder[Any], body: bytes) -> tuple[Any, tuple[bytes, list[jsontext.Fix]]]:
    """Decode with the least repair that will do; also the document decoded in the end, and what was fixed in it."""
    body = body.removeprefix(b"\xef\xbb\xbf")
    fixes: list[jsontext.Fix] = []
    try:
        try:
            return decoder.decode(body), (body, fixes)
        except ValidationError:
            raise
        except (DecodeError, UnicodeDecodeError, RecursionError) as error:
            if len(body) > jsontext.MAX_REPAIRED_BYTES:
                raise
            body = jsontext.prune(body, jsontext.MAX_DEPTH + _FRAME_LEVELS)
            if not isinstance(error, RecursionError):
                body, fixes = jsontext.repair_tokens(body)
        return decoder.decode(body), (body, fixes)
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidError(f"The body cannot be read: {_describe(error)}", code=MALFORMED) from error


def _check_count(events: Sequence[object]) -> None:
    if len(events) > MAX_EVENTS:
        message = f"The request holds more than {MAX_EVENTS} events; send them in several."
        raise TooLargeError(message, code="too_many_events")


def _describe(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return str(error)
    return "it is not JSON. Send one JSON document, encoded as UTF-8."


def _place(events: Sequence[Raw], document: bytes, fixes: Sequence[jsontext.Fix]) -> dict[int, list[str]]:
    """Find out which event each fix lies in: events follow one another in the document."""
    placed: dict[int, list[str]] = {}
    if not fixes:
        return placed
    end = following = 0
    for index, event in enumerate(events):
        raw = bytes(event)
        start = document.find(raw, end)
        end = start + len(raw)
        first = bisect_left(fixes, start, following, key=attrgetter("offset"))
        following = bisect_left(fixes, end, first, key=attrgetter("offset"))
        if first < following:
            placed[index] = sorted({fix.code.value for fix in fixes[first:following]})
    return placed


def _with_sdk(framed: Framed, metadata: Raw | UnsetType) -> Framed:
    if metadata is UNSET:
        return framed
    try:
        sdk = _SDK.decode(metadata)
    except (DecodeError, UnicodeDecodeError, RecursionError):
        return framed
    name, version = sdk.get("sdk_name"), sdk.get("sdk_version")
    framed.sdk_name, framed.sdk_version = _label(name), _label(version)
    return framed


def _label(value: object) -> str | None:
    return value[:_MAX_LABEL_CHARS].replace("\x00", "\ufffd") if isinstance(value, str) else None
