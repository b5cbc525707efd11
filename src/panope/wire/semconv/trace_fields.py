"""What a span says about its trace: set explicitly on it, propagated to it, or concluded because it is the root."""

from typing import Any, Final

from msgspec import Struct, field

from panope.domain.ids import MAX_ID_BYTES
from panope.wire.semconv import precedence
from panope.wire.semconv.draft import cut, require_id
from panope.wire.semconv.fields import first_filled, is_true
from panope.wire.semconv.metadata import read_trace_metadata, trace_keys
from panope.wire.semconv.text import as_text, parse_array

MAX_TAGS: Final = 200

_CONVERSATION: Final = "conversation"
_FIELDS: Final = (
    ("name", precedence.TRACE_NAME),
    ("input", precedence.TRACE_INPUT),
    ("output", precedence.TRACE_OUTPUT),
    ("user_id", precedence.USER_ID),
    ("session_id", precedence.SESSION_ID),
    (_CONVERSATION, precedence.CONVERSATION),
    ("version", precedence.VERSION),
    ("release", precedence.RELEASE),
)
_IDS: Final = frozenset({"user_id", "session_id", _CONVERSATION})
_CUT: Final = frozenset({"name", "version", "release"})
_ALONE_SILENT: Final = frozenset({*precedence.VERSION, *precedence.RELEASE})
"""Said of the observation as well: they make no trace event by themselves."""


class TracePlan(Struct, frozen=True):
    """The attributes of a span that speak of its trace, by field, the preferred first."""

    fields: tuple[tuple[str, tuple[str, ...]], ...]
    tags: tuple[str, ...]
    public: tuple[str, ...]
    metadata: tuple[str, ...]
    keys: tuple[str, ...]
    """All of them; none when a span that is no root has nothing to say."""


class TraceFacts(Struct):
    """Explicit facts about a trace."""

    values: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] | None = None
    tags: list[str] = field(default_factory=list)
    derived: dict[str, Any] = field(default_factory=dict)
    """What any explicit fact of whatever span beats."""


def trace_plan(keys: tuple[str, ...]) -> TracePlan:
    """Find what speaks of the trace among the names of a span's attributes."""
    names = frozenset(keys)

    def present(wanted: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(key for key in wanted if key in names)

    fields = tuple((name, found) for name, wanted in _FIELDS if (found := present(wanted)))
    tags, public, metadata = present(precedence.TAGS), present(precedence.PUBLIC), trace_keys(keys)
    spoken = dict.fromkeys((*(key for _, found in fields for key in found), *tags, *public, *metadata))
    return TracePlan(fields, tags, public, metadata, tuple(spoken) if spoken.keys() - _ALONE_SILENT else ())


def read_trace(attributes: dict[str, Any], plan: TracePlan, repairs: set[str]) -> TraceFacts:
    """Read the explicit facts; codes of what had to be cut join `repairs`.

    Raises `SpanRefusedError` for a user or session id beyond the limit.
    """
    facts = TraceFacts()
    for name, keys in plan.fields:
        value = first_filled(attributes, keys)
        if value is not None:
            text = as_text(value)
            if name in _IDS:
                require_id(text, name.replace("_", " "), MAX_ID_BYTES)
            facts.values[name] = cut(text, repairs) if name in _CUT else text
    if _CONVERSATION in facts.values:
        facts.derived["session_id"] = facts.values.pop(_CONVERSATION)
    if plan.public:
        _read_public(attributes[plan.public[0]], facts)
    if plan.tags:
        tags = read_tags(attributes[plan.tags[0]])
        if len(tags) > MAX_TAGS:
            repairs.add("too_many_tags")
        facts.tags = [cut(tag, repairs) for tag in tags[:MAX_TAGS]]
    if plan.metadata:
        facts.metadata = read_trace_metadata(attributes, plan.metadata) or None
    return facts


def _read_public(value: object, facts: TraceFacts) -> None:
    if is_true(value):
        facts.values["public"] = True
    elif value is False or value == "false":
        facts.values["public"] = False


def read_tags(value: object) -> list[str]:
    """Tags out of an array, a JSON array, text with commas or a single text; each once, in the order sent."""
    parsed = parse_array(value)
    if parsed is None:
        parsed = [part.strip() for part in value.split(",")] if isinstance(value, str) else [value]
    return list(dict.fromkeys(as_text(tag) for tag in parsed if tag is not None and tag != ""))
