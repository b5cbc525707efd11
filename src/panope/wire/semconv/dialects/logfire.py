"""Logfire and Pydantic AI."""

from typing import Any, Final

from panope.wire.semconv.dialects.genai import with_system
from panope.wire.semconv.dialects.rules import Io, IoRule, TypeRule
from panope.wire.semconv.span import Span
from panope.wire.semconv.text import parse_array, parse_object

AGGREGATE_KEYS: Final = ("pydantic_ai.all_messages", "all_messages_events")
"""On the span of a whole agent run; its usage sums up that of the model calls below it."""

PROMPT_IO = IoRule(inputs=("prompt",), outputs=("all_messages_events",))
TOOL_IO = IoRule(inputs=("tool_arguments",), outputs=("tool_response",))


def _events(span: Span, _keys: tuple[str, ...]) -> Io:
    events = parse_array(span.attributes.get("events"))
    if not events:
        return None, None
    choices = [event for event in events if _is_choice(event)]
    sent = [event for event in events if not _is_choice(event)]
    return sent or None, choices[0] if len(choices) == 1 else choices or None


def _requests(span: Span, _keys: tuple[str, ...]) -> Io:
    """Messages of a request to a model, and the answer: a message, or the text of a stream."""
    asked = parse_object(span.attributes.get("request_data")) or {}
    if "model" not in asked:
        return None, None
    answer = parse_object(span.attributes.get("response_data")) or {}
    said = (answer.get(name) for name in ("message", "combined_chunk_content", "text"))
    messages = asked.get("messages")
    if "system" in asked and messages is not None:
        messages = with_system(asked["system"], messages)
    return messages if messages is not None else asked.get("input"), next((it for it in said if it is not None), None)


def _is_choice(event: Any) -> bool:
    return isinstance(event, dict) and event.get("event.name") == "gen_ai.choice"


def _pydantic_ai(span: Span, _keys: tuple[str, ...]) -> Io:
    attributes = span.attributes
    found_input = attributes.get("pydantic_ai.all_messages")
    system = attributes.get("gen_ai.system_instructions")
    if system and found_input is not None:
        found_input = with_system(system, found_input)
    return found_input, attributes.get("final_result")


LOG_TYPE = TypeRule("logfire.span_type", types={"log": "EVENT"})
LEVEL_KEY: Final = "logfire.level_num"
_WARNING: Final = 13
_ERROR: Final = 17
_INFO: Final = 9


def level_of(number: object) -> str | None:
    """Level by logfire's number, which is OpenTelemetry's severity; None for what is none."""
    if isinstance(number, bool) or not isinstance(number, int) or number <= 0:
        return None
    if number >= _WARNING:
        return "ERROR" if number >= _ERROR else "WARNING"
    return "DEFAULT" if number >= _INFO else "DEBUG"


EVENTS_IO = IoRule(inputs=("events",), read=_events)
REQUEST_IO = IoRule(inputs=("request_data",), outputs=("response_data",), read=_requests)
"""Of calls of OpenAI's and Anthropic's clients before version 5."""
PYDANTIC_AI_IO = IoRule(
    inputs=("pydantic_ai.all_messages",), outputs=("final_result",), scope="pydantic-ai", read=_pydantic_ai
)
