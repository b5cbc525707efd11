"""Composition: a prompt's text may name versions of text prompts, whose text then stands in its place.

A reference is written `@@@langfusePrompt:name=<name>|version=<number>@@@` or with `label=<label>`. What is not exactly
that stays text.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from panope.domain.errors import InvalidError
from panope.domain.ids import PromptId
from panope.domain.prompts.prompt import Body, Message, PromptKey, PromptType, PromptVersion

MAX_DEPTH: Final = 4
"""References within each other when a prompt is written: it, and four more levels."""
MAX_READ_DEPTH: Final = 50
"""The same when one is read: labels may have moved to versions with more levels since."""
MAX_REFERENCES: Final = 1_000
"""Different references in one prompt, those of the prompts that it names included."""
MAX_COMPOSED_CHARS: Final = 8 * 1024 * 1024
"""Length of all texts together after composition."""
_MAX_READ_CHARS: Final = 2 * MAX_COMPOSED_CHARS
"""Length of all that is read for a composition, references included: each part stands in it at least once."""

_OPEN: Final = "@@@langfusePrompt:"
_CLOSE: Final = "@@@"
_NAME: Final = "name="
_VERSION: Final = "version="
_LABEL: Final = "label="
_MAX_DIGITS: Final = 10

Found = Mapping[PromptKey, PromptVersion]


class Composition(Struct, frozen=True):
    """A body without references, and the versions that went into it."""

    body: Body
    parts: dict[PromptId, tuple[PromptVersion, ...]]
    """Versions that a version names, each once, in the order of its text; empty when nothing was named."""


def find_references(body: Body) -> tuple[PromptKey, ...]:
    """The references of a body, each once, in their order."""
    pieces = (piece for text in _texts(body) for piece in _split(text))
    return tuple(dict.fromkeys(piece for piece in pieces if isinstance(piece, PromptKey)))


def missing_references(root: PromptVersion, found: Found) -> tuple[PromptKey, ...]:
    """Keys to look up next before `root` can be composed; raises `InvalidError` for too many, or too much text so far.

    Ask again with what was found until nothing is new. A key that nobody has stays missing.
    """
    bodies = [root.body, *(version.body for version in found.values())]
    if sum(len(text) for body in bodies for text in _texts(body)) > _MAX_READ_CHARS:
        raise _too_long()
    wanted = dict.fromkeys(key for body in bodies for key in find_references(body))
    if len(wanted) > MAX_REFERENCES:
        text = f"The prompt and those that it names hold more than {MAX_REFERENCES} different references: name fewer"
        raise InvalidError(text, code="too_many_references")
    return tuple(key for key in wanted if key not in found)


def compose(root: PromptVersion, found: Found, *, is_new: bool) -> Composition:
    """Put the text of every reference in its place.

    Raises `InvalidError` for a reference to nothing, to a chat prompt, or back to what names it, and for too many
    levels or too much text. `is_new` asks for what a prompt must fulfil when it is written: it may not lead back to its
    own name, not even in another version, and has at most `MAX_DEPTH` levels.
    """
    return _Composer(root, found, is_new=is_new).run()


class _Composer:
    """One walk from a root down. Each version is composed once, however often it is named."""

    def __init__(self, root: PromptVersion, found: Found, *, is_new: bool) -> None:
        self._root = root
        self._found = found
        self._is_new = is_new
        self._max_depth = MAX_DEPTH if is_new else MAX_READ_DEPTH
        self._path: list[PromptVersion] = []
        self._texts: dict[PromptId, str] = {}
        self._heights: dict[PromptId, int] = {}
        self._parts: dict[PromptId, tuple[PromptVersion, ...]] = {}
        self._length = 0

    def run(self) -> Composition:
        body = _map_texts(self._root.body, self._compose_own)
        self._note_parts(self._root)
        return Composition(body, self._parts)

    def _compose_own(self, text: str) -> str:
        """One text of the root; all of them together are bounded, as a chat may name the same part in each."""
        composed = self._compose(self._root, text)
        self._length += len(composed)
        if self._length > MAX_COMPOSED_CHARS:
            raise _too_long()
        return composed

    def _compose(self, owner: PromptVersion, text: str) -> str:
        self._path.append(owner)
        pieces = []
        height = length = 0
        for piece in _split(text):
            if isinstance(piece, PromptKey):
                part = self._look_up(piece)
                composed = self._text_of(part)
                height = max(height, 1 + self._heights[part.id])
                self._check_depth(len(self._path) - 1 + height)
            else:
                composed = piece
            length += len(composed)
            if length > MAX_COMPOSED_CHARS:
                raise _too_long()
            pieces.append(composed)
        self._path.pop()
        self._heights[owner.id] = max(height, self._heights.get(owner.id, 0))
        return "".join(pieces)

    def _text_of(self, part: PromptVersion) -> str:
        """The text of a part; asked for again, it is the same."""
        if part.id not in self._texts:
            self._check_depth(len(self._path))
            assert isinstance(part.body, str)
            self._texts[part.id] = self._compose(part, part.body)
            self._note_parts(part)
        return self._texts[part.id]

    def _note_parts(self, owner: PromptVersion) -> None:
        named = {self._found[key].id: self._found[key] for key in find_references(owner.body)}
        if named:
            self._parts[owner.id] = tuple(named.values())

    def _look_up(self, key: PromptKey) -> PromptVersion:
        part = self._found.get(key)
        if part is None:
            raise InvalidError(f"Prompt dependency not found: {key}; create it first", code="reference_not_found")
        if part.type is not PromptType.TEXT:
            text = f"Prompt dependency is not a text prompt: {key}; only text prompts can be referred to"
            raise InvalidError(text, code="reference_to_chat")
        is_own_name = self._is_new and part.name == self._root.name
        if is_own_name or any(part.id == owner.id for owner in self._path):
            way = " → ".join(f"'{owner.name}' version {owner.version}" for owner in (*self._path, part))
            raise InvalidError(f"Circular dependency detected involving prompt {way}", code="reference_cycle")
        return part

    def _check_depth(self, depth: int) -> None:
        if depth > self._max_depth:
            text = f"Maximum nesting depth exceeded: references may lie at most {self._max_depth} levels deep"
            raise InvalidError(text, code="references_too_deep")


def _too_long() -> InvalidError:
    text = f"The prompt is longer than {MAX_COMPOSED_CHARS} characters with its references filled in"
    return InvalidError(text, code="prompt_too_long")


def _texts(body: Body) -> Iterator[str]:
    if isinstance(body, str):
        yield body
        return
    for message in body:
        if isinstance(message, Message):
            yield message.content


def _map_texts(body: Body, change: Callable[[str], str]) -> Body:
    if isinstance(body, str):
        return change(body)
    return tuple(
        Message(message.role, change(message.content)) if isinstance(message, Message) else message for message in body
    )


def _split(text: str) -> Iterator[str | PromptKey]:
    """Text and references in turn. Linear, whatever stands there: a reference never reaches beyond the next opening."""
    first, *rest = text.split(_OPEN)
    yield first
    for piece in rest:
        inner, closed, after = piece.partition(_CLOSE)
        key = _read_key(inner) if closed else None
        if key is None:
            yield _OPEN + piece
        else:
            yield key
            yield after


def _read_key(inner: str) -> PromptKey | None:
    name, separator, wanted = inner.partition("|")
    if not separator or "|" in wanted or "\n" in inner or not name.startswith(_NAME):
        return None
    name = name.removeprefix(_NAME)
    if wanted.startswith(_LABEL):
        label = wanted.removeprefix(_LABEL)
        return PromptKey(name, label=label) if name and label else None
    number = wanted.removeprefix(_VERSION)
    if not name or number == wanted or not (number.isascii() and number.isdigit() and len(number) <= _MAX_DIGITS):
        return None
    return PromptKey(name, version=int(number))
