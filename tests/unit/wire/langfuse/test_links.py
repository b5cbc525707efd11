"""Filters of links as query text."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from panope.query.fields import View
from panope.query.text.lower import lower
from panope.query.text.parse import parse_query
from panope.query.text.terms import Query
from panope.wire.langfuse.columns import COLUMNS
from panope.wire.langfuse.querytext.links import Converted, convert_link

LINKS: Final = json.loads((Path(__file__).parents[3] / "q_cases.json").read_text(encoding="utf-8"))["links"]


@pytest.mark.parametrize(
    "case", LINKS, ids=lambda case: f"{case['view']} {case['filter']} {case.get('searchTypes', '')}"
)
def test_a_link_becomes_query_text(case: dict[str, Any]) -> None:
    view = View(case["view"])
    found = convert_link(view, case["filter"], case.get("search", ""), case.get("searchTypes", ()))
    assert found == Converted(case["q"], tuple(case.get("ignored", ())))
    query = parse_query(found.q)
    assert isinstance(query, Query)
    lower(query, view, {}, 0)


@pytest.mark.parametrize("view", [View.TRACES, View.OBSERVATIONS, View.SCORES])
def test_every_column_of_the_filter_has_a_form(view: View) -> None:
    flags = {"public", "bookmarked", "⭐️", "isRootObservation", "hasParentObservation", "isExperimentItemRootSpan"}
    for column in COLUMNS[view]:
        asked = "boolean;;=;true" if column in flags else "null;k;is null;"
        assert convert_link(view, f"{column};{asked}").ignored == (), column
