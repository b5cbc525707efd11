"""An observation while it is being read out of a span, and what it shares with its neighbours."""

from typing import Any, Final

from msgspec import Struct, field

from panope.domain.events import AttributeSet
from panope.wire.langfuse.events.sending import MAX_TEXT_CHARS
from panope.wire.semconv.dialects.rules import SpanContext
from panope.wire.semconv.span import Span, SpanRefusedError

MAPPER: Final = "otlp/3"
"""The version of everything below this package; it rises when the same span would give another event."""

SUM_MAPPER: Final = f"{MAPPER}+sum"
"""Of a span that stands for several calls below it, so that its model, usage and cost were left to them."""

MIXED_MAPPER: Final = f"{MAPPER}+langfuse"
"""Of a span by another instrumentation on which somebody set Langfuse's own attributes for type or model: those are not
kept apart from what they became, so only usage and cost of it can be read again."""

FIRST_TIME_US: Final = 946_684_800_000_000
"""2000-01-01: earlier times are another unit by mistake."""


class GroupFacts(Struct, frozen=True):
    """What a resource and a scope say about all spans below them."""

    context: SpanContext
    shared: dict[str, Any]
    """Observation values: `mapper`, `resource`, `scope`; `environment` and `version` where the resource has them."""
    version: str | None
    release: str | None
    resource_set: AttributeSet
    scope_set: AttributeSet


class Draft(Struct, gc=False):
    """One observation in the making."""

    span: Span
    attributes: dict[str, Any]
    facts: GroupFacts
    values: dict[str, Any]
    start_us: int
    latest_us: int
    """No time may lie beyond it."""
    repairs: set[str] = field(default_factory=set)
    """Codes of what was changed to make the span storable."""


def cut(text: str, repairs: set[str]) -> str:
    """The text, cut to `MAX_TEXT_CHARS`, as names, versions and tags are, which are filtered and indexed."""
    if len(text) <= MAX_TEXT_CHARS:
        return text
    repairs.add("text_cut")
    return text[:MAX_TEXT_CHARS]


def fits(time_us: int, latest_us: int) -> bool:
    """Whether a time is one that telemetry can have."""
    return FIRST_TIME_US <= time_us <= latest_us


def require_id(value: str, what: str, limit: int) -> str:
    """The id itself. Raises `SpanRefusedError` when it is longer than the limit in bytes."""
    if len(value) > limit or (len(value) * 4 > limit and len(value.encode()) > limit):
        raise SpanRefusedError("id_too_long", f"The {what} is longer than {limit} bytes; send a shorter one.")
    return value
