"""What names, labels, tags and variables of prompts may look like."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from panope.domain.prompts.prompt import Body, Message, Placeholder

MAX_NAME_BYTES: Final = 800
MAX_LABEL_CHARS: Final = 36
MAX_FREE_LABEL_CHARS: Final = 255
MAX_TAG_CHARS: Final = 255
MAX_TAGS: Final = 100
MAX_LABELS: Final = 100

_RESERVED_NAMES: Final = frozenset({"new", "metrics", "prompt-detail"})
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_MARKUP: Final = re.compile(r"<[^<>]*>")
_NAME_RULES: Final[Sequence[tuple[Callable[[str], bool], str]]] = (
    (lambda name: not name, "must not be empty"),
    (
        lambda name: len(name.encode(errors="replace")) > MAX_NAME_BYTES,
        f"must have at most {MAX_NAME_BYTES} bytes in UTF-8",
    ),
    (
        lambda name: _CONTROL.search(name) is not None,
        "must not hold control characters such as line breaks",
    ),
    (lambda name: "|" in name, "must not hold the character |, which ends a name in references"),
    (lambda name: _MARKUP.search(name) is not None, "must not hold HTML tags"),
    (
        lambda name: "" in name.split("/"),
        "must not begin or end with a slash, nor hold two in a row: slashes stand between folders",
    ),
    (lambda name: name in _RESERVED_NAMES, f"must not be one of {', '.join(sorted(_RESERVED_NAMES))}"),
)
_LABEL: Final = re.compile(r"[a-z0-9_.-]+")
_PLACEHOLDER: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*")
_VARIABLE: Final = re.compile(r"\{\{\s*([^\s{}]+)\s*\}\}")


def find_name_mistake(name: str) -> str | None:
    """Why no prompt can have this name, which is trimmed already; None when one can."""
    return next((mistake for is_wrong, mistake in _NAME_RULES if is_wrong(name)), None)


def find_label_mistake(label: str) -> str | None:
    """Why no new label looks like this; None when one may."""
    if len(label) > MAX_LABEL_CHARS or not _LABEL.fullmatch(label):
        return f"must have 1 to {MAX_LABEL_CHARS} of the characters a-z, 0-9, _, - and ."
    return None


def find_free_label_mistake(label: str) -> str | None:
    """The same where any text is taken: labels set after the fact may look like whatever their sender likes."""
    if not 0 < len(label) <= MAX_FREE_LABEL_CHARS or _CONTROL.search(label):
        return f"must have 1 to {MAX_FREE_LABEL_CHARS} characters, none of them a control character"
    return None


def is_placeholder_name(name: str) -> bool:
    """Whether a placeholder may have this name."""
    return _PLACEHOLDER.fullmatch(name) is not None


def find_variables(body: Body) -> tuple[str, ...]:
    """Names between two braces, each once, in their order."""
    texts: Iterable[str] = [body] if isinstance(body, str) else [m.content for m in body if isinstance(m, Message)]
    return tuple(dict.fromkeys(name for text in texts for name in _VARIABLE.findall(text)))


def find_placeholders(body: Body) -> tuple[str, ...]:
    """Names of placeholders, each once, in their order."""
    if isinstance(body, str):
        return ()
    return tuple(dict.fromkeys(message.name for message in body if isinstance(message, Placeholder)))
