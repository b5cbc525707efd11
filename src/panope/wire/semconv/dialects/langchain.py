"""LangChain and LangGraph as OpenLLMetry tells them: what a step got and gave lies in wrappers of the callback."""

from typing import Any, Final

from panope.wire.semconv.dialects.rules import Io, IoRule
from panope.wire.semconv.span import Span
from panope.wire.semconv.text import parse_object

_SCOPE: Final = "opentelemetry.instrumentation.langchain"
_INPUT: Final = "traceloop.entity.input"
_OUTPUT: Final = "traceloop.entity.output"
_ROLES: Final = {
    "human": "user",
    "ai": "assistant",
    "AIMessageChunk": "assistant",
    "system": "system",
    "tool": "tool",
    "function": "tool",
}
_KEPT: Final = ("name", "tool_calls", "tool_call_id")


def _read(span: Span, _keys: tuple[str, ...]) -> Io:
    attributes = span.attributes
    given = _unwrapped(attributes.get(_OUTPUT), ("outputs", "output"))
    if isinstance(given, dict) and given.get("role") == "tool":
        given = given.get("content")
    return _unwrapped(attributes.get(_INPUT), ("inputs", "input_str")), given


def _unwrapped(sent: Any, names: tuple[str, ...]) -> Any:
    """What lies under the first of the names, with messages as every chat API has them; as sent where none is."""
    wrapper = parse_object(sent) or {}
    return next((_plain(wrapper[name]) for name in names if name in wrapper), sent)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(child) for child in value]
    if not isinstance(value, dict):
        return value
    message = value.get("kwargs") if value.get("lc") == 1 else None
    role = message.get("type") if isinstance(message, dict) else None
    if isinstance(message, dict) and isinstance(role, str) and role in _ROLES:
        kept = {name: message[name] for name in _KEPT if message.get(name)}
        return {"role": _ROLES[role], "content": message.get("content"), **kept}
    return {name: _plain(child) for name, child in value.items()}


IO = IoRule(inputs=(_INPUT,), outputs=(_OUTPUT,), scope=_SCOPE, read=_read)
