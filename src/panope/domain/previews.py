"""Previews: what a list shows of an input or output without reading it. At most 160 characters, one line."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from panope.domain.tracing import ObservationRow

MAX_PREVIEW_CHARS: Final = 160
"""What a cell of a list has room for. Every row carries two of them, so they are half of a row's bytes."""
_SPOKEN_KEYS: Final = tuple("input query question prompt message text content output result answer response".split())
_MEDIA: Final = re.compile(
    r"@@@langfuseMedia:type=(\w+)[^@]*@@@|data:(image|audio|application)/[\w.+-]+;base64,[\w+/=]*"
)
STORED_FROM_CHARS: Final = 4096
_USER_ROLES: Final = frozenset({"user", "human"})
_ASSISTANT_ROLES: Final = frozenset({"assistant", "ai", "model"})
_WINDOW: Final = 2 * MAX_PREVIEW_CHARS
_decode = msgspec.json.Decoder().decode


def has_stored_previews(input_text: str | None, output_text: str | None) -> bool:
    """Whether an observation's row keeps its previews: when reading its payload for them would be dear.

    Two previews were a third of a row's bytes and a tenth of the CPU of an insert, and most observations are small;
    making both from a payload of 4 kB takes 10 µs, once per row of a page.
    """
    return (len(input_text) if input_text else 0) + (len(output_text) if output_text else 0) > STORED_FROM_CHARS


def keeps_previews(row: ObservationRow) -> bool:
    """Whether the row of an observation holds the previews of its payload: of another the payload is small."""
    return row.input_preview is not None or row.output_preview is not None


def preview_input(text: str | None) -> str | None:
    """Last user message of a conversation, else what `preview_text` makes of it."""
    return _preview(text, _USER_ROLES, _last_user)


def preview_output(text: str | None) -> str | None:
    """Last assistant message, else its first tool call as `name(arguments)`, else what `preview_text` makes of it."""
    return _preview(text, _ASSISTANT_ROLES, _last_assistant)


def _preview(text: str | None, roles: frozenset[str], pick: Callable[[list[Any]], str | None]) -> str | None:
    if not text:
        return None
    if text[0] not in "[{":
        return shorten(text)
    try:
        value = _decode(text)
    except (msgspec.DecodeError, RecursionError):
        return shorten(text)
    if type(value) is list and value:
        last = value[-1]
        if type(last) is dict and last.get("role") in roles and type(last.get("content")) is str and last["content"]:
            return shorten(last["content"])  # as nearly every conversation is: no need to look further
    return shorten(_speak(value, pick) or text)


def _speak(value: Any, pick: Callable[[list[Any]], str | None]) -> str | None:
    if isinstance(value, dict):
        messages = value.get("messages")
        if isinstance(messages, list) and (spoken := pick(messages)):
            return spoken
        if "role" in value and (spoken := pick([value])):
            return spoken
        return next((value[key] for key in _SPOKEN_KEYS if isinstance(value.get(key), str) and value[key]), None)
    return pick(value) if isinstance(value, list) else None


def _last_user(messages: list[Any]) -> str | None:
    return next((text for text in _texts(messages, _USER_ROLES) if text), None)


def _last_assistant(messages: list[Any]) -> str | None:
    spoken = next((text for text in _texts(messages, _ASSISTANT_ROLES) if text), None)
    return spoken or next(_tool_calls(messages), None)


def _texts(messages: list[Any], roles: frozenset[str]) -> Iterator[str | None]:
    for message in reversed(messages):
        if isinstance(message, dict) and message.get("role", message.get("type")) in roles:
            yield _content(message.get("content", message.get("parts")))


def _content(content: Any) -> str | None:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return None
    parts = [part if isinstance(part, str) else _part(part) for part in content]
    return " ".join(part for part in parts if part) or None


def _part(part: Any) -> str | None:
    if not isinstance(part, dict):
        return None
    text = part.get("text", part.get("content"))
    if isinstance(text, str):
        return text
    kind = str(part.get("type", ""))
    return next((f"[{media}]" for media in ("image", "audio", "video", "file") if media in kind), None)


def _tool_calls(messages: list[Any]) -> Iterator[str]:
    for message in reversed(messages):
        calls = message.get("tool_calls") if isinstance(message, dict) else None
        for call in calls if isinstance(calls, list) else ():
            function = call.get("function", call) if isinstance(call, dict) else None
            if isinstance(function, dict) and function.get("name"):
                yield f"{function['name']}({_arguments(function)})"


def _arguments(function: dict[str, Any]) -> str:
    arguments = function.get("arguments", function.get("args", ""))
    return arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode()


def shorten(text: str) -> str:
    """One line of at most `MAX_PREVIEW_CHARS`, media replaced by its kind, never cut inside a combined character."""
    head = text[:_WINDOW]
    if ("@" in head and "@@@" in head) or (";" in head and ";base64," in head):  # one character is found much faster
        head = _MEDIA.sub(_name_media, text[: 4 * _WINDOW])[:_WINDOW]
    line = head.strip() if head.isprintable() and "  " not in head else " ".join(head.split())
    if len(line) <= MAX_PREVIEW_CHARS:
        return line
    end = MAX_PREVIEW_CHARS
    while end > 1 and not line[end].isascii() and _joins(line[end]):
        end -= 1
    return line[:end]


def _name_media(match: re.Match[str]) -> str:
    kind = match[1] or match[2]
    return f"[{kind if kind in ('image', 'audio', 'video') else 'file'}]"


def _joins(char: str) -> bool:
    """Whether a character continues the one before it: combining marks, joiners, variation selectors, skin tones."""
    code = ord(char)
    return (
        0x300 <= code <= 0x36F
        or 0x200D <= code <= 0x200D
        or 0xFE00 <= code <= 0xFE0F
        or 0x1F3FB <= code <= 0x1F3FF
        or 0x20D0 <= code <= 0x20FF
    )
