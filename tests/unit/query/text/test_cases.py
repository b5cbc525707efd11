"""The table of cases that every implementation of the language is held to."""

import asyncio
import json
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from panope.domain.ids import ProjectId
from panope.query.ast import And, Node
from panope.query.fields import View
from panope.query.text.errors import InvalidTextError, QueryError
from panope.query.text.lower import lower
from panope.query.text.parse import parse_query
from panope.query.text.show import print_query
from panope.query.text.terms import Query, Term
from panope.query.validate import validate_where
from tests.support.remarks import no_remarks

TABLE: Final = json.loads((Path(__file__).parents[3] / "q_cases.json").read_text(encoding="utf-8"))
CASES: Final = TABLE["cases"]
READ: Final = [case for case in CASES if "error" not in case]
MISTAKEN: Final = [case for case in CASES if "error" in case]


def _place(error: QueryError) -> dict[str, Any]:
    return {"code": error.code, "position": error.position, "length": error.length}


def _name(case: dict[str, Any]) -> str:
    return str(case["text"][:40]) or "nothing"


@pytest.mark.parametrize("case", READ, ids=_name)
def test_a_text_is_read_and_printed(case: dict[str, Any]) -> None:
    query = parse_query(case["text"])
    assert isinstance(query, Query)
    terms = msgspec.convert(case["terms"], tuple[Term, ...])
    assert query.terms == terms
    assert print_query(terms) == case["printed"]
    again = parse_query(case["printed"])
    assert isinstance(again, Query)
    assert again.terms == terms


@pytest.mark.parametrize("case", MISTAKEN, ids=_name)
def test_a_mistake_has_its_place(case: dict[str, Any]) -> None:
    error = parse_query(case["text"])
    assert isinstance(error, QueryError)
    assert _place(error) == case["error"]


@pytest.mark.parametrize("view", list(View))
@pytest.mark.parametrize("case", READ, ids=_name)
def test_a_text_is_lowered(case: dict[str, Any], view: View) -> None:
    query, expected = parse_query(case["text"]), case["lowered"][view]
    assert isinstance(query, Query)
    if isinstance(expected, dict):
        with pytest.raises(InvalidTextError) as refused:
            lower(query, view, TABLE["scoreTypes"], TABLE["nowUs"])
        assert _place(refused.value.error) == expected
        return
    node = lower(query, view, TABLE["scoreTypes"], TABLE["nowUs"])
    validate_where(view, asyncio.run(no_remarks().resolve(ProjectId("any"), view, node)))
    assert node == And(msgspec.convert(expected, tuple[Node, ...]))


def test_the_table_is_large_and_names_no_case_twice() -> None:
    texts = [case["text"] for case in CASES]
    assert len(set(texts)) == len(texts) >= 120
