"""Traceloop's OpenLLMetry and MLflow, which both put a whole call into one attribute each way."""

from typing import Any, Final

from panope.wire.semconv.dialects.rules import IoRule, SpanContext, TypeRule
from panope.wire.semconv.span import Span

ASSOCIATION: Final = "traceloop.association.properties."
"""What a program said about a whole run: each span of it carries these."""
_LLAMA_INDEX: Final = "opentelemetry.instrumentation.llamaindex"
_CREWAI: Final = "opentelemetry.instrumentation.crewai.instrumentation"

IO = IoRule(inputs=("traceloop.entity.input",), outputs=("traceloop.entity.output",))
MLFLOW_IO = IoRule(inputs=("mlflow.spanInputs",), outputs=("mlflow.spanOutputs",))
BARE_IO = IoRule(inputs=("input",), outputs=("output",))
"""Names without any prefix: Pipecat, Pydantic, code by hand."""

CREWAI_IO = IoRule(
    inputs=("crewai.task.description",), outputs=("traceloop.entity.output", "crewai.crew.result"), scope=_CREWAI
)

CREWAI_TASK_TYPE = TypeRule("traceloop.span.kind", types={"task": "CHAIN"}, scope=_CREWAI)
"""A crew's task calls itself an agent's invocation, and the agent's own lies below it."""

_BY_CLASS: Final = (("Retriever", "RETRIEVER"), ("Tool", "TOOL"))


def _by_class(span: Span, _context: SpanContext, _value: Any) -> str | None:
    """Type by the class that a span of LlamaIndex is named after: `VectorIndexRetriever.task`."""
    name, _, kind = span.name.partition(".")
    if kind == "workflow" and name.endswith("Agent"):
        return "AGENT"
    return next((found for end, found in _BY_CLASS if name.endswith(end)), None)


LLAMA_INDEX_TYPE = TypeRule("traceloop.span.kind", decide=_by_class, scope=_LLAMA_INDEX)
KIND_TYPE = TypeRule("traceloop.span.kind", types={"workflow": "CHAIN", "agent": "AGENT", "tool": "TOOL"})
