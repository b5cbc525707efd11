"""OpenInference, as Phoenix's instrumentations and their users write it."""

from typing import Any, Final

from panope.wire.semconv.dialects.rebuild import rebuild
from panope.wire.semconv.dialects.rules import Io, IoRule, SpanContext, TypeRule
from panope.wire.semconv.span import Span

VALUE_IO = IoRule(inputs=("input.value",), outputs=("output.value",))


KIND: Final = "openinference.span.kind"
SUMS: Final = frozenset({"CHAIN", "AGENT", "TOOL", "RETRIEVER", "GUARDRAIL", "EVALUATOR"})
"""Kinds whose usage sums up that of the model calls below them."""

_LLAMA_INDEX: Final = "openinference.instrumentation.llama_index"
_AGENTS: Final = "openinference.instrumentation.openai_agents"
_CALL: Final = ("llm.input_messages.", "llm.output_messages.", "llm.prompts.", "llm.token_count.")


def _indexed(span: Span, keys: tuple[str, ...]) -> Io:
    return _unwrapped(span, keys, "llm.input_messages"), _unwrapped(span, keys, "llm.output_messages")


def _unwrapped(span: Span, keys: tuple[str, ...], prefix: str) -> Any:
    """Messages as every chat API has them: `{"role", "content", "tool_calls": [{"function": …}]}`."""
    found = rebuild(span.attributes, keys, prefix)
    return [_message(entry) for entry in found] if isinstance(found, list) else found


def _message(entry: Any) -> Any:
    message = entry.get("message", entry) if isinstance(entry, dict) else entry
    if not isinstance(message, dict):
        return message
    calls, parts = message.get("tool_calls"), message.get("contents")
    if isinstance(calls, list):
        return {**message, "tool_calls": [_inner(call, "tool_call") for call in calls]}
    if isinstance(parts, list):
        message = {key: value for key, value in message.items() if key != "contents"}
        told = [_inner(part, "message_content") for part in parts]
        if "content" not in message or any(not isinstance(part, dict) or part.get("type") != "text" for part in told):
            message["content"] = told
    return message


def _inner(entry: Any, name: str) -> Any:
    return entry.get(name, entry) if isinstance(entry, dict) else entry


def _spoken(span: Span, keys: tuple[str, ...]) -> Io:
    """Messages before values: these instrumentations put Python's words for objects, or half the call, into values."""
    attributes = span.attributes
    found_input, found_output = _indexed(span, keys)
    documents = rebuild(attributes, keys, "retrieval.documents")
    if isinstance(documents, list):
        found_output = [_inner(document, "document") for document in documents]
    return (
        attributes.get("input.value") if found_input is None else found_input,
        attributes.get("output.value") if found_output is None else found_output,
    )


MESSAGES_IO = IoRule(prefixes=("llm.input_messages", "llm.output_messages"), read=_indexed)
LLAMA_INDEX_IO = IoRule(
    prefixes=("llm.input_messages", "llm.output_messages", "retrieval.documents"), scope=_LLAMA_INDEX, read=_spoken
)
AGENTS_IO = IoRule(prefixes=("llm.input_messages", "llm.output_messages"), scope=_AGENTS, read=_spoken)


def _no_call(span: Span, _context: SpanContext, value: Any) -> str | None:
    """LlamaIndex calls what only prepares a call by a model's kind as well."""
    return None if value != "LLM" or any(key.startswith(_CALL) for key in span.attributes) else "CHAIN"


LLAMA_INDEX_TYPE = TypeRule(KIND, decide=_no_call, scope=_LLAMA_INDEX)
KIND_TYPE = TypeRule(
    KIND,
    types={
        **{kind: kind for kind in ("CHAIN", "RETRIEVER", "EMBEDDING", "AGENT", "TOOL", "GUARDRAIL", "EVALUATOR")},
        "LLM": "GENERATION",
    },
)
