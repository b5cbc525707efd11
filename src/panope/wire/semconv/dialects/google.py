"""Google's frameworks: Genkit and the Agent Development Kit."""

from typing import Any, Final

from panope.wire.semconv.dialects.rules import Io, IoRule, TypeRule
from panope.wire.semconv.span import Span
from panope.wire.semconv.text import parse_object

GENKIT_SCOPE: Final = "genkit-tracer"
ADK_SCOPE: Final = "gcp.vertex.agent"
LLM_RESPONSE: Final = "gcp.vertex.agent.llm_response"
_SYSTEM: Final = "gen_ai.system"
_PROVIDER: Final = "gen_ai.provider.name"

_EMPTY: Final = "{}"
_ADK_SIDES: Final = (
    ("gcp.vertex.agent.llm_request", "gcp.vertex.agent.tool_call_args"),
    (LLM_RESPONSE, "gcp.vertex.agent.tool_response"),
)


def _genkit(span: Span, _keys: tuple[str, ...]) -> Io:
    sent, answered = span.attributes.get("genkit:input"), span.attributes.get("genkit:output")
    return _part(sent, "messages"), _part(answered, "message")


def _part(value: Any, name: str) -> Any:
    parsed = parse_object(value)
    return value if parsed is None or parsed.get(name) is None else parsed[name]


def _adk(span: Span, _keys: tuple[str, ...]) -> Io:
    found_input, found_output = (_filled(span.attributes, *side) for side in _ADK_SIDES)
    return found_input, found_output


def _filled(attributes: dict[str, Any], first: str, second: str) -> Any:
    value = attributes.get(first)
    return attributes.get(second) if value is None or value == _EMPTY else value


def is_echo(names: frozenset[str]) -> bool:
    """Whether a span of the ADK repeats the count of the one above it.

    Version 1 tells a model's call as `call_llm` and again as `generate_content` below, which alone has a system and no
    response of its own; version 2 has only the latter, with a provider's name.
    """
    return _SYSTEM in names and "gen_ai.operation.name" in names and names.isdisjoint((_PROVIDER, LLM_RESPONSE))


GENKIT_IO = IoRule(inputs=("genkit:input",), outputs=("genkit:output",), scope=GENKIT_SCOPE, read=_genkit)
ADK_IO = IoRule(inputs=_ADK_SIDES[0], outputs=_ADK_SIDES[1], read=_adk)

GENKIT_TYPE = TypeRule(
    "genkit:metadata:subtype",
    types={
        "model": "GENERATION",
        "background-model": "GENERATION",
        "embedder": "EMBEDDING",
        "tool": "TOOL",
        "tool.v2": "TOOL",
        "retriever": "RETRIEVER",
        "evaluator": "EVALUATOR",
    },
)


def genkit_parameters(attributes: dict[str, Any]) -> dict[str, Any]:
    """Model parameters: the `config` of a Genkit input."""
    sent = parse_object(attributes.get("genkit:input")) or {}
    return parse_object(sent.get("config")) or {}
