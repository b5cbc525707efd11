"""Flue's OpenTelemetry package."""

from typing import Any

from panope.wire.semconv.dialects.rules import IoRule, SpanContext, TypeRule
from panope.wire.semconv.span import Span

IO = IoRule(
    inputs=("flue.turn.input", "flue.tool.arguments", "flue.task.prompt", "flue.workflow.payload"),
    outputs=(
        "flue.turn.output", "flue.tool.result", "flue.task.result", "flue.operation.result", "flue.workflow.result"
    ),
    scope="@flue/opentelemetry",
)  # fmt: skip


def _tool(_span: Span, _context: SpanContext, value: Any) -> str | None:
    return "TOOL" if value else None


def _agent(_span: Span, _context: SpanContext, value: Any) -> str | None:
    return "AGENT" if value else None


TYPE_RULES = (
    TypeRule("flue.tool.name", decide=_tool),
    TypeRule("flue.tool.call_id", decide=_tool),
    TypeRule("flue.task.id", decide=_agent),
    TypeRule("flue.task.agent", decide=_agent),
)
