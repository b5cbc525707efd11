"""The list of traces of a store that holds many."""

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.conftest import LIST
from tests.browser.rows import met_by_scrolling
from tests.browser.servers import Servers
from tests.browser.visits import Visits
from tests.support.load import Load
from tests.support.server import RunningServer

USERS = 100
AT_ONCE = 500
SPREAD = timedelta(days=7)


def trace_events(number: int, amount: int, start: datetime, chance: random.Random) -> list[dict[str, Any]]:
    """A trace of one of the users with a step that takes a while, rarely a long one."""
    began = start + SPREAD * (number / amount)
    ended = began + timedelta(seconds=chance.lognormvariate(0.5, 1.0))
    trace = {"id": f"trace-{number}", "name": "asked", "userId": f"user-{number % USERS}"}
    step = {"id": f"step-{number}", "traceId": trace["id"], "name": "answer", "endTime": ended.isoformat()}
    bodies = (("trace-create", trace, "timestamp"), ("span-create", step, "startTime"))
    return [
        {
            "id": f"{kind}-{number}",
            "type": kind,
            "timestamp": began.isoformat(),
            "body": {**body, time: began.isoformat()},
        }
        for kind, body, time in bodies
    ]


@pytest.fixture(scope="module")
def large(servers: Servers, load: Load) -> Iterator[tuple[RunningServer, int]]:
    """A server with many traces of a hundred users in a week, and how many."""
    amount = load.choose(small=3_000, bounded=20_000, full=100_000)
    start, chance = datetime.now(UTC) - SPREAD, random.Random(7)
    with servers.open("large") as server:
        events = [event for number in range(amount) for event in trace_events(number, amount, start, chance)]
        for first in range(0, len(events), AT_ONCE):
            status, answer = server.request("POST", "/api/public/ingestion", {"batch": events[first : first + AT_ONCE]})
            assert (status, answer["errors"]) == (207, [])
        yield server, amount


@pytest.fixture
def page(visits: Visits, large: tuple[RunningServer, int]) -> Iterator[Any]:
    with visits.page(large[0]) as opened:
        yield opened


def total_of(page: Any) -> int:
    """How many rows match, once all of them were counted."""
    found = page.locator('[data-testid="count-total"][data-exact="true"]')
    found.wait_for()
    return int(found.get_attribute("data-value"))


def test_the_traces_of_one_user_are_those_of_the_api(page: Any, large: tuple[RunningServer, int]) -> None:
    """Check 4."""
    server, amount = large
    page.goto(f"{LIST}?dateRange=All")
    page.get_by_test_id("trace-row").first.wait_for()
    page.get_by_test_id("query-input").fill("user:user-42")
    page.get_by_test_id("query-input").press("Enter")
    page.wait_for_url("**q=user:user-42**")
    told = server.request("GET", "/api/public/traces?userId=user-42&limit=100")[1]
    total = told["meta"]["totalItems"]
    assert total == amount // USERS
    page.locator(f'[data-testid="count-total"][data-value="{total}"][data-exact="true"]').wait_for()
    met = met_by_scrolling(page, total)
    assert met[:100] == [row["id"] for row in told["data"]]
    assert sorted(met) == sorted(f"trace-{number}" for number in range(42, amount, USERS))


def test_the_slowest_hundredth_is_a_hundredth(page: Any, large: tuple[RunningServer, int]) -> None:
    """Check 29."""
    page.goto(f"{LIST}?dateRange=All")
    assert total_of(page) == large[1]
    page.get_by_role("button", name="Slowest 1 %").click()
    page.wait_for_url("**latency**")
    (text,) = parse_qs(urlsplit(page.url).query)["q"]
    assert re.fullmatch(r"latency:>[\d.]+(ms|s)", text)
    page.locator(f'[data-testid="count-total"][data-exact="true"]:not([data-value="{large[1]}"])').wait_for()
    assert total_of(page) / large[1] == pytest.approx(0.01, abs=0.002)
