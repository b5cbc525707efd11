import re
from collections.abc import Sequence

import pytest

from panope.adapters.relational.columns import COLUMNS
from panope.adapters.relational.conditions import ConditionCompiler
from panope.adapters.relational.listing import ListCompiler
from panope.adapters.relational.session import Sql
from panope.adapters.sqlite.dialect import SqliteDialect
from panope.domain.errors import InvalidError
from panope.query.ast import And, Condition, Keyset, ListQuery, Node, Not, Op, Or, Sort
from panope.query.fields import FIELDS, OPERATORS, FieldType, View


def _compile(view: View, node: Node) -> Sql:
    return ConditionCompiler(SqliteDialect(), view).compile(node)


def test_every_field_of_every_view_has_an_expression_or_a_place_of_its_own() -> None:
    elsewhere = {"metadata", "input", "output", "usage", "cost", "scores_avg", "score_categories", "score_booleans"}
    for view in View:
        assert set(FIELDS[view]) - elsewhere == set(COLUMNS[view]) - elsewhere


@pytest.mark.parametrize("view", list(View))
def test_every_operator_of_every_field_compiles_with_a_parameter_per_mark(view: View) -> None:
    values = {FieldType.STRING: "x", FieldType.STRING_MAP: "x", FieldType.BOOLEAN: True, FieldType.BOOLEAN_MAP: False}
    for name, field in FIELDS[view].items():
        for op in OPERATORS[field.type]:
            value = ("x", "y") if op in (Op.ANY_OF, Op.NONE_OF, Op.ALL_OF) else values.get(field.type, 3)
            sql = _compile(view, Condition(name, op, value, key="k"))
            assert sql.text.count("?") == len(sql.params), (name, op)
            sort = Sort("id")
            page = ListCompiler(SqliteDialect(), view).keys(
                1, ListQuery(where=Condition(name, op, value, "k"), sort=sort)
            )
            assert page.text.count("?") == len(page.params), (name, op)


def test_values_never_become_part_of_the_statement() -> None:
    hostile = "x' OR 1=1 --"
    for condition in (
        Condition("name", Op.EQ, hostile),
        Condition("name", Op.CONTAINS, hostile),
        Condition("tags", Op.ANY_OF, (hostile,)),
        Condition("metadata", Op.EQ, hostile, hostile),
        Condition("scores_avg", Op.GT, 1, hostile),
    ):
        page = ListCompiler(SqliteDialect(), View.TRACES).keys(1, ListQuery(where=condition, sort=Sort("name")))
        assert hostile not in page.text
        assert hostile in page.params


def test_and_of_nothing_is_true_and_or_of_nothing_is_false() -> None:
    assert _compile(View.TRACES, And(())).text == "1 = 1"
    assert _compile(View.TRACES, Or(())).text == "1 = 0"
    assert _compile(View.TRACES, Not(Or(()))).text == "(1 = 0) IS NOT TRUE"


@pytest.mark.parametrize(
    ("node", "code"),
    [
        (Condition("no_such_field", Op.EQ, "x"), "unknown_field"),
        (Condition("metadata", Op.EQ, "x"), "missing_key"),
        (Condition("latency", Op.EQ, "x"), "invalid_condition"),
        (Condition("name", Op.EQ, 3), "invalid_condition"),
        (Condition("name", Op.ANY_OF, "x"), "invalid_condition"),
        (Condition("name", Op.ALL_OF, ("x",)), "invalid_condition"),
    ],
)
def test_what_makes_no_sense_is_refused(node: Node, code: str) -> None:
    with pytest.raises(InvalidError) as refused:
        _compile(View.TRACES, node)
    assert refused.value.code == code


def test_an_unknown_sort_is_refused() -> None:
    with pytest.raises(InvalidError):
        ListCompiler(SqliteDialect(), View.TRACES).keys(1, ListQuery(sort=Sort("no_such_field")))


def test_the_trace_is_joined_only_where_a_condition_reads_it() -> None:
    compiler = ListCompiler(SqliteDialect(), View.OBSERVATIONS)
    plain = compiler.keys(1, ListQuery(sort=Sort("start_time"), where=Condition("type", Op.EQ, "TOOL")))
    joined = compiler.keys(1, ListQuery(sort=Sort("start_time"), where=Not(Condition("trace_name", Op.EQ, "x"))))
    assert "JOIN" not in plain.text
    assert "LEFT JOIN trace t" in joined.text


@pytest.mark.parametrize(
    ("sort", "after", "expected"),
    [
        (Sort("timestamp"), Keyset(5, "x"), "(t.timestamp_us, t.id) < (?, ?)"),
        (Sort("timestamp", descending=False), Keyset(5, "x"), "(t.timestamp_us, t.id) > (?, ?)"),
        (Sort("id"), Keyset("x", "x"), "t.id < ?"),
        (Sort("name"), Keyset("n", "x"), "t.name < ? OR (t.name = ? AND t.id < ?) OR t.name IS NULL"),
        (Sort("name", descending=False), Keyset(None, "x"), "t.name IS NULL AND t.id > ?"),
    ],
)
def test_a_keyset_goes_on_after_its_row(sort: Sort, after: Keyset, expected: str) -> None:
    page = ListCompiler(SqliteDialect(), View.TRACES).keys(1, ListQuery(sort=sort, after=after))
    assert f"({expected})" in page.text


class _OtherDialect(SqliteDialect):
    """A dialect that needs none of SQLite's hints."""

    forced_join = "JOIN"

    def is_in(self, expression: str, values: Sequence[object]) -> Sql:
        return Sql(f"{expression} = ANY(?)", (list(values),))

    def unindexed(self, expression: str) -> str:
        return expression


def test_hints_come_from_the_dialect_alone() -> None:
    where = And(
        (
            Condition("user_id", Op.ANY_OF, ("a", "b")),
            Condition("environment", Op.EQ, "prod"),
            Condition("start_time", Op.GE, 3),
        )
    )
    query = ListQuery(sort=Sort("start_time", descending=False), where=where, after=Keyset(4, "x"))
    page = ListCompiler(_OtherDialect(), View.OBSERVATIONS).keys(1, query)
    assert "CROSS" not in page.text
    assert not re.search(r"[ (]\+", page.text)
    assert "t.user_id = ANY(?)" in page.text
