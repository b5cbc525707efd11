"""A list that follows what arrives."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import LIST
from tests.support.server import RunningServer

TRACES = [f"live-{number}" for number in range(2)]


def send(server: RunningServer, trace_id: str, **fields: Any) -> None:
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    body = {"id": trace_id, "name": "arrived", "timestamp": now, **fields}
    event = {"id": f"{trace_id}-{len(fields)}", "type": "trace-create", "timestamp": now, "body": body}
    status, answer = server.request("POST", "/api/public/ingestion", {"batch": [event]})
    assert (status, answer["errors"]) == (207, [])


@pytest.fixture
def tidy(server: RunningServer) -> Iterator[None]:
    """The other tests count traces: those of this one go."""
    yield
    for trace_id in TRACES:
        server.request("DELETE", f"/api/public/traces/{trace_id}")


@pytest.mark.usefixtures("tidy")
def test_what_arrives_comes_in_at_the_top_and_waits_while_a_row_is_open(page: Any, server: RunningServer) -> None:
    page.goto(f"{LIST}?q=name:arrived")
    page.get_by_role("heading", name="No traces match").wait_for()
    page.keyboard.press("l")
    page.get_by_role("button", name="Live", pressed=True).wait_for()
    send(server, TRACES[0])
    first = page.locator(f'[data-id="{TRACES[0]}"]')
    first.wait_for()
    first.get_by_role("gridcell").nth(2).click()
    page.get_by_test_id("peek").wait_for()
    send(server, TRACES[1])
    page.get_by_test_id("new-rows").get_by_text("1 new").wait_for()
    assert page.locator(f'[data-testid="trace-row"][data-id="{TRACES[1]}"]').count() == 0
    send(server, TRACES[0], userId="somebody")
    page.locator(f'[data-testid="trace-row"][data-id="{TRACES[0]}"]').get_by_text("somebody").wait_for()
    page.get_by_test_id("new-rows").click()
    page.locator(f'[data-testid="trace-row"][data-id="{TRACES[1]}"]').wait_for()
