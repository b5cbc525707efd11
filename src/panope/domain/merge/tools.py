"""Which tools a call of a model was offered, and which it called, as input and output tell it.

Every vendor writes both in its own way, but in few: definitions lie in a list beside the messages, and calls are
objects in the answer, in a list of their own or among its parts.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec import Struct

MAX_TOOLS: Final = 100
"""So many names are kept of one call of a model."""
_MAX_CHARS: Final = 200
_MAX_DEPTH: Final = 8
_CALL_TYPES: Final = frozenset({"tool_use", "tool_call", "tool-call", "function_call"})
_CALL_LISTS: Final = ("tool_calls", "toolCalls")
_CALLS: Final = ("function_call", "functionCall")
_REPEATED: Final = frozenset({"additional_kwargs", "response_metadata"})
"""Where frameworks keep what they were told beside what they made of it."""
_NAMES: Final = ("name", "toolName", "tool_name")
_IDS: Final = ("id", "call_id", "toolCallId", "tool_call_id")


class _Request(Struct):
    """The definitions beside the messages; whatever else the input holds is passed over."""

    tools: Any = None
    functions: Any = None


_decode: Final = msgspec.json.Decoder().decode
_decode_request: Final = msgspec.json.Decoder(_Request).decode


def tools_available(input_text: str | None) -> list[str]:
    """Names of the tools that an input offers, sorted, each once."""
    if not input_text or input_text[0] != "{" or ('"tools"' not in input_text and '"functions"' not in input_text):
        return []
    try:
        request = _decode_request(input_text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return []
    return sorted({*_defined(request.tools), *_defined(request.functions)})[:MAX_TOOLS]


def tools_called(output_text: str | None) -> list[str]:
    """Names of the tools that an output calls, in its order, as often as they are called."""
    if not output_text or output_text[0] not in "[{" or ('"tool' not in output_text and '"function' not in output_text):
        return []
    try:
        calls = list(_calls(_decode(output_text), 0))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return []
    seen: set[str] = set()
    names = []
    for call_id, name in calls:
        if call_id is None or call_id not in seen:
            names.append(name)
        if call_id is not None:
            seen.add(call_id)
    return names[:MAX_TOOLS]


def _defined(tools: Any) -> Iterator[str]:
    """A list of definitions, or a map of them by name."""
    if isinstance(tools, dict):
        yield from (name[:_MAX_CHARS] for name in tools if name)
    for tool in tools if isinstance(tools, list) else ():
        if isinstance(tool, dict):
            name = _name(tool)
            declared = tool.get("function_declarations", tool.get("functionDeclarations"))
            if name is not None:
                yield name
            elif isinstance(declared, list):
                yield from _defined(declared)
        elif isinstance(tool, str) and tool:
            yield tool[:_MAX_CHARS]


def _calls(value: Any, depth: int) -> Iterator[tuple[str | None, str]]:
    """The id, where there is one, and the name of each call."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for child in value:
            yield from _calls(child, depth + 1)
    elif isinstance(value, dict):
        kind = value.get("type")
        name = _name(value) if isinstance(kind, str) and kind in _CALL_TYPES else None
        if name is not None:
            yield _id(value), name
        else:
            yield from _calls_within(value, depth)


def _calls_within(value: dict[str, Any], depth: int) -> Iterator[tuple[str | None, str]]:
    for key, child in value.items():
        if key in _CALL_LISTS or key in _CALLS:
            calls = child if isinstance(child, list) else [child]
            yield from ((_id(call), name) for call in calls if isinstance(call, dict) and (name := _name(call)))
        elif key not in _REPEATED:
            yield from _calls(child, depth + 1)


def _name(tool: dict[str, Any]) -> str | None:
    function = tool.get("function")
    for holder in (function, tool) if isinstance(function, dict) else (tool,):
        for key in _NAMES:
            name = holder.get(key)
            if isinstance(name, str) and name:
                return name[:_MAX_CHARS]
    return None


def _id(call: dict[str, Any]) -> str | None:
    return next((found for key in _IDS if isinstance(found := call.get(key), str) and found), None)
