"""The `filter` of a list of prompts: a JSON array of conditions on versions."""

import math
from collections.abc import Callable
from typing import Any, Final

import msgspec
from msgspec import Struct

from panope.domain.errors import InvalidError
from panope.domain.prompts.prompt import MAX_VERSION
from panope.domain.prompts.sifting import (
    ConfigHas,
    NumberField,
    NumberWithin,
    Quantity,
    TextField,
    TextIs,
    TextLike,
    VersionCondition,
    WordsField,
    WordsHold,
    is_pattern,
)
from panope.wire.langfuse.paging import invalid
from panope.wire.langfuse.times import floor_ms, next_ms, parse_time

MAX_CONDITIONS: Final = 100
MAX_TEXT_CHARS: Final = 1_000
_TEXTS: Final = {"id": TextField.ID, "name": TextField.NAME, "type": TextField.TYPE}
_NUMBERS: Final = {"version": NumberField.VERSION}
_TIMES: Final = {"createdAt": NumberField.CREATED, "updatedAt": NumberField.UPDATED}
_WORDS: Final = {"labels": WordsField.LABELS, "tags": WordsField.TAGS}
_CONFIG: Final = {"config": "config"}
_SEARCHES: Final = {
    "contains": ("%", "%"),
    "does not contain": ("%", "%"),
    "starts with": ("", "%"),
    "ends with": ("%", ""),
}
"""What stands before and after the value in the pattern."""
_COMPARISONS: Final = ("=", ">", "<", ">=", "<=")
_Path = tuple[str | int, ...]


class _Entry(Struct):
    type: str
    column: str
    operator: str
    value: Any
    key: str | None = None


class _Kind(Struct, frozen=True):
    """Conditions of one type: on which columns, by which operators, and how they are read."""

    columns: dict[str, Any]
    operators: tuple[str, ...]
    read: Callable[[_Entry, _Path], VersionCondition]


def read_filter(text: str) -> tuple[VersionCondition, ...]:
    """Read the conditions. Raises `InvalidError` with the place that is wrong."""
    try:
        entries = msgspec.convert(msgspec.json.decode(text), list[_Entry])
    except msgspec.ValidationError:
        raise invalid(("filter",), "must be a JSON array of {type, column, operator, value}") from None
    except (msgspec.DecodeError, RecursionError):
        raise InvalidError("Invalid JSON in filter parameter", code="invalid_filter") from None
    if len(entries) > MAX_CONDITIONS:
        raise invalid(("filter",), f"holds more than {MAX_CONDITIONS} conditions")
    return tuple(_read_entry(entry, ("filter", index)) for index, entry in enumerate(entries))


def _read_entry(entry: _Entry, path: _Path) -> VersionCondition:
    kind = _KINDS.get(entry.type)
    if kind is None:
        raise invalid((*path, "type"), f"must be one of {', '.join(_KINDS)}")
    if entry.column not in kind.columns:
        raise invalid((*path, "column"), f"must be one of {', '.join(kind.columns)} for type {entry.type}")
    if entry.operator not in kind.operators:
        raise invalid((*path, "operator"), f"must be one of {', '.join(kind.operators)} for type {entry.type}")
    return kind.read(entry, path)


def _read_text(entry: _Entry, path: _Path) -> VersionCondition:
    field, value = _TEXTS[entry.column], _require_text(entry, path)
    if entry.operator == "is not empty":
        return TextIs(field=field, values=frozenset({""}), is_wanted=False)
    if entry.operator == "=":
        return TextIs(field=field, values=frozenset({value}))
    is_wanted = entry.operator != "does not contain"
    return TextLike(field=field, pattern=_pattern(entry.operator, value, path), is_wanted=is_wanted)


def _read_options(entry: _Entry, path: _Path) -> VersionCondition:
    is_wanted = entry.operator == "any of"
    return TextIs(field=_TEXTS[entry.column], values=_require_texts(entry, path), is_wanted=is_wanted)


def _read_words(entry: _Entry, path: _Path) -> VersionCondition:
    return WordsHold(field=_WORDS[entry.column], values=_require_texts(entry, path), quantity=Quantity(entry.operator))


def _read_number(entry: _Entry, path: _Path) -> VersionCondition:
    value = entry.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise invalid((*path, "value"), "must be a number")
    value = min(max(value, -1), MAX_VERSION + 1)
    low = math.floor(value) + 1 if entry.operator == ">" else math.ceil(value)
    high = math.ceil(value) - 1 if entry.operator == "<" else math.floor(value)
    return _within(_NUMBERS[entry.column], entry.operator, low, high)


def _read_time(entry: _Entry, path: _Path) -> VersionCondition:
    """Clients see milliseconds, and compare those."""
    try:
        us = parse_time(entry.value if isinstance(entry.value, str) else "")
    except ValueError:
        raise invalid((*path, "value"), "must be an ISO 8601 time that ends in Z or an offset") from None
    low = next_ms(us) if entry.operator == ">" else floor_ms(us)
    high = floor_ms(us) - 1 if entry.operator == "<" else next_ms(us) - 1
    return _within(_TIMES[entry.column], entry.operator, low, high)


def _within(field: NumberField, operator: str, low: int, high: int) -> NumberWithin:
    return NumberWithin(
        field=field, low=None if operator.startswith("<") else low, high=None if operator.startswith(">") else high
    )


def _read_config(entry: _Entry, path: _Path) -> VersionCondition:
    value, key = _require_text(entry, path), entry.key
    if not key:
        raise invalid((*path, "key"), "must be text: the entry of the config to look at")
    if entry.operator == "is not set":
        return ConfigHas(key=key, is_wanted=False)
    if entry.operator == "=":
        return ConfigHas(key=key, equals=value)
    if entry.operator == "is set" or not value:
        return ConfigHas(key=key)
    is_wanted = entry.operator != "does not contain"
    return ConfigHas(key=key, pattern=_pattern(entry.operator, value, path), is_wanted=is_wanted)


def _require_text(entry: _Entry, path: _Path) -> str:
    if not isinstance(entry.value, str):
        raise invalid((*path, "value"), "must be text")
    if len(entry.value) > MAX_TEXT_CHARS:
        raise invalid((*path, "value"), f"must have at most {MAX_TEXT_CHARS} characters")
    return entry.value


def _require_texts(entry: _Entry, path: _Path) -> frozenset[str]:
    value = entry.value
    if not isinstance(value, list) or not value or not all(isinstance(text, str) for text in value):
        raise invalid((*path, "value"), "must be an array of text with at least one")
    return frozenset(value)


def _pattern(operator: str, value: str, path: _Path) -> str:
    if not is_pattern(value):
        raise invalid((*path, "value"), "must not end in a backslash that escapes nothing: write it twice")
    before, after = _SEARCHES[operator]
    return before + value + after


_KINDS: Final = {
    "string": _Kind(_TEXTS, ("=", *_SEARCHES, "is not empty"), _read_text),
    "stringOptions": _Kind(_TEXTS, ("any of", "none of"), _read_options),
    "number": _Kind(_NUMBERS, _COMPARISONS, _read_number),
    "datetime": _Kind(_TIMES, _COMPARISONS[1:], _read_time),
    "arrayOptions": _Kind(_WORDS, tuple(Quantity), _read_words),
    "stringObject": _Kind(_CONFIG, ("=", *_SEARCHES, "is set", "is not set"), _read_config),
}
