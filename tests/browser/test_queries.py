"""Queries as people type them, against the filter of the public API."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from panope.query.fields import FIELDS, View
from panope.wire.langfuse.columns import COLUMNS
from tests.browser.servers import ON, Servers
from tests.browser.visits import Visits
from tests.contract.test_query_text import _as_text, _columns, _filters
from tests.property.test_q_over_http import Asked
from tests.support.server import PROJECT_ID, RunningServer, basic_authorization

AMOUNT = 25
ROWS = {View.TRACES: "trace-row", View.OBSERVATIONS: "observation-row"}
Chosen = tuple[View, str, list[dict[str, Any]]]
"""A list, the text for it, and the same as conditions of the public API."""


def world() -> list[tuple[str, dict[str, Any]]]:
    """Traces, observations and scores whose values are those that the generator of conditions draws from."""
    start = datetime.now(UTC) - timedelta(hours=1)

    def at(minutes: float) -> str:
        return (start + timedelta(minutes=minutes)).isoformat()

    def step(one: str, kind: str, minutes: float, **more: Any) -> tuple[str, dict[str, Any]]:
        return kind, {"id": one, "startTime": at(minutes), **more}

    def trace(one: str, minutes: float, **more: Any) -> tuple[str, dict[str, Any]]:
        return "trace-create", {"id": one, "timestamp": at(minutes), **more}

    def score(one: str, name: str, value: Any, trace_id: str, **more: Any) -> tuple[str, dict[str, Any]]:
        return "score-create", {"id": one, "name": name, "value": value, "traceId": trace_id, **more}

    ann, bob = {"userId": "ann", "sessionId": "s-a"}, {"userId": "bob", "sessionId": "s-a"}
    red, deep = {"tags": ["red", "blue"]}, {"metadata": {"team": "zeus", "deep": {"x": 1}, "n": 5}}
    call = {"name": "llm", "model": "gpt-4o", "usageDetails": {"input": 40, "output": 10, "total": 50}}
    return [
        trace("t1", 0, name="answer", environment="production", release="r1", version="1", **ann, **red, **deep),
        trace("t2", 1, name="answer", environment="staging", tags=["red"], metadata={"team": "athena"}, **bob),
        trace("t3", 2, name="Answer%_", userId="ann", sessionId="s-b", tags=["green", "red"]),
        trace("t4", 3, metadata={"team": "", "list": [1, "two"]}),
        trace("t5", 4, name="zähler", sessionId="s-c", environment="production"),
        trace("t6", 5, name="tie", environment="production"),
        step("o1", "generation-create", 0, traceId="t1", endTime=at(1), environment="production", version="1", **call),
        step("o2", "span-create", 0.2, traceId="t1", endTime=at(0.3), name="lookup", level="ERROR", statusMessage="no"),
        step("o3", "span-create", 1, traceId="t2", endTime=at(1.1), name="step", level="WARNING", metadata={"k": "v"}),
        step("o4", "generation-create", 2, traceId="t3", endTime=at(2.1), name="llm", model="house-model"),
        step("o5", "event-create", 3, traceId="t4", name="alone", parentObservationId="o4"),
        score("c1", "quality", 0.5, "t1", comment="good"),
        score("c2", "quality", 0.9, "t1", observationId="o1"),
        score("c3", "tone", "friendly", "t2"),
        score("c4", "ok", 1, "t3", dataType="BOOLEAN"),
    ]


@pytest.fixture(scope="module")
def asked(servers: Servers) -> Iterator[tuple[RunningServer, Asked]]:
    """A server of its own with the small world, and what asks its public API."""
    with servers.open("asked") as server:
        now = datetime.now(UTC).isoformat()
        batch = [{"id": f"event-{body['id']}", "type": kind, "timestamp": now, "body": body} for kind, body in world()]
        status, answer = server.request("POST", "/api/public/ingestion", {"batch": batch})
        assert (status, answer["errors"]) == (207, [])
        headers = {"Authorization": basic_authorization(server)}
        with httpx2.Client(base_url=server.base_url, headers=headers, trust_env=False, timeout=30) as sdk:
            yield server, Asked(ON, sdk, sdk)


@pytest.fixture
def page(visits: Visits, asked: tuple[RunningServer, Asked]) -> Iterator[Any]:
    with visits.page(asked[0]) as opened:
        yield opened


def found_by(api: Asked, view: View, elements: list[dict[str, Any]]) -> set[str]:
    """Ids that each of the conditions finds."""
    return set.intersection(*({*api.by_filter(view, element)} for element in elements))


def choose(api: Asked) -> list[Chosen]:
    """As many different operators and fields as go into so many queries, of which some find rows and miss others.

    A third of them are two conditions at once: ranges of numbers, and fields of different kinds.
    """
    chance = random.Random(5)
    seen: set[tuple[str, str]] = set()
    kept: list[Chosen] = []
    cases = [case for case in _columns() if case[0] in ROWS]
    chance.shuffle(cases)
    for view, column in cases:
        drawn = list(_filters(view, FIELDS[view][COLUMNS[view][column]], column, 4))
        chance.shuffle(drawn)
        everything = len(api.by_filter(view, {"type": "string", "column": "id", "operator": "contains", "value": ""}))
        for element in drawn:
            kind = element["type"], element["operator"]
            text = _as_text(view, element)
            if kind in seen or text is None or not 0 < len(found_by(api, view, [element])) < everything:
                continue
            seen.add(kind)
            kept.append((view, text, [element]))
            break
    pairs = pairwise(kept)
    both = [(one[0], f"{one[1]} {two[1]}", one[2] + two[2]) for one, two in pairs if one[0] is two[0]]
    return [*kept[: AMOUNT - len(both[:8])], *both[:8]]


def test_what_is_typed_finds_what_the_api_finds(page: Any, asked: tuple[RunningServer, Asked]) -> None:
    """Check 5."""
    api = asked[1]
    chosen = choose(api)
    assert len(chosen) == AMOUNT
    for view, text, elements in chosen:
        expected = found_by(api, view, elements)
        page.goto(f"/project/{PROJECT_ID}/{view}?dateRange=All")
        page.get_by_test_id(ROWS[view]).first.wait_for()
        page.get_by_test_id("query-input").fill(text)
        page.get_by_test_id("query-input").press("Enter")
        page.wait_for_url("**q=**")
        assert parse_qs(urlsplit(page.url).query)["q"] == [text]
        if expected:
            page.locator(f'[data-testid="count-total"][data-value="{len(expected)}"]').wait_for()
        page.wait_for_function(
            """([testId, ids]) => [...document.querySelectorAll(`[data-testid="${testId}"]`)]
              .map(row => row.dataset.id).toSorted().join() === ids.join()""",
            arg=[ROWS[view], sorted(expected)],
        )
