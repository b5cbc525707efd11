"""Estimates of usage that nobody sent: the tokens of input and output, where the model's tokenizer is public."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final, Protocol

import msgspec

MAX_CHARS: Final = 262_144
"""Of input or output: longer texts are not counted, so that one of them cannot hold everybody else up."""
_PER_MESSAGE: Final = 3
"""Tokens that frame each message of a conversation, and the answer that it asks for."""


class Encoding(StrEnum):
    """The public tokenizers."""

    O200K = "o200k_base"
    CL100K = "cl100k_base"
    HARMONY = "o200k_harmony"


class TokenCounter(Protocol):
    """Counts tokens without asking anybody."""

    def count(self, text: str, encoding: Encoding) -> int:
        """Tokens of a text, in time that grows with its length at most."""


_ENCODINGS: Final = (
    (re.compile(r"gpt-oss"), Encoding.HARMONY),
    (re.compile(r"(?:chat)?gpt-(?:4o|4\.\d|[5-9])|chatgpt-4o|(?:^|[/:])o[1-9](?:-|$)"), Encoding.O200K),
    (re.compile(r"gpt-(?:4|3\.5|35)|text-embedding-(?:3|ada-002)"), Encoding.CL100K),
)
"""By the names that providers and gateways give to a model, the first that is found."""
_decode = msgspec.json.Decoder().decode


def encoding_of(model: str) -> Encoding | None:
    """The tokenizer of a model; None for models whose tokenizer is not public."""
    name = model.lower()
    return next((encoding for pattern, encoding in _ENCODINGS if pattern.search(name)), None)


def estimate_usage(encoding: Encoding, sent: str | None, answered: str | None, counter: TokenCounter) -> dict[str, int]:
    """Count input and output; empty without text to count.

    A conversation counts as the texts of its messages with what frames them, anything else as it stands. Images, audio
    and the definitions of tools are not counted: what comes out is an estimate.
    """
    if len(sent or "") > MAX_CHARS or len(answered or "") > MAX_CHARS:
        return {}
    usage: dict[str, int] = {}
    if sent:
        usage["input"] = _count(sent, encoding, counter, is_asked=True)
    if answered:
        usage["output"] = _count(answered, encoding, counter, is_asked=False)
    if usage:
        usage["total"] = sum(usage.values())
    return usage


def _count(text: str, encoding: Encoding, counter: TokenCounter, *, is_asked: bool) -> int:
    messages = _messages(text)
    if not messages:
        return counter.count(text, encoding)
    tokens = sum(counter.count(spoken, encoding) for message in messages for spoken in _spoken(message))
    if is_asked:
        roles = sum(counter.count(str(message.get("role", "")), encoding) for message in messages)
        tokens += roles + _PER_MESSAGE * (len(messages) + 1)
    return tokens


def _messages(text: str) -> list[dict[str, Any]]:
    """Messages of a conversation, alone or in a list; empty when the text is none."""
    if text[0] not in "[{":
        return []
    try:
        value = _decode(text)
    except (msgspec.DecodeError, RecursionError):
        return []
    if isinstance(value, dict):
        value = value.get("messages", [value])
    if not isinstance(value, list) or not all(isinstance(each, dict) and "role" in each for each in value):
        return []
    return value


def _spoken(message: dict[str, Any]) -> Iterator[str]:
    content = message.get("content", message.get("parts"))
    for part in content if isinstance(content, list) else [content]:
        said = part.get("text", part.get("content")) if isinstance(part, dict) else part
        if isinstance(said, str):
            yield said
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        function = call.get("function", call) if isinstance(call, dict) else None
        if isinstance(function, dict):
            arguments = function.get("arguments", "")
            yield str(function.get("name") or "")
            yield arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode()
