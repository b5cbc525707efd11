"""Filters as links of the web client carry them, and as the API takes them, as query text.

A link's `filter` is a list of clauses `column;type;key;operator;value`, joined by commas; the value is percent-encoded
once more, and several values in it are joined by `|`. What has no form in the language is named, never dropped.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Final, cast
from urllib.parse import unquote

from msgspec import Struct

from panope.domain.errors import InvalidError
from panope.query.fields import View
from panope.query.text.fields import BY_USAGE, FLAGS, TEXT_FIELDS, Kind
from panope.query.text.parse import parse_query
from panope.query.text.show import print_query
from panope.query.text.terms import Compare, Comparison, Joint, Pattern, Plain, Present, Query, Several, Term, Value
from panope.wire.langfuse.columns import COLUMNS, SCORES_BY_TYPE
from panope.wire.langfuse.filters import Entry, read_entry
from panope.wire.langfuse.times import format_time, parse_time

_PARTS: Final = 5
_MAX_DIGITS: Final = 30
"""Beyond that nobody reads them: the number is told in powers of ten."""
_SEPARATOR: Final = re.compile(r"(?<!\\)((?:\\\\)*)\|")
_ESCAPE: Final = re.compile(r"\\([\\|])")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_LISTS: Final = frozenset({"stringOptions", "categoryOptions", "arrayOptions"})
_OF_CATEGORIES: Final = frozenset({"categoryOptions", "stringOptions"})
"""Types of conditions on labels; the second has them as `name:label`."""
_NUMBERS: Final = frozenset({"number", "numberObject"})
_TRUTHS: Final = frozenset({"boolean", "booleanObject"})
_SESSIONS: Final = {
    **dict.fromkeys(("id", "ID", "sessionId"), "id"),
    **dict.fromkeys(("createdAt", "Created At"), "timestamp"),
    **dict.fromkeys(("environment", "Environment"), "environment"),
    **dict.fromkeys(("userIds", "User IDs", "userId"), "user_id"),
    **dict.fromkeys(("tags", "traceTags", "Trace Tags"), "tags"),
    **dict.fromkeys(("bookmarked", "⭐️"), "bookmarked"),
}
"""Columns of the list of sessions, of which the API takes no filter."""
_PRESENCE: Final = {"hasInput": "input", "hasOutput": "output", "hasParentObservation": "parent"}


class NoFormError(Exception):
    """A condition that the language has no words for."""


class Converted(Struct, frozen=True):
    """A query text, and the columns of conditions that it cannot hold."""

    q: str
    ignored: tuple[str, ...] = ()


def convert_link(view: View, clauses: str, search: str = "", search_types: Sequence[str] = ()) -> Converted:
    """What the `filter`, `search` and `searchType` of a link ask for. Total: what cannot be read is ignored by name."""
    terms, ignored = list(_search_terms(search, search_types)), []
    for clause in clauses.split(",") if clauses else ():
        column = clause.partition(";")[0]
        try:
            terms += terms_of(view, read_clause(clause))
        except (InvalidError, NoFormError):
            ignored.append(unquote(column))
    return Converted(print_query(terms), tuple(ignored))


def read_clause(clause: str) -> Entry:
    """One clause as an element of the API's filter. NoFormError or InvalidError when its shape is wrong."""
    parts = clause.split(";", _PARTS - 1)
    if len(parts) != _PARTS:
        raise NoFormError
    column, kind, key, operator, text = map(unquote, parts)
    value: object = text
    if kind in _LISTS:
        value = _split(text)
    elif kind in _NUMBERS:
        value = _number(text)
    elif kind in _TRUTHS:
        value = {"true": True, "false": False}.get(text, text)
    elif kind == "datetime" and _DATE.fullmatch(text):
        value = f"{text}T00:00:00Z"
    elif kind == "null":
        value = ""
    element = {"type": kind, "column": column, "operator": operator, "value": value, "key": key or None}
    return read_entry(element, ("filter",))


def terms_of(view: View, entry: Entry) -> list[Term]:
    """The terms that ask for the same as an element of the API's filter; NoFormError when there are none such."""
    if entry.type == "boolean" and entry.column in _PRESENCE:
        return [Term(_PRESENCE[entry.column], Present(), negated=entry.value is not (entry.operator == "="))]
    if entry.type == "positionInTrace" and entry.key == "root":
        return [Term("is", Plain("root"))]
    field, key = _target(view, entry)
    convert = _categories if field == "score" and entry.type in _OF_CATEGORIES else _CONVERTERS.get(entry.type)
    if convert is None:
        raise NoFormError
    terms = convert(entry, field, key)
    shown = parse_query(print_query(terms))
    if not isinstance(shown, Query):
        raise NoFormError
    return terms


def _search_terms(search: str, types: Sequence[str]) -> Iterator[Term]:
    """One phrase: in input or in output when a link narrows it to one of them, else anywhere."""
    if not search:
        return
    narrow = types[0] if len(types) == 1 and types[0] in ("input", "output") else None
    yield Term(narrow, Plain(search))


