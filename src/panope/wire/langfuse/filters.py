"""The public `filter` parameter: a JSON array of conditions on named columns, as a query tree in storage units."""

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

from panope.domain.errors import InvalidError
from panope.query.ast import ALWAYS, And, Condition, Node, Not, Op, Or
from panope.query.fields import APART, FIELDS, Field, FieldType, View
from panope.query.text.units import scale_number
from panope.query.validate import MAP_TYPES
from panope.wire.langfuse.columns import COLUMNS, SCALES, SCORES_BY_TYPE
from panope.wire.langfuse.paging import invalid
from panope.wire.langfuse.times import floor_ms, next_ms, parse_time

MAX_ENTRIES = 100

_NUMBERS = ("=", ">", "<", ">=", "<=")
_TEXTS = ("=", "contains", "does not contain", "starts with", "ends with", "matches")
_OPERATORS: dict[str, tuple[str, ...]] = {
    "datetime": (">", "<", ">=", "<="),
    "string": _TEXTS,
    "number": _NUMBERS,
    "stringOptions": ("any of", "none of"),
    "categoryOptions": ("any of", "none of"),
    "arrayOptions": ("any of", "none of", "all of"),
    "stringObject": _TEXTS,
    "numberObject": _NUMBERS,
    "booleanObject": ("=", "<>"),
    "boolean": ("=", "<>"),
    "null": ("is null", "is not null"),
    "positionInTrace": ("=",),
}
_KEYED = frozenset({"categoryOptions", "stringObject", "numberObject", "booleanObject"})
_MAY_HAVE_KEY = frozenset({"null", "positionInTrace"})
_ACCEPTED: dict[FieldType, tuple[str, ...]] = {
    FieldType.STRING: ("string", "stringOptions"),
    FieldType.NUMBER: ("number",),
    FieldType.DATETIME: ("datetime",),
    FieldType.BOOLEAN: ("boolean",),
    FieldType.STRING_LIST: ("arrayOptions", "stringOptions"),
    FieldType.STRING_MAP: ("stringObject",),
    FieldType.NUMBER_MAP: ("numberObject",),
    FieldType.CATEGORY_MAP: ("categoryOptions", "stringOptions"),
    FieldType.BOOLEAN_MAP: ("booleanObject",),
}
_PRESENCE = {"hasInput": "input", "hasOutput": "output"}
"""Boolean columns that ask whether another field is there."""


def accepted_types(kind: FieldType) -> tuple[str, ...]:
    """Types of conditions that suit a field, but for `null`, which suits all."""
    return _ACCEPTED[kind]


class Entry(Struct, frozen=True):
    """One element of the array, checked as far as its own shape goes."""

    type: str
    column: str
    operator: str
    value: Any
    key: str | None


class FieldNode(Struct, frozen=True):
    """A condition together with the field that it is about."""

    field: str
    node: Node


def equals(field: str, value: str | None) -> list[FieldNode]:
    """Make the condition of a plain parameter; none when it was not sent."""
    return [] if value is None else [FieldNode(field, Condition(field, Op.EQ, value))]


def one_of(field: str, values: tuple[str, ...], op: Op = Op.ANY_OF) -> list[FieldNode]:
    """Make the condition of a plain parameter that takes several values."""
    return [FieldNode(field, Condition(field, op, values))] if values else []


def between(field: str, first_us: int | None, end_us: int | None) -> list[FieldNode]:
    """Make the conditions of a pair of times, the first included, the second not."""
    nodes = []
    if first_us is not None:
        nodes.append(FieldNode(field, time_condition(field, ">=", first_us)))
    if end_us is not None:
        nodes.append(FieldNode(field, time_condition(field, "<", end_us)))
    return nodes


def combine(view: View, params: Sequence[FieldNode], filter_text: str | None, q: Node = ALWAYS) -> Node:
    """Join the plain parameters with the filter, which replaces those that are about a field it mentions, and with `q`.

    What `q` says holds beside everything else.
    """
    filtered = parse_filter(view, filter_text)
    taken = {entry.field for entry in filtered}
    nodes = tuple(param.node for param in params if param.field not in taken) + tuple(f.node for f in filtered)
    if q != ALWAYS:
        nodes += (q,)
    return And(nodes) if nodes else ALWAYS


