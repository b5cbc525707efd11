"""Columns of a list: hidden, moved, resized, added; and the same in a file."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.browser.conftest import LIST
from tests.browser.servers import Servers
from tests.browser.test_bulk import send
from tests.browser.test_list import wait_for_total
from tests.browser.visits import Visits
from tests.conformance.harness import Facts
from tests.support.server import RunningServer


@pytest.fixture(scope="module")
def keyed(servers: Servers) -> Iterator[tuple[RunningServer, Facts]]:
    """A server of its own with traces that carry `region` in their metadata."""
    with servers.open("keyed") as started:
        yield started, send(started, "keyed", 6)


@pytest.fixture
def page(visits: Visits, keyed: tuple[RunningServer, Facts]) -> Iterator[Any]:
    with visits.page(keyed[0]) as opened:
        yield opened


def headers(page: Any) -> list[str]:
    texts: list[str] = page.get_by_role("columnheader").all_inner_texts()
    return [text for text in texts if text]


def test_columns_are_moved_resized_added_and_are_those_of_the_file(
    page: Any, keyed: tuple[RunningServer, Facts]
) -> None:
    """Check 30."""
    page.goto(f"{LIST}?q=name:keyed")
    wait_for_total(page, 6)
    page.get_by_test_id("columns").click()
    for hidden in ("Tokens", "Scores", "Input", "Output"):
        page.get_by_role("menuitemcheckbox", name=hidden, exact=True).click()
    page.get_by_role("menuitemcheckbox", name="region", exact=True).click()
    page.keyboard.press("Escape")
    page.get_by_role("columnheader", name="region").wait_for()
    page.locator('[data-column="meta.region"]').filter(has_text="r1").first.wait_for()
    page.get_by_role("columnheader", name="region").drag_to(page.get_by_role("columnheader", name="Name"))
    assert headers(page)[1:3] == ["region", "Name"]
    page.get_by_role("columnheader", name="Cost").get_by_role("button").press("Alt+ArrowLeft")
    shown = headers(page)
    assert shown.index("Cost") < shown.index("Latency")
    edge = page.get_by_role("separator", name="Width of region")
    before = page.get_by_role("columnheader", name="region").bounding_box()["width"]
    edge.press("ArrowRight")
    page.reload()
    wait_for_total(page, 6)
    assert headers(page) == shown
    assert page.get_by_role("columnheader", name="region").bounding_box()["width"] == before + 16
    page.get_by_test_id("export").click()
    with page.expect_download() as saved:
        page.get_by_role("menuitem", name="CSV").first.click()
    rows = list(csv.DictReader(io.StringIO(saved.value.path().read_text())))
    assert set(rows[0]) == {
        *("id", "timestampUs", "meta.region", "name", "cost", "unpricedCount", "latencyUs"),
        *("userId", "sessionId", "tags"),
    }
    assert sorted(row["id"] for row in rows) == sorted(keyed[1]["ids"])
    assert {row["meta.region"] for row in rows} == {"r0", "r1", "r2"}


def test_the_value_of_an_added_column_can_be_asked_for(page: Any) -> None:
    """Check 36."""
    page.goto(f"{LIST}?q=name:keyed")
    wait_for_total(page, 6)
    page.get_by_test_id("columns").click()
    page.get_by_role("menuitemcheckbox", name="region", exact=True).click()
    page.keyboard.press("Escape")
    page.locator('[data-column="meta.region"]').filter(has_text="r1").first.click(button="right")
    page.get_by_role("menuitem", name="Only region r1").click()
    wait_for_total(page, 2)
    assert page.get_by_test_id("query-input").input_value() == "name:keyed meta.region:r1"


def test_models_and_tools_of_a_trace_are_columns_that_are_read_when_they_are_shown(
    page: Any, keyed: tuple[RunningServer, Facts]
) -> None:
    now = datetime.now(UTC).isoformat()
    bodies = [
        ("trace-create", {"id": "called", "name": "calling", "timestamp": now}),
        ("generation-create", {"id": "call", "traceId": "called", "startTime": now, "model": "gpt-4o"}),
        ("tool-create", {"id": "tool", "traceId": "called", "startTime": now, "name": "look_up"}),
    ]
    events = [{"id": body["id"], "type": kind, "timestamp": now, "body": body} for kind, body in bodies]
    assert keyed[0].request("POST", "/api/public/ingestion", {"batch": events})[0] == 207
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{LIST}?q=name:calling")
    wait_for_total(page, 1)
    assert not any("parts=" in url for url in asked)
    page.get_by_test_id("columns").click()
    for shown in ("Models", "Tools called"):
        page.get_by_role("menuitemcheckbox", name=shown, exact=True).click()
    page.keyboard.press("Escape")
    page.locator('[data-column="models"]').filter(has_text="gpt-4o").wait_for()
    page.locator('[data-column="tools"]').filter(has_text="look_up").wait_for()
