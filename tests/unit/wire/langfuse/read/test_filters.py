import json
from typing import Any

import pytest

from panope.domain.errors import InvalidError
from panope.query.ast import And, Condition, Not, Op, Or, Sort
from panope.query.ast import ListQuery as Query
from panope.query.fields import APART, FIELDS, View
from panope.query.validate import validate_query
from panope.wire.langfuse.columns import COLUMNS
from panope.wire.langfuse.filters import (
    MAX_ENTRIES,
    FieldNode,
    combine,
    parse_filter,
    require_exact_text,
    to_storage,
)

NOON_US = 1_767_355_200_000_000


def _node(view: View, **entry: Any) -> Any:
    (parsed,) = parse_filter(view, json.dumps([entry]))
    return parsed.node


def test_every_column_leads_to_a_field_of_its_view() -> None:
    for view, columns in COLUMNS.items():
        assert set(columns.values()) <= {*FIELDS[view], *APART[view]}, view


@pytest.mark.parametrize(
    ("entry", "node"),
    [
        (("string", "name", "=", "n"), Condition("name", Op.EQ, "n")),
        (("string", "Name", "contains", "n"), Condition("name", Op.CONTAINS, "n")),
        (("string", "User ID", "does not contain", "n"), Condition("user_id", Op.NOT_CONTAINS, "n")),
        (("string", "traceName", "starts with", "n"), Condition("name", Op.STARTS_WITH, "n")),
        (("string", "release", "ends with", "n"), Condition("release", Op.ENDS_WITH, "n")),
        (("stringOptions", "name", "any of", ["a", "b"]), Condition("name", Op.ANY_OF, ("a", "b"))),
        (("stringOptions", "name", "none of", ["a"]), Condition("name", Op.NONE_OF, ("a",))),
        (("arrayOptions", "traceTags", "all of", ["a"]), Condition("tags", Op.ALL_OF, ("a",))),
        (("arrayOptions", "tags", "none of", []), And(())),
        (("stringOptions", "Tags", "any of", ["a"]), Condition("tags", Op.ANY_OF, ("a",))),
        (("number", "latency", ">", 1.5), Condition("latency", Op.GT, 1_500_000)),
        (("number", "Latency (s)", "<=", 0.1), Condition("latency", Op.LE, 100_000)),
        (("number", "totalCost", ">=", 0.1), Condition("total_cost", Op.GE, 100_000_000_000)),
        (("number", "tokens", "=", 3), Condition("total_tokens", Op.EQ, 3)),
        (("boolean", "⭐️", "<>", True), Condition("bookmarked", Op.NE, True)),  # noqa: FBT003
        (("null", "userId", "is null", ""), Condition("user_id", Op.IS_NULL)),
        (("null", "tags", "is not null", ""), Condition("tags", Op.IS_NOT_NULL)),
        (("datetime", "timestamp", ">=", "2026-01-02T12:00:00.0005Z"), Condition("timestamp", Op.GE, NOON_US)),
        (("datetime", "timestamp", "<", "2026-01-02T12:00:00.0005Z"), Condition("timestamp", Op.LT, NOON_US)),
        (("datetime", "timestamp", ">", "2026-01-02T12:00:00Z"), Condition("timestamp", Op.GE, NOON_US + 1_000)),
        (("datetime", "timestamp", "<=", "2026-01-02T12:00:00Z"), Condition("timestamp", Op.LT, NOON_US + 1_000)),
    ],
)
def test_a_condition_is_read_in_storage_units(entry: tuple[str, str, str, Any], node: Any) -> None:
    names = ("type", "column", "operator", "value")
    assert _node(View.TRACES, **dict(zip(names, entry, strict=True))) == node


