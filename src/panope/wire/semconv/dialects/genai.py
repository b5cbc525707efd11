"""OpenTelemetry's GenAI conventions: today's names, those of the years before, and their span events."""

from typing import Any, Final

from panope.wire.semconv.dialects.rebuild import rebuild
from panope.wire.semconv.dialects.rules import Io, IoRule, SpanContext, TypeRule
from panope.wire.semconv.span import Span
from panope.wire.semconv.text import parse_array, parse_object

AGGREGATES: Final = frozenset({"invoke_agent", "agent_step", "invoke_workflow", "execute_event_loop_cycle"})
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
        {"role": _MESSAGE_EVENTS[event.name], **_said(event.attributes)}
        for event in span.events
        if event.name in _MESSAGE_EVENTS
    ]
    choices = [_choice(event.attributes) for event in span.events if event.name == "gen_ai.choice"]
    if span.attributes.get("gen_ai.operation.name") == "execute_tool":
        return _tool_sides(sent, choices)
    return sent or None, _one_or_all(choices)


def _said(attributes: dict[str, Any]) -> dict[str, Any]:
    """Attributes of a message's event; Azure puts the message into one of them, Strands its parts."""
    whole = parse_object(attributes.get("gen_ai.event.content"))
    if whole is not None:
        return whole
    parts = _parts(attributes.get("content"))
    return attributes if parts is None else {**attributes, "content": parts}


def _parts(text: object) -> list[Any] | None:
    """Parts of a message that came as text; None for words, even where they look like an array."""
    found = parse_array(text)
    return found if found and all(isinstance(part, dict) for part in found) else None


def _choice(attributes: dict[str, Any]) -> dict[str, Any]:
    """A choice as its event tells it; one whose message is text or parts becomes a message."""
    said = _said(attributes)
    message = said.get("message")
    if not isinstance(message, str):
        return said
    parts = _parts(message)
    rest = {key: value for key, value in said.items() if key != "message"}
    return {"role": "assistant", "content": message if parts is None else parts, **rest}


def _tool_sides(sent: list[dict[str, Any]], choices: list[dict[str, Any]]) -> Io:
    """Arguments and result of a tool whose call is told as messages."""
    arguments, result = (side[-1].get("content", side[-1]) if side else None for side in (sent, choices))
    return arguments, result


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
        **dict.fromkeys(
            (
                "chat", "completion", "text_completion", "generate_content", "generate", "acompletion",
                "atext_completion", "responses", "aresponses", "anthropic_messages",
            ),
            "GENERATION",
        ),
        **dict.fromkeys(("embeddings", "embedding", "aembedding"), "EMBEDDING"),
        "invoke_workflow": "CHAIN",
        **dict.fromkeys(("invoke_agent", "create_agent"), "AGENT"),
        "execute_tool": "TOOL",
    },
)  # fmt: skip


def _tool_when_filled(_span: Span, _context: SpanContext, value: Any) -> str | None:
    return "TOOL" if value else None


TOOL_NAME_TYPE = TypeRule("gen_ai.tool.name", decide=_tool_when_filled)
TOOL_CALL_TYPE = TypeRule("gen_ai.tool.call.id", decide=_tool_when_filled)

_PARAMETER_PREFIXES: Final = ("gen_ai.request.", "llm.invocation_parameters.")
_SERVICE_TIERS: Final = tuple(
    f"{vendor}.{side}.service_tier"
    for side in ("request", "response")
    for vendor in ("gen_ai.openai", "openai", "gen_ai")
)
"""Attributes that tell how a call was served, which decides its price. A request may leave it to the provider, so the
response is believed first."""


def parameter_names(keys: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Attributes that are one model parameter each, with its name, the preferred last; the model's name is none."""
    plain = [
        (key, key[len(prefix) :])
        for prefix in _PARAMETER_PREFIXES
        for key in keys
        if key.startswith(prefix) and key != "gen_ai.request.model"
    ]
    return (*plain, *((key, "service_tier") for key in _SERVICE_TIERS if key in keys))
