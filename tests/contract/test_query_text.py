"""Query text finds what the API's filter finds: both are written down from the same condition, on every engine."""

import json
import random
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from panope.query.ast import Condition, ListQuery, Node, Op, Sort
from panope.query.fields import FIELDS, Field, FieldType, View
from panope.query.text.errors import InvalidTextError
from panope.query.text.lower import lower
from panope.query.text.parse import parse_query
from panope.query.text.show import print_query
from panope.query.text.terms import Query
from panope.query.validate import validate_where
from panope.wire.langfuse.columns import COLUMNS
from panope.wire.langfuse.filters import accepted_types, parse_filter, read_entry
from panope.wire.langfuse.querytext.links import terms_of
from panope.wire.langfuse.times import format_time
from tests.contract.world import EVENTS, PROJECT, RESOURCE, SCOPE
from tests.support.batches import NOW_US, batch
from tests.support.engines import ENGINES, Engine, open_engine
from tests.support.told import minute

pytestmark = pytest.mark.asyncio(loop_scope="module")

PER_OPERATOR = 25
PER_OPERATOR_FAR = 3
"""On an engine behind a connection, where the same statements take longer."""
_SORTS = {View.TRACES: "timestamp", View.OBSERVATIONS: "start_time", View.SCORES: "timestamp"}
_TEXTS = [
    *("", "answer", "Answer%_", "zähler", "ans", "wer", "tie", "ann", "bob", "s-a", "s-", "production", "staging"),
    *("red", "blue", "green", "r1", "1", "2", "t1", "o1", "gpt-4o", "GENERATION", "TOOL", "ERROR", "WARNING"),
    *("llm", "lookup", "greeting", "zeus", "nothing", "what is up?", "friendly", "NUMERIC", "EVAL", "*", 'a"b', ".."),
]
_KEYS = ["team", "deep", "n", "list", "k", "nested", "by", "quality", "tone", "ok", "no such", 'odd "key".x']
_NUMBERS = [0, 1, 2, 5, 7, 10, 50, 0.5, 0.7, 0.9, 6, 30, 59.5, 60, 0.0002, 1e-12, 1e20, -3]
_IN_CAPITALS = ("type", "level", "source", "dataType")
"""Columns of closed sets: query text takes their values in any case, the filter in capitals alone."""
_OPERATORS = {
    "datetime": (">", "<", ">=", "<="),
    "string": ("=", "contains", "does not contain", "starts with", "ends with", "matches"),
    "number": ("=", ">", "<", ">=", "<="),
    "stringOptions": ("any of", "none of"),
    "categoryOptions": ("any of", "none of"),
    "arrayOptions": ("any of", "none of", "all of"),
    "boolean": ("=", "<>"),
    "null": ("is null", "is not null"),
}
_WITHOUT_CASE = {Op.CONTAINS: Op.MATCHES, Op.NOT_CONTAINS: Op.NOT_MATCHES}
_OPERATORS |= {
    "stringObject": _OPERATORS["string"],
    "numberObject": _OPERATORS["number"],
    "booleanObject": _OPERATORS["boolean"],
}


def _value(chance: random.Random, kind: str) -> Any:
    if kind in ("string", "stringObject"):
        return chance.choice(_TEXTS)
    if kind in ("number", "numberObject"):
        return chance.choice(_NUMBERS)
    if kind == "datetime":
        return format_time(minute(chance.choice([0, 0.2, 1, 2.1, 4, 6, 7, 1000])))
    if kind in ("boolean", "booleanObject"):
        return chance.random() < 0.5
    return "" if kind == "null" else chance.sample(_TEXTS, chance.randint(1, 3))


def _filters(view: View, field: Field, column: str, count: int) -> Iterator[dict[str, Any]]:
    """Conditions on a column: so many for each type and operator that it takes."""
    chance = random.Random(f"{view} {column}")
    has_nulls = field.type not in (FieldType.BOOLEAN, FieldType.BOOLEAN_MAP, FieldType.CATEGORY_MAP)
    for kind in (*accepted_types(field.type), *(["null"] if has_nulls and not field.type.endswith("map") else [])):
        if kind == "stringOptions" and field.type is FieldType.CATEGORY_MAP:
            continue
        for operator in _OPERATORS[kind]:
            for _ in range(count):
                value = _value(chance, kind)
                if column in _IN_CAPITALS:
                    value = [text.upper() for text in value] if isinstance(value, list) else value.upper()
                key = {"key": chance.choice(_KEYS)} if field.type.endswith("map") else {}
                yield {
                    "type": kind,
                    "column": column,
                    "operator": operator,
                    "value": value,
                    **key,
                }


def _columns() -> list[tuple[View, str]]:
    return [
        (view, column)
        for view in _SORTS
        for column, field in COLUMNS[view].items()
        if field in FIELDS[view] and column == next(name for name, same in COLUMNS[view].items() if same == field)
    ]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=ENGINES)
async def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    """One store for all questions: none of them writes."""
    engine = await open_engine(request.param, request, tmp_path_factory.mktemp("world"))
    await engine.writer.apply(batch(PROJECT, EVENTS, attribute_sets=[RESOURCE, SCOPE]))
    yield engine
    await engine.writer.close()
    await engine.reader.close()


async def _ids(engine: Engine, view: View, where: Node) -> list[str]:
    validate_where(view, where)
    query = ListQuery(where=where, sort=Sort(_SORTS[view]), limit=100)
    page = await getattr(engine.reader, f"list_{view}")(PROJECT, query)
    return [getattr(row, "row", row).id for row in page.rows]


@pytest.mark.parametrize(("view", "column"), _columns())
async def test_text_finds_what_the_filter_finds(world: Engine, view: View, column: str) -> None:
    field = FIELDS[view][COLUMNS[view][column]]
    count = PER_OPERATOR_FAR if world.name == "postgres" else PER_OPERATOR
    asked = {text: element for element in _filters(view, field, column, count) if (text := _as_text(view, element))}
    assert asked
    for text, element in asked.items():
        query = parse_query(text)
        assert isinstance(query, Query)
        try:
            lowered = lower(query, view, {}, NOW_US)
        except InvalidTextError as error:
            pytest.fail(f"{element} became {text}: {error}")
        (filtered,) = parse_filter(view, json.dumps([element]))
        found = await _ids(world, view, _without_case(filtered.node))
        assert await _ids(world, view, lowered) == found, (element, text)


def _without_case(node: Node) -> Node:
    """The condition without regard to capitals, which the text has none for."""
    if isinstance(node, Condition) and node.op in _WITHOUT_CASE:
        return Condition(node.field, _WITHOUT_CASE[node.op], node.value, node.key)
    return node


def _as_text(view: View, element: dict[str, Any]) -> str | None:
    """The condition in the language; None for the few that have no form in it."""
    if element["operator"] == "does not contain" and element["value"] == "":
        return None
    return print_query(terms_of(view, read_entry(element, ("filter",))))