def parse_filter(view: View, text: str | None) -> list[FieldNode]:
    """Read the array; InvalidError names the element that is wrong."""
    if not text:
        return []
    nodes = (_to_node(view, entry, index) for index, entry in enumerate(_read_entries(text)))
    return [node for node in nodes if node is not None]


def require_exact_text(text: str | None) -> None:
    """Refuse a filter that searches input or output and pins neither with `=` or `matches`."""
    entries = [entry for entry in _read_entries(text or "[]") if entry.column in {"input", "output"}]
    searching = [entry for entry in entries if entry.type != "null"]
    if searching and not any(entry.operator in {"=", "matches"} for entry in searching):
        raise InvalidError(
            "A filter on input or output needs at least one condition with = or matches on one of them",
            code="invalid_filter",
        )


def _read_entries(text: str) -> list[Entry]:
    try:
        array = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise InvalidError("Invalid JSON in filter parameter", code="invalid_filter") from None
    if not isinstance(array, list):
        raise invalid(("filter",), "must be a JSON array of conditions")
    if len(array) > MAX_ENTRIES:
        raise invalid(("filter",), f"holds more than {MAX_ENTRIES} conditions")
    return [read_entry(element, ("filter", index)) for index, element in enumerate(array)]


def read_entry(element: Any, path: tuple[str | int, ...]) -> Entry:
    """Check the shape of one element; InvalidError names the place."""
    if not isinstance(element, dict):
        raise invalid(path, "must be an object with type, column, operator and value")
    kind, column, operator, key = (element.get(name) for name in ("type", "column", "operator", "key"))
    if not isinstance(kind, str) or kind not in _OPERATORS:
        raise invalid((*path, "type"), f"must be one of {', '.join(_OPERATORS)}")
    if not isinstance(column, str):
        raise invalid((*path, "column"), "must be text")
    if not isinstance(operator, str) or operator not in _OPERATORS[kind]:
        raise invalid((*path, "operator"), f"must be one of {', '.join(_OPERATORS[kind])} for type {kind}")
    if not (isinstance(key, str) or (key is None and kind not in _KEYED)):
        raise invalid((*path, "key"), "must be text: the name of the entry to compare")
    value = element.get("value")
    problem = _VALUE_CHECKS[kind](value, operator)
    if problem:
        raise invalid((*path, "value"), problem)
    return Entry(kind, column, operator, value, key if kind in _KEYED | _MAY_HAVE_KEY else None)


def _check_text(value: Any, _operator: str) -> str | None:
    return None if isinstance(value, str) else "must be text"


def _check_number(value: Any, _operator: str) -> str | None:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return None if fits else "must be a number"


def _check_boolean(value: Any, _operator: str) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _check_texts(value: Any, _operator: str) -> str | None:
    fits = isinstance(value, list) and all(isinstance(member, str) for member in value)
    return None if fits else "must be an array of text"


def _check_filled_texts(value: Any, operator: str) -> str | None:
    return _check_texts(value, operator) or (None if value else "must not be empty")


def _check_array(value: Any, operator: str) -> str | None:
    return _check_filled_texts(value, operator) if operator == "any of" else _check_texts(value, operator)


def _check_blank(value: Any, _operator: str) -> str | None:
    return None if value == "" else 'must be ""'


def _check_time(value: Any, _operator: str) -> str | None:
    try:
        parse_time(value if isinstance(value, str) else "")
    except ValueError:
        return "must be an ISO 8601 time that ends in Z or an offset"
    return None


def _check_nothing(_value: Any, _operator: str) -> str | None:
    return None


_VALUE_CHECKS: dict[str, Callable[[Any, str], str | None]] = {
    "datetime": _check_time,
    "string": _check_text,
    "number": _check_number,
    "stringOptions": _check_filled_texts,
    "categoryOptions": _check_texts,
    "arrayOptions": _check_array,
    "stringObject": _check_text,
    "numberObject": _check_number,
    "booleanObject": _check_boolean,
    "boolean": _check_boolean,
    "null": _check_blank,
    "positionInTrace": _check_nothing,
}


