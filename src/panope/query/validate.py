"""Whether a query can be asked at all: fields, operators and values that fit each other. Engines rely on it."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from panope.domain.errors import InvalidError
from panope.query.ast import And, Condition, ListQuery, Node, Not, Op, Or, Some, Sort, Value
from panope.query.cursor import bad_cursor
from panope.query.fields import FIELDS, OPERATORS, PARTS, Field, FieldType, View

MAX_CONDITIONS = 500
MAX_DEPTH = 20
_INT64 = 2**63

_NULL_OPS = frozenset({Op.IS_NULL, Op.IS_NOT_NULL})
_SET_OPS = frozenset({Op.ANY_OF, Op.NONE_OF, Op.ALL_OF})
MAP_TYPES = frozenset({FieldType.STRING_MAP, FieldType.NUMBER_MAP, FieldType.CATEGORY_MAP, FieldType.BOOLEAN_MAP})
"""Types whose conditions pick one entry by its key."""


def validate_query(view: View, query: ListQuery) -> None:
    """Raise InvalidError, saying what is possible, unless every engine can answer the query."""
    validate_where(view, query.where)
    _validate_sort(view, query.sort)
    if query.limit < 0 or query.offset < 0 or query.limit >= _INT64 or query.offset >= _INT64:
        raise _invalid("limit and offset must be whole numbers from 0")
    if query.after is not None:
        if query.offset:
            raise _invalid("a page is found by its offset or by a cursor, not by both")
        field = FIELDS[view][query.sort.field]
        if query.after.value is not None and not _VALUES[field.type](query.after.value):
            raise bad_cursor()
        if not _is_text(query.after.id):
            raise bad_cursor()


def validate_where(view: View, node: Node) -> None:
    """Check the conditions of a query alone."""
    validate_conditions(FIELDS[view], view, node)


def validate_conditions(fields: Mapping[str, Field], view: str, node: Node) -> None:
    """The same for any fields; `view` is what to call what has them."""
    for count, (of, named, condition) in enumerate(_conditions(fields, view, node, 0), 1):
        if count > MAX_CONDITIONS:
            raise _invalid(f"more than {MAX_CONDITIONS} conditions; use `any of` or ask in parts")
        _validate_condition(of, named, condition)


def _conditions(
    fields: Mapping[str, Field], view: str, node: Node, depth: int
) -> Iterator[tuple[Mapping[str, Field], str, Condition]]:
    """Each condition with the fields that it is about and what to call what has them."""
    if depth > MAX_DEPTH:
        raise _invalid(f"conditions are nested more than {MAX_DEPTH} deep")
    if isinstance(node, Condition):
        yield fields, view, node
    elif isinstance(node, Not):
        yield from _conditions(fields, view, node.node, depth + 1)
    elif isinstance(node, Some):
        part = PARTS.get(view) if fields is FIELDS.get(view) else None  # type: ignore[call-overload]
        if part is None:
            raise _invalid(f"{view} have no parts to ask")
        yield from _conditions(FIELDS[part], part, node.node, depth + 1)
    else:
        inner: And | Or = node
        for child in inner.nodes:
            yield from _conditions(fields, view, child, depth + 1)


def _validate_sort(view: View, sort: Sort) -> None:
    field = FIELDS[view].get(sort.field)
    if field is None or not field.sortable:
        names = [field.name for field in FIELDS[view].values() if field.sortable]
        raise _invalid(f"{view} cannot be sorted by {sort.field}; possible: {_listed(names)}")


def _validate_condition(fields: Mapping[str, Field], view: str, condition: Condition) -> None:
    field = fields.get(condition.field)
    if field is None:
        raise _invalid(f"{view} have no field {condition.field}; possible: {_listed(fields)}")
    if condition.op not in OPERATORS[field.type]:
        raise _invalid(
            f"{field.name} is a {field.type} and has no operator `{condition.op}`; "
            f"possible: {_listed(OPERATORS[field.type])}",
        )
    _validate_key(field, condition)
    if not _fits(field, condition.op, condition.value):
        raise _invalid(f"the value for {field.name} {condition.op} does not fit its type, {field.type}")


def _validate_key(field: Field, condition: Condition) -> None:
    if field.type in MAP_TYPES:
        if condition.key is None or not _is_text(condition.key):
            raise _invalid(f"a condition on {field.name} needs the key of one entry")
    elif condition.key is not None:
        raise _invalid(f"{field.name} has no keys")


def _fits(field: Field, op: Op, value: Value) -> bool:
    if op in _NULL_OPS:
        return value is None
    if op in _SET_OPS:
        return isinstance(value, tuple) and all(_is_text(member) for member in value)
    return _VALUES[field.type](value)


def _is_text(value: Any) -> bool:
    """Text that both engines can hold: neither has NUL."""
    return isinstance(value, str) and "\x00" not in value


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return (isinstance(value, int) and -_INT64 <= value < _INT64) or (isinstance(value, float) and math.isfinite(value))


def _is_moment(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -_INT64 <= value < _INT64


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool)


_VALUES: dict[FieldType, Callable[[Any], bool]] = {
    FieldType.STRING: _is_text,
    FieldType.NUMBER: _is_number,
    FieldType.DATETIME: _is_moment,
    FieldType.BOOLEAN: _is_boolean,
    FieldType.STRING_LIST: _is_text,
    FieldType.STRING_MAP: _is_text,
    FieldType.NUMBER_MAP: _is_number,
    FieldType.CATEGORY_MAP: _is_text,
    FieldType.BOOLEAN_MAP: _is_boolean,
}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(str(name) for name in names))


def _invalid(message: str) -> InvalidError:
    return InvalidError(f"Invalid query: {message}", code="invalid_query")