def _target(view: View, entry: Entry) -> tuple[str, str | None]:
    """The field of the language that a column is, and its key."""
    column = (_SESSIONS if view is View.SESSIONS else COLUMNS[view]).get(entry.column)
    if entry.column == "scores":
        column = SCORES_BY_TYPE.get(entry.type)
    found = _NAMES[view].get(column or "")
    if found is None:
        raise NoFormError
    name, key = found
    needs_key = TEXT_FIELDS[name].kind in (Kind.MAP, Kind.SCORE) if name in TEXT_FIELDS else False
    if needs_key and entry.key is None and entry.type not in _OF_CATEGORIES:
        raise NoFormError
    return name, entry.key if needs_key else key


def _texts(entry: Entry, field: str, key: str | None) -> list[Term]:
    """Conditions on text; an empty part is in every text."""
    text, operator = entry.value, entry.operator
    if operator == "=":
        return [Term(field, Compare("=", text), key)]
    if operator == "matches":
        return [Term(field, _containing(field, word), key) for word in text.split()]
    if not text:
        if operator == "does not contain":
            raise NoFormError
        return []
    if operator in ("starts with", "ends with"):
        return [Term(field, Pattern(text, "start" if operator == "starts with" else "end"), key)]
    return [Term(field, _containing(field, text), key, negated=operator == "does not contain")]


def _containing(field: str, text: str) -> Plain | Pattern:
    return Plain(text) if TEXT_FIELDS[field].kind in (Kind.TEXT, Kind.MAP) else Pattern(text, "anywhere")


def _numbers(entry: Entry, field: str, key: str | None) -> list[Term]:
    number = Decimal(repr(entry.value))
    text = format(number, "f")
    if len(text) > _MAX_DIGITS:
        text = f"{number:.17E}"
    return [Term(field, Compare(cast(Comparison, entry.operator), text), key)]


def _moments(entry: Entry, field: str, key: str | None) -> list[Term]:
    return [Term(field, Compare(cast(Comparison, entry.operator), format_time(parse_time(entry.value))), key)]


def _options(entry: Entry, field: str, key: str | None) -> list[Term]:
    texts = tuple(entry.value)
    if not texts and entry.operator != "any of":
        return []
    if not texts:
        raise NoFormError
    joint: Joint = "and" if entry.operator == "all of" and len(texts) > 1 else "or"
    value: Value = Several(texts, joint)
    if len(texts) == 1:
        value = Compare("=", texts[0]) if TEXT_FIELDS[field].kind is Kind.TEXT else Plain(texts[0])
    return [Term(field, value, key, negated=entry.operator == "none of")]


def _categories(entry: Entry, field: str, key: str | None) -> list[Term]:
    """With a key its labels; without one texts of the form `name:label`, of one name."""
    if entry.key is None:
        pairs = [text.partition(":") for text in entry.value]
        names = {name for name, _, _ in pairs}
        if len(names) != 1:
            raise NoFormError
        key, labels = names.pop(), tuple(label for _, _, label in pairs)
    else:
        key, labels = entry.key, tuple(entry.value)
    if not labels:
        raise NoFormError
    return [Term(field, Several(labels, "or"), key, negated=entry.operator == "none of")]


def _truths(entry: Entry, field: str, key: str | None) -> list[Term]:
    negated = entry.operator == "<>"
    if field in FLAGS:
        return [Term("is", Plain(field), negated=entry.value is negated)]
    return [Term(field, Plain("true" if entry.value else "false"), key, negated)]


def _nulls(entry: Entry, field: str, key: str | None) -> list[Term]:
    if field in FLAGS:
        raise NoFormError
    return [Term(field, Present(), key, negated=entry.operator == "is null")]


_CONVERTERS: Final[dict[str, Callable[[Entry, str, str | None], list[Term]]]] = {
    "string": _texts,
    "stringObject": _texts,
    "number": _numbers,
    "numberObject": _numbers,
    "datetime": _moments,
    "stringOptions": _options,
    "arrayOptions": _options,
    "boolean": _truths,
    "booleanObject": _truths,
    "null": _nulls,
}


def _split(text: str) -> list[str]:
    parts = _SEPARATOR.sub("\\1\x00", text).split("\x00") if text else []
    return [_ESCAPE.sub(r"\1", part) for part in parts]


def _number(text: str) -> object:
    try:
        return int(text) if text.lstrip("-").isdigit() else float(text)
    except ValueError:
        return text


def _names(view: View) -> dict[str, tuple[str, str | None]]:
    """Field of the language, and its key, by field of the view; flags by their name."""
    names: dict[str, tuple[str, str | None]] = {}
    for name, places in FLAGS.items():
        if view in places:
            names.setdefault(places[view].column, (name, None))
    for field in TEXT_FIELDS.values():
        place = field.places.get(view)
        if place is None or (place.depth and view is not View.SESSIONS):
            continue
        if field.name in BY_USAGE:
            for key, column in BY_USAGE[field.name].items():
                names.setdefault(column, (field.name, key))
        else:
            names.setdefault(place.column, (field.name, None))
    if view in TEXT_FIELDS["score"].places:
        names |= dict.fromkeys(SCORES_BY_TYPE.values(), ("score", None))
    if view is View.SCORES:
        names["boolean_value"] = ("value", None)
    return names


_NAMES: Final = {view: _names(view) for view in View}