def _to_node(view: View, entry: Entry, index: int) -> FieldNode | None:
    if entry.type == "positionInTrace":
        return None
    if view is View.OBSERVATIONS and entry.column in _PRESENCE and entry.type == "boolean":
        return _presence(entry)
    return condition_of(_find_field(view, entry), entry, ("filter", index))


def condition_of(field: Field, entry: Entry, path: tuple[str | int, ...]) -> FieldNode:
    """The condition that an element makes on a field; InvalidError unless its type suits the field's."""
    if entry.type == "null":
        key = entry.key if field.type in MAP_TYPES else None
        if field.type in MAP_TYPES and key is None:
            raise invalid((*path, "key"), "must name the entry whose absence is asked for")
        return FieldNode(field.name, Condition(field.name, Op(entry.operator), None, key))
    if entry.type not in _ACCEPTED[field.type]:
        raise InvalidError(
            f"Invalid filter type {entry.type} for column {entry.column}: use {' or '.join(_ACCEPTED[field.type])}",
            code="invalid_filter",
        )
    return FieldNode(field.name, _build(field, entry))


def _find_field(view: View, entry: Entry) -> Field:
    columns = COLUMNS[view]
    name = columns.get(entry.column)
    if entry.column == "scores":
        name = SCORES_BY_TYPE.get(entry.type)
    field = FIELDS[view].get(name or "") or APART[view].get(name or "")
    if field is None:
        raise InvalidError(
            f"Column {entry.column} does not match a UI / CH table mapping. Possible: {', '.join(columns)}",
            code="invalid_filter",
        )
    return field


def _presence(entry: Entry) -> FieldNode:
    field = _PRESENCE[entry.column]
    is_wanted = entry.value is (entry.operator == "=")
    return FieldNode(field, Condition(field, Op.IS_NOT_NULL if is_wanted else Op.IS_NULL))


def _build(field: Field, entry: Entry) -> Node:
    if entry.type == "datetime":
        return time_condition(field.name, entry.operator, parse_time(entry.value))
    if entry.type in {"number", "numberObject"}:
        value = to_storage(entry.value, SCALES.get(field.name, 1))
        return Condition(field.name, Op(entry.operator), value, entry.key)
    if entry.type in {"string", "stringObject"}:
        return _text_condition(field.name, entry.operator, entry.value, entry.key)
    if isinstance(entry.value, list):
        return _options_condition(field, entry)
    return Condition(field.name, Op(entry.operator), entry.value, entry.key)


def time_condition(field: str, operator: str, us: int) -> Condition:
    """Compare in milliseconds what is stored in microseconds. `operator` is one of > < >= <=."""
    if operator in {">", "<="}:
        return Condition(field, Op.GE if operator == ">" else Op.LT, next_ms(us))
    return Condition(field, Op.GE if operator == ">=" else Op.LT, floor_ms(us))


def to_storage(value: float, scale: int) -> int | float:
    """What `scale_number` makes of the shortest decimal number that is this one."""
    return scale_number(Decimal(repr(value)), scale)


def _text_condition(field: str, operator: str, value: str, key: str | None) -> Node:
    if operator == "matches":
        return And(tuple(Condition(field, Op.MATCHES, word, key) for word in value.split()))
    return Condition(field, Op(operator), value, key)


def _options_condition(field: Field, entry: Entry) -> Node:
    if field.type is FieldType.CATEGORY_MAP:
        return _categories_condition(field.name, entry)
    if not entry.value:
        return ALWAYS
    return Condition(field.name, Op(entry.operator), tuple(entry.value))


def _categories_condition(field: str, entry: Entry) -> Node:
    """`key` and labels, or without a key texts of the form `name:label`."""
    if entry.key is not None:
        labels = {entry.key: list(entry.value)}
    else:
        labels = {}
        for text in entry.value:
            name, _, label = text.partition(":")
            labels.setdefault(name, []).append(label)
    any_of = Or(tuple(Condition(field, Op.ANY_OF, tuple(values), name) for name, values in labels.items() if values))
    return any_of if entry.operator == "any of" else Not(any_of)
