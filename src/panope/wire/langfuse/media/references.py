"""References to media inside of JSON: `@@@langfuseMedia:type=image/png|id=…|source=bytes@@@`, stored as they are."""

import re
from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct

from panope.domain.media.media import MediaId

REFERENCE_START: Final = "@@@langfuseMedia:"
"""A text without it holds no reference."""
_REFERENCE: Final = re.compile(r"@@@langfuseMedia:(.+?)@@@")
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MAX_REFERENCES: Final = 1_000
_MAX_PATH_CHARS: Final = 1_000_000
_Way = tuple[Any, str | int] | None
"""The last step to a value and the way before it: written out for what refers to something alone, as a long key above
many values would be copied for each."""


class FoundReference(Struct, frozen=True, kw_only=True):
    """One reference, and where it stands."""

    text: str
    """The whole of it, with its marks."""
    json_path: str
    """`$['messages'][0]['content']`; `$` for the value itself."""
    media_id: MediaId
    content_type: str = ""
    source: str = ""


class ReferencedMediaBody(Struct, rename="camel", kw_only=True):
    """The media that a reference stands for, with an address that needs no key."""

    media_id: str
    content_type: str
    content_length: int
    url: str
    url_expiry: str


class MediaReferenceBody(Struct, rename="camel", kw_only=True):
    """An entry of `mediaReferences` of a dataset item."""

    field: str
    reference_string: str
    json_path: str
    media: ReferencedMediaBody


def find_references(value: Any) -> list[FoundReference]:
    """All references in the texts of a JSON value, in the order in which they stand; at most 1,000.

    Keys of objects are no texts. What looks like a reference and has no id is left out, and so are those whose
    paths have more than 1,000,000 characters together.
    """
    found: list[FoundReference] = []
    left = _MAX_PATH_CHARS
    waiting: list[tuple[Any, _Way]] = [(value, None)]
    while waiting and len(found) < _MAX_REFERENCES:
        node, way = waiting.pop()
        if isinstance(node, str):
            if REFERENCE_START in node and (path := _path(way, left)) is not None:
                found.extend(_in_text(node, path))
                left -= len(path)
        elif isinstance(node, dict):
            waiting.extend((node[key], (way, key)) for key in reversed(node))
        elif isinstance(node, list):
            waiting.extend((node[index], (way, index)) for index in reversed(range(len(node))))
    return found[:_MAX_REFERENCES]


def _path(way: _Way, most: int) -> str | None:
    """The path of a way; None when it has more characters than may be."""
    steps: list[str] = []
    length = 1
    while way is not None:
        way, step = way
        steps.append(f"['{step}']" if isinstance(step, str) else f"[{step}]")
        length += len(steps[-1])
        if length > most:
            return None
    return "$" + "".join(reversed(steps))


def _in_text(text: str, path: str) -> Iterator[FoundReference]:
    for match in _REFERENCE.finditer(text):
        told = dict(part.partition("=")[::2] for part in match[1].split("|"))
        media_id = told.get("id", "")
        if _ID.fullmatch(media_id):
            yield FoundReference(
                text=match[0],
                json_path=path,
                media_id=MediaId(media_id),
                content_type=told.get("type", ""),
                source=told.get("source", ""),
            )
