"""OpenInference, as Phoenix's instrumentations and their users write it."""

from panope.wire.semconv.dialects.rebuild import rebuild
from panope.wire.semconv.dialects.rules import Io, IoRule, TypeRule
from panope.wire.semconv.span import Span

VALUE_IO = IoRule(inputs=("input.value",), outputs=("output.value",))


def _indexed(span: Span, keys: tuple[str, ...]) -> Io:
    attributes = span.attributes
    return rebuild(attributes, keys, "llm.input_messages"), rebuild(attributes, keys, "llm.output_messages")


MESSAGES_IO = IoRule(prefixes=("llm.input_messages", "llm.output_messages"), read=_indexed)

KIND_TYPE = TypeRule(
    "openinference.span.kind",
    types={
        **{kind: kind for kind in ("CHAIN", "RETRIEVER", "EMBEDDING", "AGENT", "TOOL", "GUARDRAIL", "EVALUATOR")},
        "LLM": "GENERATION",
    },
)
