"""OpenTelemetry's GenAI conventions: today's names, those of the years before, and their span events."""

from typing import Any, Final

from panope.wire.semconv.dialects.rebuild import rebuild
from panope.wire.semconv.dialects.rules import Io, IoRule, SpanContext, TypeRule
from panope.wire.semconv.span import Span
from panope.wire.semconv.text import parse_array

AGGREGATES: Final = frozenset({"invoke_agent", "agent_step"})
"""Operations whose usage sums up that of their children; counting it would count twice."""

_MESSAGE_EVENTS: Final = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
_INPUT: Final = "gen_ai.input.messages"
_OUTPUT: Final = "gen_ai.output.messages"
_SYSTEM: Final = "gen_ai.system_instructions"
_ARGUMENTS: Final = "gen_ai.tool.call.arguments"
_RESULT: Final = "gen_ai.tool.call.result"


def messages(attributes: dict[str, Any]) -> Io:
    """Input and output messages, the system instructions first among the former; else a tool call's two sides."""
    found_input, found_output = attributes.get(_INPUT), attributes.get(_OUTPUT)
    system = attributes.get(_SYSTEM)
    if system:
        found_input = with_system(system, found_input)
    if found_input is None and found_output is None:
        return attributes.get(_ARGUMENTS), attributes.get(_RESULT)
    return found_input, found_output


def with_system(system: object, sent: object) -> Any:
    """Messages with system instructions in front, unless they hold a system message or are no list."""
    conversation = parse_array(sent) if sent is not None else []
    if conversation is None:
        return sent
    if any(isinstance(message, dict) and message.get("role") == "system" for message in conversation):
        return sent
    parts = parse_array(system)
    first = {"role": "system", "content": system} if parts is None else {"role": "system", "parts": parts}
    return [first, *conversation]


def _current(span: Span, _keys: tuple[str, ...]) -> Io:
    return messages(span.attributes)


def _details_event(span: Span, _keys: tuple[str, ...]) -> Io:
    for event in span.events:
        if event.name == "gen_ai.client.inference.operation.details":
            return messages(event.attributes)
    return None, None


def _message_events(span: Span, _keys: tuple[str, ...]) -> Io:
    sent = [
        {"role": _MESSAGE_EVENTS[event.name], **event.attributes}
        for event in span.events
        if event.name in _MESSAGE_EVENTS
    ]
    choices = [event.attributes for event in span.events if event.name == "gen_ai.choice"]
    return sent or None, _one_or_all(choices)


def _content_events(span: Span, _keys: tuple[str, ...]) -> Io:
    sides: dict[str, list[Any]] = {"prompt": [], "completion": []}
    for event in span.events:
        side = event.name.removeprefix("gen_ai.content.")
        if side in sides and side != event.name:
            sides[side].append(event.attributes.get(f"gen_ai.{side}", event.attributes))
    return _one_or_all(sides["prompt"]), _one_or_all(sides["completion"])


def _one_or_all(found: list[Any]) -> Any:
    return (found[0] if len(found) == 1 else found) if found else None


def _indexed(span: Span, keys: tuple[str, ...]) -> Io:
    return rebuild(span.attributes, keys, "gen_ai.prompt"), rebuild(span.attributes, keys, "gen_ai.completion")


CURRENT_IO = IoRule(inputs=(_INPUT, _SYSTEM, _ARGUMENTS), outputs=(_OUTPUT, _RESULT), read=_current)
DETAILS_EVENT_IO = IoRule(on_events=True, read=_details_event)
MESSAGE_EVENTS_IO = IoRule(on_events=True, read=_message_events)
CONTENT_EVENTS_IO = IoRule(on_events=True, read=_content_events)
INDEXED_IO = IoRule(prefixes=("gen_ai.prompt", "gen_ai.completion"), read=_indexed)

OPERATION_TYPE = TypeRule(
    "gen_ai.operation.name",
    types={
        **dict.fromkeys(("chat", "completion", "text_completion", "generate_content", "generate"), "GENERATION"),
        "embeddings": "EMBEDDING",
        **dict.fromkeys(("invoke_agent", "create_agent"), "AGENT"),
        "execute_tool": "TOOL",
    },
)


def _tool_when_filled(_span: Span, _context: SpanContext, value: Any) -> str | None:
    return "TOOL" if value else None


TOOL_NAME_TYPE = TypeRule("gen_ai.tool.name", decide=_tool_when_filled)
TOOL_CALL_TYPE = TypeRule("gen_ai.tool.call.id", decide=_tool_when_filled)

_PARAMETER_PREFIXES: Final = ("gen_ai.request.", "llm.invocation_parameters.")


def parameter_names(keys: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Attributes that are one model parameter each, with its name; the model's own name is none."""
    return tuple(
        (key, key[len(prefix) :])
        for prefix in _PARAMETER_PREFIXES
        for key in keys
        if key.startswith(prefix) and key != "gen_ai.request.model"
    )
