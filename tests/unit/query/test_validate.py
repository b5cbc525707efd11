from typing import Any

import pytest

from panope.domain.errors import InvalidError
from panope.query.ast import And, Condition, Keyset, ListQuery, Node, Not, Op, Or, Sort
from panope.query.fields import FIELDS, OPERATORS, FieldType, View
from panope.query.validate import MAX_CONDITIONS, MAX_DEPTH, validate_query

SORT = {
    View.TRACES: Sort("timestamp"),
    View.OBSERVATIONS: Sort("start_time"),
    View.SCORES: Sort("timestamp"),
    View.SESSIONS: Sort("created_at"),
}
_SAMPLES: dict[FieldType, Any] = {
    FieldType.STRING: "x",
    FieldType.NUMBER: 1.5,
    FieldType.DATETIME: 1,
    FieldType.BOOLEAN: True,
    FieldType.STRING_LIST: "x",
    FieldType.STRING_MAP: "x",
    FieldType.NUMBER_MAP: 1,
    FieldType.CATEGORY_MAP: "x",
    FieldType.BOOLEAN_MAP: False,
}


def _check(view: View, where: Node, **options: Any) -> None:
    validate_query(view, ListQuery(where=where, **({"sort": SORT[view]} | options)))


def _every_condition() -> list[Any]:
    cases = []
    for view, fields in FIELDS.items():
        for field in fields.values():
            for op in sorted(OPERATORS[field.type]):
                value = _SAMPLES[field.type]
                if op in {Op.IS_NULL, Op.IS_NOT_NULL}:
                    value = None
                elif op in {Op.ANY_OF, Op.NONE_OF, Op.ALL_OF}:
                    value = (value,)
                key = "k" if field.type.value.endswith("map") else None
                cases.append((view, Condition(field.name, op, value, key)))
    return cases


def test_every_field_takes_every_operator_of_its_type() -> None:
    cases = _every_condition()
    assert len(cases) > 300
    for view, condition in cases:
        _check(view, condition)


def test_no_field_takes_an_operator_of_another_type() -> None:
    refused = 0
    for view, condition in _every_condition():
        for op in set(Op) - OPERATORS[FIELDS[view][condition.field].type]:
            with pytest.raises(InvalidError, match=f"has no operator `{op}`; possible: "):
                _check(view, Condition(condition.field, op, condition.value, condition.key))
            refused += 1
    assert refused > 300


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (Condition("colour", Op.EQ, "red"), "traces have no field colour; possible: bookmarked, "),
        (Condition("name", Op.EQ, 1), "the value for name = does not fit its type, string"),
        (Condition("name", Op.EQ, None), "does not fit"),
        (Condition("name", Op.EQ, "a\x00"), "does not fit"),
        (Condition("name", Op.ANY_OF, "x"), "does not fit"),
        (Condition("name", Op.ANY_OF, ("x", 1)), "does not fit"),  # type: ignore[arg-type]
        (Condition("name", Op.IS_NULL, ""), "does not fit"),
        (Condition("name", Op.EQ, "x", "k"), "name has no keys"),
        (Condition("metadata", Op.EQ, "x"), "metadata needs the key"),
        (Condition("metadata", Op.EQ, "x", "k\x00"), "metadata needs the key"),
        (Condition("latency", Op.GT, "1"), "does not fit"),
        (Condition("latency", Op.GT, True), "does not fit"),  # noqa: FBT003
        (Condition("latency", Op.GT, float("nan")), "does not fit"),
        (Condition("latency", Op.GT, 2**63), "does not fit"),
        (Condition("timestamp", Op.GT, 1.5), "does not fit"),
        (Condition("public", Op.EQ, 1), "does not fit"),
    ],
)
def test_a_condition_that_cannot_be_asked_is_told_why(condition: Condition, message: str) -> None:
    for where in (condition, Not(condition), And((Or((condition,)),))):
        with pytest.raises(InvalidError, match="Invalid query: ") as raised:
            _check(View.TRACES, where)
        assert message in raised.value.message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sort": Sort("tags")}, "traces cannot be sorted by tags; possible: bookmarked, "),
        ({"sort": Sort("colour")}, "traces cannot be sorted by colour"),
        ({"limit": -1}, "whole numbers from 0"),
        ({"offset": -1}, "whole numbers from 0"),
        ({"offset": 2**63}, "whole numbers from 0"),
        ({"offset": 1, "after": Keyset(1, "x")}, "not by both"),
        ({"after": Keyset("1", "x")}, "Invalid cursor format"),
        ({"after": Keyset(1.5, "x")}, "Invalid cursor format"),
        ({"after": Keyset(2**63, "x")}, "Invalid cursor format"),
        ({"after": Keyset(1, "x\x00")}, "Invalid cursor format"),
    ],
)
def test_a_page_that_cannot_be_found_is_told_why(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidError) as raised:
        _check(View.TRACES, And(()), **options)
    assert message in raised.value.message


def test_a_cursor_may_lie_among_the_rows_without_a_value() -> None:
    _check(View.TRACES, And(()), sort=Sort("name"), after=Keyset(None, "x"))
    _check(View.TRACES, And(()), sort=Sort("name"), after=Keyset("n", "x"))


def test_a_query_may_not_outgrow_the_engines() -> None:
    condition = Condition("name", Op.EQ, "x")
    _check(View.TRACES, And((condition,) * MAX_CONDITIONS))
    with pytest.raises(InvalidError, match="more than 500 conditions"):
        _check(View.TRACES, And((condition,) * (MAX_CONDITIONS + 1)))
    nested: Node = condition
    for _ in range(MAX_DEPTH):
        nested = Not(nested)
    _check(View.TRACES, nested)
    with pytest.raises(InvalidError, match="nested more than 20 deep"):
        _check(View.TRACES, Not(nested))
