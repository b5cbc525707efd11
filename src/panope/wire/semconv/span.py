"""A span as both encodings of OTLP yield it. Everything after decoding knows only these shapes."""

from typing import Any, Final

from msgspec import Struct, field

STATUS_ERROR: Final = 2


class SpanEvent(Struct):
    """One timed event of a span."""

    name: str
    time_ns: int
    attributes: dict[str, Any]


class SpanLink(Struct):
    """One link to another span; ids as lower-case hex."""

    trace_id: str
    span_id: str
    attributes: dict[str, Any]


class Span(Struct, gc=False):
    """One span. Ids are lower-case hex, an empty id is a missing one; times in ns since the epoch, 0 is missing.

    Attribute values are str, bool, int within 64 bits, finite float, list or dict of these, or None inside containers.
    """

    trace_id: str
    span_id: str
    parent_id: str
    name: str
    start_ns: int
    end_ns: int
    attributes: dict[str, Any]
    events: list[SpanEvent] = field(default_factory=list)
    links: list[SpanLink] = field(default_factory=list)
    status_code: int = 0
    status_message: str = ""
    repairs: set[str] = field(default_factory=set)
    """Codes of what decoding had to change."""


class Scope(Struct):
    """The instrumentation scope that made a span."""

    name: str = ""
    version: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)


class UnreadableSpan(Struct):
    """A span that could not be decoded, in the place where it stood."""

    span_id: str
    code: str
    message: str


class SpanGroup(Struct):
    """Spans that share a resource and a scope, in the order of the request."""

    resource: dict[str, Any]
    scope: Scope
    spans: list[Span | UnreadableSpan]
    repairs: set[str] = field(default_factory=set)
    """Codes of what decoding had to change in the resource and the scope."""


class SpanRefusedError(Exception):
    """This span cannot be stored; `code` is a stable word, `message` says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
