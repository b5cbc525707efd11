"""Generated questions over the generated histories."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from panope.query.ast import And, Condition, ListQuery, Node, Not, Op, Or, Some, Sort
from panope.query.fields import FIELDS, OPERATORS, PARTS, Field, FieldType, View
from tests.support.histories.made import SECOND_US, START_US

_TEXTS = [
    "",
    "plan",
    "answer",
    "ann",
    "alpha",
    "prod",
    "GENERATION",
    "t1",
    "o1",
    "an",
    "n",
    "red",
    "r1",
    "hello",
    "x",
    "d",
]
_texts = st.sampled_from(_TEXTS)
_numbers = st.one_of(
    st.sampled_from([0, 1, 2, 5, 900]),
    st.integers(0, 12).map(lambda step: step * 600 * SECOND_US),
    st.sampled_from([10**9, 10**11, 0.5, 0.25]),
)
_VALUES: dict[FieldType, st.SearchStrategy[Any]] = {
    FieldType.STRING: _texts,
    FieldType.NUMBER: _numbers,
    FieldType.DATETIME: st.integers(0, 12).map(lambda step: START_US + step * 600 * SECOND_US),
    FieldType.BOOLEAN: st.booleans(),
    FieldType.STRING_MAP: st.sampled_from(["a", "b", "1", "true", "", "null", '{"x":1}', "x"]),
    FieldType.NUMBER_MAP: st.sampled_from([0, 0.25, 0.5, 1, 700, 10**11]),
    FieldType.BOOLEAN_MAP: st.booleans(),
}
_KEYS: dict[FieldType, st.SearchStrategy[str]] = {
    FieldType.STRING_MAP: st.sampled_from(["a", "b", "experiment"]),
    FieldType.NUMBER_MAP: st.sampled_from(["quality", "tone", "input", "total", "input_cached_tokens"]),
    FieldType.CATEGORY_MAP: st.sampled_from(["quality", "tone"]),
    FieldType.BOOLEAN_MAP: st.sampled_from(["quality", "tone"]),
}
_NULLS = (Op.IS_NULL, Op.IS_NOT_NULL)
_SETS = (Op.ANY_OF, Op.NONE_OF, Op.ALL_OF)


@st.composite
def _conditions(draw: st.DrawFn, fields: Mapping[str, Field]) -> Condition:
    field = draw(st.sampled_from(sorted(fields.values(), key=lambda found: found.name)))
    op = draw(st.sampled_from(sorted(OPERATORS[field.type])))
    key = draw(_KEYS[field.type]) if field.type in _KEYS else None
    return Condition(field.name, op, draw(_value(field, op)), key)


def _value(field: Field, op: Op) -> st.SearchStrategy[Any]:
    if op in _NULLS:
        return st.none()
    if op in _SETS:
        smallest = 0 if op is Op.ALL_OF else 1
        return st.lists(_texts, min_size=smallest, max_size=3, unique=True).map(tuple)
    return _VALUES[field.type]


def nodes(fields: Mapping[str, Field]) -> st.SearchStrategy[Node]:
    """Conditions on any fields."""
    return st.recursive(
        _conditions(fields),
        lambda children: st.one_of(
            st.lists(children, max_size=3).map(lambda nodes: And(tuple(nodes))),
            st.lists(children, max_size=3).map(lambda nodes: Or(tuple(nodes))),
            children.map(Not),
        ),
        max_leaves=4,
    )


def view_nodes(view: View) -> st.SearchStrategy[Node]:
    """Conditions on a view and on its parts, on theirs too."""
    fields = {name: field for name, field in FIELDS[view].items() if name != "created_at"}
    own = nodes(fields)
    if view not in PARTS:
        return own
    of_parts = view_nodes(PARTS[view]).map(Some)
    return own | of_parts | of_parts.map(Not) | st.tuples(own, of_parts).map(And)


@st.composite
def questions(draw: st.DrawFn) -> tuple[View, ListQuery]:
    """A view and a query on it."""
    view = draw(st.sampled_from(list(View)))
    sortable = sorted(name for name, field in FIELDS[view].items() if field.sortable and field.name != "created_at")
    query = ListQuery(
        where=draw(view_nodes(view)),
        sort=Sort(draw(st.sampled_from(sortable)), draw(st.booleans())),
        limit=draw(st.integers(1, 6)),
        offset=draw(st.integers(0, 3)),
        with_total=True,
    )
    return view, query
