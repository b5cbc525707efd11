"""What a client said about one entity: the only thing that telemetry is made of.

A wire codec turns bytes into events; `domain.merge.lift` turns an event into a state. An event carries what was sent,
already typed and in panope's units, and nothing that another event would be needed for.
"""

from enum import StrEnum
from typing import Any

from msgspec import Struct, field


class EntityKind(StrEnum):
    """The three kinds of telemetry entity. An observation's type (span, generation, …) is a value, not a kind."""

    TRACE = "trace"
    OBSERVATION = "observation"
    SCORE = "score"

    __hash__ = str.__hash__  # that of an enumeration is a function in Python, and this is a key of many maps


class TelemetryEvent(Struct, kw_only=True, gc=False):
    """One statement about one entity.

    `values` maps the field names of `domain.merge.fields` to what was sent. A key that is present with `None` was sent
    as null; a key that is absent was not sent. `derived` holds what the codec concluded without being told (the start
    time of an event that names none, a trace's name taken from its root span): any sent value beats it, however old.
    Units: times are int64 microseconds since the epoch, money is int 10⁻¹² USD, `input` and `output` are text (a string
    as it is, anything else as its JSON).
    """

    kind: EntityKind
    entity_id: str
    event_id: str
    """Unique per project for what a retry repeats. For an OTLP span: its span id."""
    at_us: int
    """When the client says it happened: the envelope's time; for a span its end, else its start."""
    is_update: bool = False
    """At equal times an update beats a create."""
    values: dict[str, Any] = field(default_factory=dict)
    derived: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] | None = None
    """Sent metadata as a JSON object; the codec has wrapped any other root as `{"metadata": value}`."""
    derived_metadata: dict[str, Any] | None = None
    tags: list[str] = field(default_factory=list)


class Rejection(Struct, kw_only=True):
    """One event or span that was refused; its neighbours are stored all the same."""

    index: int
    """Position in the request, from 0."""
    event_id: str
    """As sent, or "unknown"."""
    code: str
    """Stable snake_case reason, counted in the ledger; never holds a payload."""
    message: str
    """What was wrong, where, and what to do."""
    status: int = 400
    """400 malformed, 401 not allowed for this key, 404 refers to what does not exist."""


class Repair(Struct, kw_only=True):
    """One thing that was accepted after changing it; counted in the ledger by code."""

    index: int
    code: str


class Acceptance(Struct, gc=False):
    """An event id that a batch answer lists as stored."""

    event_id: str
    at_us: int
    is_update: bool


class ConfiguredScore(Struct, frozen=True):
    """A score of a batch that names its config, by which it has yet to be judged."""

    index: int
    """Position in the request, from 0."""
    event: TelemetryEvent
    acceptance: Acceptance


class AttributeSet(Struct, frozen=True):
    """Resource or scope attributes, stored once per project by the hash of their content."""

    id: str
    """First 16 hex digits of the blake2b of `json`."""
    json: str
    """Canonical JSON object, keys sorted."""


class DecodedBatch(Struct, kw_only=True):
    """What a codec made of one request body."""

    events: list[TelemetryEvent] = field(default_factory=list)
    acceptances: list[Acceptance] = field(default_factory=list)
    """In the order in which the answer lists them."""
    rejections: list[Rejection] = field(default_factory=list)
    dropped: list[Rejection] = field(default_factory=list)
    """Acknowledged and not stored: counted as rejected, and listed in no answer."""
    configured: list[ConfiguredScore] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    attribute_sets: list[AttributeSet] = field(default_factory=list)
    sdk_name: str | None = None
    sdk_version: str | None = None
