"""Chat messages of every dialect as lines a person can read: `role: text`, `role: call name {arguments}`.

Tests compare what was said, not how a framework spells it. Whatever is no conversation is None.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

_TEXT_KEYS: Final = ("text", "content", "message", "response", "result", "output", "value")
_ARGUMENT_KEYS: Final = ("arguments", "args", "input")
_ROLES: Final = {"model": "assistant", "ai": "assistant", "human": "user", "developer": "system", "function": "tool"}


def read_conversation(text: str | None) -> list[str] | None:
    """Lines of a conversation; None when the text is none."""
    if text is None:
        return None
    value = _parsed(text)
    if isinstance(value, str):
        return [f"text: {value}"]
    lines = list(_conversation(value))
    return lines or None


def _parsed(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ('"', "[", "{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _conversation(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        system = (
            value.get("system") or value.get("instructions") or (value.get("config") or {}).get("system_instruction")
        )
        if isinstance(system, str | list):
            yield f"system: {_text(system)}"
        if isinstance(value.get("content"), dict):
            value = value["content"]
        for name in ("messages", "contents", "message", "choices"):
            if isinstance(value.get(name), list | dict):
                yield from _conversation(value[name])
                return
        if value.get("toolName") or (isinstance(value.get("function"), dict) and "role" not in value):
            yield _call("assistant", value)
        elif (
            value.get("role")
            or value.get("type")
            or value.get("content")
            or value.get("parts")
            or value.get("tool_calls")
        ):
            yield from _message(value)
    elif isinstance(value, list):
        for entry in value:
            yield from _conversation(_parsed(entry))


def _message(message: dict[str, Any]) -> Iterator[str]:
    kind = message.get("type")
    role = (
        message.get("role") or ("document" if "score" in message else kind if kind != "message" else "") or "assistant"
    )
    role = _ROLES.get(role, role)
    if kind in ("function_call", "tool_call", "tool-call") and "name" in message:
        yield _call("assistant", message)
        return
    if kind == "function_call_output":
        yield f"tool: {_text(message.get('output'))}"
        return
    parts = message.get("parts") or message.get("content")
    yield from _parts(role, _parsed(parts))
    for call in message.get("tool_calls") or message.get("toolCalls") or []:
        yield _call(role, call)


def _parts(role: str, parts: Any) -> Iterator[str]:
    if isinstance(parts, str):
        if parts:
            yield f"{role}: {parts}"
        return
    for part in parts if isinstance(parts, list) else [parts] if isinstance(parts, dict) else []:
        if isinstance(part, str):
            yield f"{role}: {part}"
            continue
        calls = ("functionCall", "function_call", "toolUse")
        results = ("functionResponse", "function_response", "toolResult")
        inner = next((part[name] for name in calls if part.get(name)), None)
        if inner is not None or part.get("type") in ("tool_call", "tool-call", "tool_use", "function_call"):
            yield _call(role, inner or part)
            continue
        inner = next((part[name] for name in results if part.get(name)), None)
        if inner is not None or part.get("type") in (
            "tool_call_response",
            "tool-result",
            "tool_result",
            "function_call_output",
        ):
            yield f"tool: {_text(inner or part)}"
            continue
        text = _text(part)
        if text:
            yield f"{role}: {text}"


def _call(role: str, call: dict[str, Any]) -> str:
    call = call.get("tool_call") or call
    call = call.get("function") if isinstance(call.get("function"), dict) else call
    name = call.get("name") or call.get("toolName")
    arguments = next((call[key] for key in _ARGUMENT_KEYS if key in call), None)
    return f"{role}: call {name} {json.dumps(_parsed(arguments))}"


def _text(value: Any) -> str:
    """Text of a part or a result, however deeply it is wrapped."""
    value = _parsed(value)
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list):
        return " ".join(filter(None, map(_text, value)))
    if isinstance(value, dict):
        for key in _TEXT_KEYS:
            if value.get(key):
                return _text(value[key])
    return ""