@pytest.mark.parametrize(
    ("entry", "node"),
    [
        (("stringObject", "metadata", "plan", "=", "x"), Condition("metadata", Op.EQ, "x", "plan")),
        (("null", "metadata", "plan", "is null", ""), Condition("metadata", Op.IS_NULL, None, "plan")),
        (("numberObject", "scores_avg", "r", "<", 0.5), Condition("scores_avg", Op.LT, 0.5, "r")),
        (("numberObject", "scores", "r", "=", 1), Condition("scores_avg", Op.EQ, 1, "r")),
        (("booleanObject", "scores", "ok", "<>", True), Condition("score_booleans", Op.NE, True, "ok")),  # noqa: FBT003
        (
            ("categoryOptions", "scores", "mood", "any of", ["a", "b"]),
            Or((Condition("score_categories", Op.ANY_OF, ("a", "b"), "mood"),)),
        ),
        (
            ("categoryOptions", "score_categories", "mood", "none of", ["a"]),
            Not(Or((Condition("score_categories", Op.ANY_OF, ("a",), "mood"),))),
        ),
        (("categoryOptions", "score_categories", "mood", "any of", []), Or(())),
    ],
)
def test_entries_of_maps_are_picked_by_their_key(entry: tuple[str, str, str, str, Any], node: Any) -> None:
    names = ("type", "column", "key", "operator", "value")
    assert _node(View.TRACES, **dict(zip(names, entry, strict=True))) == node


def test_labels_without_a_key_carry_the_name_of_their_score() -> None:
    values = ["mood:good", "mood:a:b", "tone:warm"]
    node = _node(View.TRACES, type="stringOptions", column="score_categories", operator="any of", value=values)
    assert node == Or(
        (
            Condition("score_categories", Op.ANY_OF, ("good", "a:b"), "mood"),
            Condition("score_categories", Op.ANY_OF, ("warm",), "tone"),
        )
    )


def test_matches_wants_every_word() -> None:
    node = _node(View.OBSERVATIONS, type="string", column="input", operator="matches", value=" red  fox ")
    assert node == And((Condition("input", Op.MATCHES, "red"), Condition("input", Op.MATCHES, "fox")))


def test_presence_columns_ask_whether_there_is_a_text() -> None:
    for operator, value, op in (("=", True, Op.IS_NOT_NULL), ("=", False, Op.IS_NULL), ("<>", True, Op.IS_NULL)):
        node = _node(View.OBSERVATIONS, type="boolean", column="hasInput", operator=operator, value=value)
        assert node == Condition("input", op)


def test_a_position_in_the_trace_is_read_and_left_out() -> None:
    entry = {"type": "positionInTrace", "column": "position", "operator": "=", "key": "root"}
    assert parse_filter(View.OBSERVATIONS, json.dumps([entry])) == []


GOOD = {"type": "string", "column": "name", "operator": "=", "value": "x"}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"type": "text"}, "type"),
        ({"type": None}, "type"),
        ({"type": ["string"]}, "type"),
        ({"column": 1}, "column"),
        ({"operator": "is"}, "operator"),
        ({"operator": ["="]}, "operator"),
        ({"operator": "any of"}, "operator"),
        ({"value": 1}, "value"),
        ({"value": None}, "value"),
        ({"type": "number", "column": "latency", "value": "1"}, "value"),
        ({"type": "number", "column": "latency", "value": True}, "value"),
        ({"type": "boolean", "column": "public", "value": "true"}, "value"),
        ({"type": "null", "operator": "is null", "value": None}, "value"),
        ({"type": "stringOptions", "operator": "any of", "value": []}, "value"),
        ({"type": "stringOptions", "operator": "any of", "value": "x"}, "value"),
        ({"type": "arrayOptions", "column": "tags", "operator": "any of", "value": []}, "value"),
        ({"type": "arrayOptions", "column": "tags", "operator": "all of", "value": [1]}, "value"),
        ({"type": "datetime", "column": "timestamp", "operator": ">", "value": "2026-01-01"}, "value"),
        ({"type": "datetime", "column": "timestamp", "operator": ">", "value": 5}, "value"),
        ({"type": "stringObject", "column": "metadata"}, "key"),
        ({"type": "stringObject", "column": "metadata", "key": 1}, "key"),
        ({"type": "null", "column": "metadata", "operator": "is null", "value": ""}, "key"),
    ],
)
def test_a_condition_out_of_shape_is_refused_by_its_place(change: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidError) as raised:
        parse_filter(View.TRACES, json.dumps([GOOD, GOOD | change]))
    assert [issue.path for issue in raised.value.issues] == [("filter", 1, path)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nope", "Invalid JSON in filter parameter"),
        ("[" * 5000, "Invalid JSON in filter parameter"),
        ('{"type":"string"}', "must be a JSON array"),
        ("[1]", "must be an object"),
        (json.dumps([GOOD] * (MAX_ENTRIES + 1)), "more than 100 conditions"),
        (json.dumps([GOOD | {"column": "evaluatorId"}]), "^Column evaluatorId does not match a UI / CH table mapping"),
        (json.dumps([GOOD | {"column": "scores"}]), "^Column scores does not match"),
        (json.dumps([GOOD | {"column": "tags"}]), "^Invalid filter type string for column tags: use arrayOptions or"),
        (json.dumps([GOOD | {"column": "latency"}]), "^Invalid filter type string for column latency: use number$"),
    ],
)
def test_a_filter_that_cannot_be_asked_is_told_why(text: str, message: str) -> None:
    with pytest.raises(InvalidError, match=message):
        parse_filter(View.TRACES, text)


