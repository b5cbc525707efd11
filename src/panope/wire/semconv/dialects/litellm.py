"""LiteLLM's own OpenTelemetry callback, in the client and in the proxy."""

import re
from typing import Any, Final

from panope.wire.semconv.dialects.rules import Io, IoRule
from panope.wire.semconv.span import Span
from panope.wire.semconv.text import parse_array

SCOPE: Final = "litellm"
TOTAL_COST: Final = "gen_ai.cost.total_cost"
COST_KEYS: Final = (TOTAL_COST, "gen_ai.cost.input_cost", "gen_ai.cost.output_cost")
"""In USD, discounts and margins of the proxy included."""
USAGE_OBJECT: Final = "metadata.usage_object"

_PARTS: Final = {
    "cached_tokens": "input_cached_tokens",
    "cache_read_input_tokens": "input_cached_tokens",
    "cache_creation_tokens": "input_cache_creation",
    "cache_write_tokens": "input_cache_creation",
    "cache_creation_input_tokens": "input_cache_creation",
    "reasoning_tokens": "output_reasoning_tokens",
}
_PART: Final = re.compile(r"""['"](\w+)['"]: (\d{1,15})(?=[,}])""", re.ASCII)
_MAX_CHARS: Final = 4_000
_CALL_NAME: Final = "gen_ai.completion.0.function_call.name"
_CALL_ARGUMENTS: Final = "gen_ai.completion.0.function_call.arguments"


def hidden_parts(attributes: dict[str, Any]) -> dict[str, int]:
    """Parts of the usage that no attribute names: they stand in the provider's usage, JSON or Python."""
    sent = attributes.get(USAGE_OBJECT)
    if not isinstance(sent, str) or len(sent) > _MAX_CHARS:
        return {}
    found: dict[str, int] = {}
    for name, units in _PART.findall(sent):
        part = _PARTS.get(name)
        if part is not None:
            found.setdefault(part, int(units))
    return found


def _messages(span: Span, _keys: tuple[str, ...]) -> Io:
    """Messages both ways; the answer of a model that called a tool has its call in attributes of its own."""
    attributes = span.attributes
    answered = parse_array(attributes.get("gen_ai.output.messages")) or []
    call = {"type": "tool_call", "name": attributes.get(_CALL_NAME), "arguments": attributes.get(_CALL_ARGUMENTS)}
    first = answered[0] if answered and isinstance(answered[0], dict) else {"role": "assistant"}
    parts = first.get("parts")
    whole = {**first, "parts": [*(parts if isinstance(parts, list) else ()), call]}
    return attributes.get("gen_ai.input.messages"), [whole, *answered[1:]]


TOOL_CALL_IO = IoRule(prefixes=(_CALL_NAME,), scope=SCOPE, read=_messages)
