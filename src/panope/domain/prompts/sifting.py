"""Conditions on versions of prompts. Every engine asks the same ones here, so that they mean the same everywhere."""

import re
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Final

import msgspec
from msgspec import Struct

_ANY: Final = "%"
_ONE: Final = "_"
_ESCAPE: Final = "\\"
_FLAGS: Final = re.IGNORECASE | re.DOTALL


class Candidate(Struct, frozen=True, kw_only=True):
    """What conditions look at."""

    id: str
    name: str
    type: str
    version: int
    labels: tuple[str, ...]
    """With `latest`."""
    tags: tuple[str, ...]
    config: str = "{}"
    """JSON text."""
    created_us: int
    updated_us: int


class TextField(StrEnum):
    """What is compared as text."""

    ID = "id"
    NAME = "name"
    TYPE = "type"


class NumberField(StrEnum):
    """What is compared as a number; times are in µs."""

    VERSION = "version"
    CREATED = "created_us"
    UPDATED = "updated_us"


class WordsField(StrEnum):
    """What holds several words."""

    LABELS = "labels"
    TAGS = "tags"


class Quantity(StrEnum):
    """How many of the words asked for must be there."""

    ANY = "any of"
    ALL = "all of"
    NONE = "none of"


class TextIs(Struct, frozen=True, kw_only=True):
    """A text is one of several, or with `is_wanted` false none of them."""

    field: TextField
    values: frozenset[str]
    is_wanted: bool = True


class TextLike(Struct, frozen=True, kw_only=True):
    """A text matches a pattern (see `matcher`), or with `is_wanted` false does not."""

    field: TextField
    pattern: str
    is_wanted: bool = True


class NumberWithin(Struct, frozen=True, kw_only=True):
    """A number lies between two bounds, both allowed; None is no bound."""

    field: NumberField
    low: int | None = None
    high: int | None = None


class WordsHold(Struct, frozen=True, kw_only=True):
    """Any, all or none of some words are there."""

    field: WordsField
    values: frozenset[str]
    quantity: Quantity


class ConfigHas(Struct, frozen=True, kw_only=True):
    """The config is an object with an entry of this key whose text fulfils what is asked, if anything is.

    The text of an entry is a string itself, anything else as JSON; null has none. With `is_wanted` false all of this
    must not be so.
    """

    key: str
    equals: str | None = None
    pattern: str | None = None
    is_wanted: bool = True


VersionCondition = TextIs | TextLike | NumberWithin | WordsHold | ConfigHas


def reads_config(conditions: Sequence[VersionCondition]) -> bool:
    """Whether any of them looks at configs, which may be large."""
    return any(isinstance(condition, ConfigHas) for condition in conditions)


def sift(conditions: Sequence[VersionCondition]) -> Callable[[Candidate], bool]:
    """Make a test of whether a version fulfils all of them."""
    tests = [_make_test(condition) for condition in conditions]
    return lambda candidate: all(test(candidate) for test in tests)


def _make_test(condition: VersionCondition) -> Callable[[Candidate], bool]:
    match condition:
        case TextIs(field=field, values=values, is_wanted=is_wanted):
            return lambda candidate: (str(getattr(candidate, field)) in values) is is_wanted
        case TextLike(field=field, pattern=pattern, is_wanted=is_wanted):
            is_like = matcher(pattern)
            return lambda candidate: is_like(str(getattr(candidate, field))) is is_wanted
        case NumberWithin(field=field, low=low, high=high):
            return lambda candidate: _is_within(getattr(candidate, field), low, high)
        case WordsHold(field=field, values=values, quantity=quantity):
            return lambda candidate: _holds(values, frozenset(getattr(candidate, field)), quantity)
        case ConfigHas():
            return _config_test(condition)


def _is_within(number: int, low: int | None, high: int | None) -> bool:
    return (low is None or number >= low) and (high is None or number <= high)


def _holds(wanted: frozenset[str], there: frozenset[str], quantity: Quantity) -> bool:
    if quantity is Quantity.ALL:
        return wanted <= there
    return bool(wanted & there) is (quantity is Quantity.ANY)


def _config_test(condition: ConfigHas) -> Callable[[Candidate], bool]:
    is_like = None if condition.pattern is None else matcher(condition.pattern)

    def has_entry(candidate: Candidate) -> bool:
        entry = _entries(candidate.config).get(condition.key)
        if entry is None:
            return False
        if condition.equals is None and is_like is None:
            return True
        text = _text_of(bytes(entry))
        return text is not None and (condition.equals in {None, text}) and (is_like is None or is_like(text))

    return lambda candidate: has_entry(candidate) is condition.is_wanted


def _entries(config: str) -> dict[str, msgspec.Raw]:
    if not config.lstrip().startswith("{"):
        return {}
    return msgspec.json.decode(config, type=dict[str, msgspec.Raw])


def _text_of(entry: bytes) -> str | None:
    if entry == b"null":
        return None
    return msgspec.json.decode(entry, type=str) if entry.startswith(b'"') else entry.decode()


def is_pattern(text: str) -> bool:
    """Whether a text is a pattern: an escape has something after it."""
    return (len(text) - len(text.rstrip(_ESCAPE))) % 2 == 0


def matcher(pattern: str) -> Callable[[str], bool]:
    r"""Make a test of whole texts, upper and lower case alike.

    In a pattern `%` is any run of characters, `_` is one, and `\` takes the next as it is. Stretches between two `%`
    are looked for in turn: the leftmost is as good as any, so that no pattern makes the test begin again.
    """
    first, *others = ((re.compile("".join(parts), _FLAGS), len(parts)) for parts in _stretches(pattern))

    def is_like(text: str) -> bool:
        at = first[1]
        if not others:
            return first[0].fullmatch(text) is not None
        if first[0].match(text) is None:
            return False
        for stretch, _ in others[:-1]:
            found = stretch.search(text, at)
            if found is None:
                return False
            at = found.end()
        last, length = others[-1]
        return len(text) - length >= at and last.fullmatch(text, len(text) - length) is not None

    return is_like


def _stretches(pattern: str) -> Iterator[list[str]]:
    """What stands between the `%`, each character as a regular expression that takes exactly one."""
    stretch: list[str] = []
    characters = iter(pattern)
    for character in characters:
        if character == _ANY:
            yield stretch
            stretch = []
        elif character == _ONE:
            stretch.append(".")
        else:
            stretch.append(re.escape(next(characters, character) if character == _ESCAPE else character))
    yield stretch
