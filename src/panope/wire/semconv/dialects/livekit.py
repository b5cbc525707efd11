"""LiveKit's voice agents."""

from typing import Any, Final

from panope.wire.semconv.dialects.rules import IoRule, SpanContext, TypeRule
from panope.wire.semconv.span import Span

SCOPE: Final = "livekit-agents"

IO = IoRule(
    inputs=("lk.input_text", "lk.user_transcript", "lk.chat_ctx"),
    outputs=("lk.function_tool.output", "lk.response.text"),
)

NOISY_SPANS: Final = frozenset({
    "eou_detection", "user_speaking", "agent_speaking", "on_enter", "on_exit", "drain_agent_activity",
    "tts_request_run", "llm_request_run", "tts_request",
})  # fmt: skip
"""Plumbing that comes many times a turn and is shown at level DEBUG."""

_TYPES: Final = {"agent_turn": "AGENT", "start_agent_activity": "AGENT", "function_tool": "TOOL"}


def _by_name(span: Span, _context: SpanContext, _value: Any) -> str | None:
    return _TYPES.get(span.name)


NAME_TYPE = TypeRule(None, decide=_by_name, scope=SCOPE)
