"""Vercel's AI SDK, scope `ai`."""

from typing import Any, Final

from panope.wire.semconv.dialects.genai import messages
from panope.wire.semconv.dialects.rules import Io, IoRule, SpanContext, TypeRule
from panope.wire.semconv.span import Span
from panope.wire.semconv.text import parse_array, parse_json, parse_object

SCOPE: Final = "ai"
MODEL_KEYS: Final = ("langfuse.observation.model.name", "ai.model.id", "gen_ai.request.model", "gen_ai.response.model")
CONTEXT: Final = "ai.settings.context."
"""What version 7 tells of the context that a program gives a call, instead of metadata."""
PROVIDER_METADATA: Final = "ai.response.providerMetadata"
_PROVIDER: Final = "ai.model.provider"
_GATEWAY: Final = "gateway"
"""Stands for another provider, which the metadata names."""
_WITHOUT_CACHES: Final = "ai.usage.inputTokenDetails.noCacheTokens"
"""Told since version 6, whose input includes caches whoever the provider is."""
_BESIDE: Final = ("anthropic", "bedrock")
"""Providers that count caches beside the input."""

_INPUTS: Final = ("ai.prompt.messages", "ai.prompt", "ai.toolCall.args", "ai.value", "ai.values")
_OUTPUTS: Final = (
    "ai.response.text",
    "ai.result.text",
    "ai.toolCall.result",
    "ai.response.object",
    "ai.result.object",
    "ai.response.toolCalls",
    "ai.result.toolCalls",
)
_FALLBACKS: Final = ("gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions")


def _read(span: Span, _keys: tuple[str, ...]) -> Io:
    attributes = span.attributes
    found_input = _first(attributes, _INPUTS)
    if isinstance(found_input, list):
        found_input = [_parsed(value) for value in found_input]
    found_output = _answer(attributes)
    if found_input is None and found_output is None:
        return messages(attributes)
    return found_input, found_output


def _parsed(value: Any) -> Any:
    """A value that is embedded, which comes as JSON."""
    parsed = parse_json(value) if isinstance(value, str) else None
    return value if parsed is None else parsed


def _answer(attributes: dict[str, Any]) -> Any:
    text, calls = attributes.get("ai.response.text"), attributes.get("ai.response.toolCalls")
    if text is not None and calls is not None:
        parsed = parse_array(calls)
        return {"role": "assistant", "content": text, "tool_calls": calls if parsed is None else parsed}
    return text or _first(attributes, _OUTPUTS[1:])


def _first(attributes: dict[str, Any], keys: tuple[str, ...]) -> Any:
    return next((attributes[key] for key in keys if key in attributes), None)


IO = IoRule(inputs=(*_INPUTS, *_FALLBACKS), outputs=_OUTPUTS, scope=SCOPE, read=_read)

_OPERATIONS: Final = {
    **dict.fromkeys(
        (
            "ai.generateText.doGenerate",
            "ai.streamText.doStream",
            "ai.generateObject.doGenerate",
            "ai.streamObject.doStream",
        ),
        "GENERATION",
    ),
    **dict.fromkeys(("ai.embed.doEmbed", "ai.embedMany.doEmbed"), "EMBEDDING"),
}


def _operation(span: Span, _context: SpanContext, value: Any) -> str | None:
    """Type by operation: a model's only where a model is named; `operation.name` has a function id behind a space."""
    operation = value.split(" ", 1)[0] if isinstance(value, str) else ""
    if operation == "ai.toolCall":
        return "TOOL"
    if any(span.attributes.get(key) for key in MODEL_KEYS):
        return _OPERATIONS.get(operation)
    return None


OPERATION_TYPES = (
    TypeRule("ai.operationId", decide=_operation),
    TypeRule("operation.name", decide=_operation),
)

_PARAMETERS: Final = {
    "ai.settings.maxSteps": "maxSteps",
    "ai.prompt.toolChoice": "toolChoice",
    "gen_ai.request.max_tokens": "maxTokens",
    "ai.settings.maxOutputTokens": "maxTokens",
    "gen_ai.response.finish_reasons": "finishReason",
    "ai.response.finishReason": "finishReason",
    "gen_ai.system": "system",
    "ai.settings.maxRetries": "maxRetries",
    "ai.settings.mode": "mode",
    "gen_ai.request.temperature": "temperature",
    "ai.settings.temperature": "temperature",
}


def parameters(attributes: dict[str, Any]) -> dict[str, Any]:
    """Model parameters: a fixed set of settings, the service tier out of the provider's metadata."""
    found = {name: attributes[key] for key, name in _PARAMETERS.items() if key in attributes}
    provider = parse_object(attributes.get(PROVIDER_METADATA)) or {}
    tier = (parse_object(provider.get("openai")) or {}).get("serviceTier")
    if tier is not None:
        found["service_tier"] = tier
    return found


def has_caches_beside(attributes: dict[str, Any]) -> bool:
    """Whether cached tokens are none of the input: versions 4 and 5 pass on what the provider counted."""
    provider = attributes.get(_PROVIDER)
    if not isinstance(provider, str) or _WITHOUT_CACHES in attributes:
        return False
    if provider == _GATEWAY:
        return not (parse_object(attributes.get(PROVIDER_METADATA)) or {}).keys().isdisjoint(_BESIDE)
    return any(name in provider for name in _BESIDE)


def operation_name(attributes: dict[str, Any]) -> str | None:
    """A name for a span that has none: its function id and operation, or the called tool."""
    tool = attributes.get("ai.toolCall.name")
    operation = attributes.get("ai.operationId")
    function = attributes.get("ai.telemetry.functionId")
    if isinstance(tool, str) and tool:
        return tool
    if not isinstance(operation, str) or not operation:
        return None
    return f"{function}:{operation}" if isinstance(function, str) and function else operation