def test_a_filter_replaces_parameters_on_its_field_under_any_name() -> None:
    plain = [
        FieldNode("tags", Condition("tags", Op.ALL_OF, ("x",))),
        FieldNode("name", Condition("name", Op.EQ, "n")),
    ]
    entry = {"type": "arrayOptions", "column": "traceTags", "operator": "any of", "value": ["y"]}
    kept = Condition("name", Op.EQ, "n")
    assert combine(View.TRACES, plain, json.dumps([entry])) == And((kept, Condition("tags", Op.ANY_OF, ("y",))))
    assert combine(View.TRACES, plain, "[]") == And((Condition("tags", Op.ALL_OF, ("x",)), kept))
    assert combine(View.TRACES, [], None) == And(())


@pytest.mark.parametrize(
    ("value", "scale", "stored"),
    [
        (0.1, 10**6, 100_000),
        (0.000001, 10**6, 1),
        (1e-7, 10**6, 0.1),
        (3, 1, 3),
        (2.0, 1, 2),
        (2.5, 1, 2.5),
        (1e-12, 10**12, 1),
        (1e300, 10**12, 2**63 - 1),
        (-1e300, 10**12, -(2**63 - 1)),
        (10**400, 1, 2**63 - 1),
        (0.1 + 0.2, 10**12, 300_000_000_000.00006),
    ],
)
def test_numbers_reach_storage_exactly_or_at_its_bounds(value: float, scale: int, stored: float) -> None:
    scaled = to_storage(value, scale)
    assert scaled == stored
    assert isinstance(scaled, type(stored))


def test_input_and_output_are_searched_only_beside_an_exact_word() -> None:
    vague = {"type": "string", "column": "input", "operator": "contains", "value": "x"}
    with pytest.raises(InvalidError, match="needs at least one condition"):
        require_exact_text(json.dumps([GOOD, vague]))
    require_exact_text(json.dumps([vague, vague | {"column": "output", "operator": "matches"}]))
    require_exact_text(json.dumps([{"type": "null", "column": "input", "operator": "is null", "value": ""}]))
    require_exact_text(json.dumps([GOOD]))
    require_exact_text(None)


def test_what_a_filter_becomes_is_a_query_that_engines_take() -> None:
    samples: dict[str, Any] = {
        "string": ("=", "x"),
        "stringOptions": ("any of", ["x"]),
        "number": (">", 1),
        "datetime": (">", "2026-01-01T00:00:00Z"),
        "boolean": ("=", True),
        "arrayOptions": ("all of", ["x"]),
        "stringObject": ("contains", "x"),
        "numberObject": (">", 1),
        "categoryOptions": ("none of", ["x"]),
        "booleanObject": ("=", False),
        "null": ("is null", ""),
    }
    asked = 0
    for view, columns in COLUMNS.items():
        for column in columns:
            for kind, (operator, value) in samples.items():
                entry = {"type": kind, "column": column, "operator": operator, "value": value, "key": "k"}
                try:
                    nodes = parse_filter(view, json.dumps([entry]))
                except InvalidError:
                    continue
                if getattr(nodes[0].node, "field", None) not in APART[view]:
                    validate_query(view, Query(where=nodes[0].node, sort=Sort("id")))
                asked += 1
    assert asked > 200
