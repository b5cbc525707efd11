"""What a dialect declares: how it spells input and output, and which observation types its attributes mean."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from msgspec import Struct

from panope.wire.semconv.span import Scope, Span

Io: TypeAlias = tuple[Any, Any]
"""Input and output as found; None for what is not there."""

IoReader: TypeAlias = Callable[[Span, tuple[str, ...]], Io]
"""Reads input and output from a span, given those of the rule's keys that it carries, in the order of the span."""

TypeDecider: TypeAlias = Callable[[Span, "SpanContext", Any], str | None]
"""Decides a type from a span, its context and the value of the rule's key; None passes the question on."""


class SpanContext(Struct, frozen=True):
    """What the spans of one group share and a rule may ask for."""

    scope: Scope
    resource: dict[str, Any]


class IoRule(Struct, frozen=True):
    """One way of spelling input and output. Without `read`, the first key present on either side is taken."""

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    scope: str | None = None
    """Only for spans of this scope."""
    prefixes: tuple[str, ...] = ()
    """Further attributes that `read` looks at, by the start of their names."""
    on_events: bool = False
    """Reads span events: asked whenever a span has some."""
    read: IoReader | None = None


class TypeRule(Struct, frozen=True):
    """One way of telling an observation's type."""

    key: str | None
    """Asked only where this attribute is present; None: always."""
    types: Mapping[Any, str] | None = None
    """Type by the attribute's exact value; a value that is not here passes the question on."""
    decide: TypeDecider | None = None
    """Asked when there is no `types`."""
    scope: str | None = None
    """Only for spans of this scope."""


def prefix_match(key: str, prefixes: tuple[str, ...]) -> bool:
    """Whether a key is one of the prefixes or lies below one."""
    return any(key == prefix or key.startswith(prefix + ".") for prefix in prefixes)
