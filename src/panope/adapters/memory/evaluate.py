"""The meaning of a query: every other engine must answer as this one does."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from panope.domain.text.folding import fold
from panope.query.ast import And, Condition, Keyset, ListQuery, Node, Not, Op, Or, Some, Sort
from panope.query.fields import FIELDS, PARTS, Field, FieldType, View

Entity = TypeVar("Entity")
Read = Callable[[Entity, str, str | None], Any]
"""Value of a field of an entity; the third argument is the key of a map field.

Asked for the name of the view of the entity's parts, it gives each part with the function that reads it.
"""


def matches(view: View, node: Node, entity: Entity, read: Read[Entity]) -> bool:
    """Whether an entity satisfies a query."""
    return satisfies(FIELDS[view], node, entity, read, PARTS.get(view))


def satisfies(
    fields: Mapping[str, Field], node: Node, entity: Entity, read: Read[Entity], parts: View | None = None
) -> bool:
    """The same for an entity of any fields, and with parts of the view `parts`."""
    match node:
        case And(nodes):
            return all(satisfies(fields, child, entity, read, parts) for child in nodes)
        case Or(nodes):
            return any(satisfies(fields, child, entity, read, parts) for child in nodes)
        case Not(child):
            return not satisfies(fields, child, entity, read, parts)
        case Some(child):
            return parts is not None and any(
                matches(parts, child, part, read_part) for part, read_part in read(entity, parts.value, None)
            )
        case Condition():
            return _holds(fields[node.field].type, node, read(entity, node.field, node.key))


_TEXT_TESTS: dict[Op, Callable[[str, str], bool]] = {
    Op.EQ: lambda text, wanted: text == wanted,
    Op.CONTAINS: lambda text, wanted: wanted in text,
    Op.MATCHES: lambda text, wanted: fold(wanted) in fold(text),
    Op.STARTS_WITH: lambda text, wanted: text.startswith(wanted),
    Op.ENDS_WITH: lambda text, wanted: text.endswith(wanted),
}
_ORDER_TESTS: dict[Op, Callable[[Any, Any], bool]] = {
    Op.EQ: lambda value, wanted: value == wanted,
    Op.LT: lambda value, wanted: value < wanted,
    Op.LE: lambda value, wanted: value <= wanted,
    Op.GT: lambda value, wanted: value > wanted,
    Op.GE: lambda value, wanted: value >= wanted,
}
_OPPOSITE = {
    Op.NE: Op.EQ,
    Op.NOT_CONTAINS: Op.CONTAINS,
    Op.NOT_MATCHES: Op.MATCHES,
    Op.NONE_OF: Op.ANY_OF,
    Op.IS_NOT_NULL: Op.IS_NULL,
}


def _holds(kind: FieldType, condition: Condition, value: Any) -> bool:
    opposite = _OPPOSITE.get(condition.op)
    if opposite is not None:
        return not _affirms(kind, opposite, condition.value, value)
    return _affirms(kind, condition.op, condition.value, value)


def _affirms(kind: FieldType, op: Op, wanted: Any, value: Any) -> bool:
    if op is Op.IS_NULL:
        return value is None or value in ([], set())
    if kind in (FieldType.STRING, FieldType.STRING_MAP):
        return _affirms_text(op, wanted, value)
    if kind in (FieldType.STRING_LIST, FieldType.CATEGORY_MAP):
        return _affirms_set(op, wanted, value)
    if kind is FieldType.BOOLEAN_MAP:
        return wanted in value
    return value is not None and _ORDER_TESTS[op](value, wanted)


def _affirms_text(op: Op, wanted: Any, value: str | None) -> bool:
    """Null reads as "" when the question is about ""; otherwise it satisfies nothing."""
    if op is Op.ANY_OF:
        return (value or "") in wanted if "" in wanted else value in wanted
    if value is None:
        return wanted == "" and op in _TEXT_TESTS
    return _TEXT_TESTS[op](value, wanted) if op in _TEXT_TESTS else _ORDER_TESTS[op](value, wanted)


def _affirms_set(op: Op, wanted: tuple[str, ...], value: Iterable[str]) -> bool:
    held = set(value)
    return held.issuperset(wanted) if op is Op.ALL_OF else not held.isdisjoint(wanted)


def page(view: View, query: ListQuery, entities: Iterable[Entity], read: Read[Entity]) -> tuple[list[Entity], int]:
    """Rows of one page in order, and how many match in all."""
    found = [entity for entity in entities if matches(view, query.where, entity, read)]
    ordered = order(found, query.sort, read)
    if query.after is not None:
        ordered = [entity for entity in ordered if _is_after(entity, query.sort, query.after, read)]
    return ordered[query.offset : query.offset + query.limit], len(found)


def order(entities: Iterable[Entity], sort: Sort, read: Read[Entity]) -> list[Entity]:
    """Sort by value, then id, both in the direction of the sort; null is last in either direction."""
    pairs = [(read(entity, sort.field, None), read(entity, "id", None), entity) for entity in entities]
    known = sorted((pair for pair in pairs if pair[0] is not None), key=lambda pair: pair[:2], reverse=sort.descending)
    unknown = sorted((pair for pair in pairs if pair[0] is None), key=lambda pair: pair[1], reverse=sort.descending)
    return [entity for _, _, entity in (*known, *unknown)]


def _is_after(entity: Entity, sort: Sort, after: Keyset, read: Read[Entity]) -> bool:
    value, entity_id = read(entity, sort.field, None), read(entity, "id", None)
    if value is None or after.value is None:
        if value is None and after.value is None:
            return bool(entity_id < after.id if sort.descending else entity_id > after.id)
        return value is None
    here, there = (value, entity_id), (after.value, after.id)
    return here < there if sort.descending else here > there
