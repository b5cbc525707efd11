"""Environments that only machinery writes to: hidden everywhere until somebody chooses them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.browser.servers import Servers
from tests.browser.visits import Visits
from tests.support.server import PROJECT_ID, RunningServer

P = f"/project/{PROJECT_ID}"
OPEN = ("production", "staging")
INTERNAL = ("panope-judge", "panope-playground", "sdk-experiment")
ROWS = {"traces": "trace", "observations": "observation", "sessions": "session", "users": "user", "scores": "score"}


@pytest.fixture(scope="module")
def mixed(servers: Servers) -> Iterator[RunningServer]:
    """A server with one of everything in each of five environments."""
    with servers.open("environments") as server:
        now = datetime.now(UTC).isoformat()
        batch = []
        for name in (*OPEN, *INTERNAL):
            where = {"environment": name}
            trace = {"id": f"t-{name}", "name": name, "userId": f"u-{name}", "sessionId": f"s-{name}", "timestamp": now}
            step = {"id": f"o-{name}", "traceId": trace["id"], "name": name, "startTime": now, "endTime": now}
            score = {"id": f"c-{name}", "traceId": trace["id"], "name": "quality", "value": 1}
            for kind, body in (("trace-create", trace), ("generation-create", step), ("score-create", score)):
                batch.append({"id": f"{kind}-{name}", "type": kind, "timestamp": now, "body": {**body, **where}})
        status, answer = server.request("POST", "/api/public/ingestion", {"batch": batch})
        assert (status, answer["errors"]) == (207, [])
        yield server


@pytest.fixture
def page(visits: Visits, mixed: RunningServer) -> Iterator[Any]:
    with visits.page(mixed) as opened:
        yield opened


def choose(page: Any, name: str) -> None:
    """Tick an environment in the picker, which says how many are hidden."""
    page.get_by_test_id("environments").click()
    page.get_by_text(f"All, {len(INTERNAL)} internal hidden").wait_for()
    page.get_by_role("checkbox", name=f"{name} internal").check()
    page.keyboard.press("Escape")
    page.wait_for_url(f"**env={name}**")


@pytest.mark.parametrize("level", ROWS)
def test_internal_environments_are_hidden_from_lists_until_one_is_chosen(page: Any, level: str) -> None:
    """Check 39."""
    rows = page.get_by_test_id(f"{ROWS[level]}-row")

    def wait_for(*environments: str) -> None:
        page.locator(f'[data-testid="count-total"][data-value="{len(environments)}"]').wait_for()
        for name in environments:
            page.locator(f'[data-testid="{ROWS[level]}-row"][data-id$="-{name}"]').wait_for()
        assert rows.count() == len(environments)

    page.goto(f"{P}/{level}?dateRange=1d")
    wait_for(*OPEN)
    choose(page, INTERNAL[0])
    wait_for(INTERNAL[0])
    page.reload()
    wait_for(INTERNAL[0])
    page.goto(f"{P}/{level}?dateRange=1d&env={INTERNAL[1]}&env={OPEN[0]}")
    wait_for(INTERNAL[1], OPEN[0])


def test_internal_environments_are_hidden_from_home_until_one_is_chosen(page: Any) -> None:
    """Check 39."""
    figure = page.locator('[data-testid="widget"][data-widget="Traces and errors"] [data-testid="figure"]').first

    def wait_for(amount: int) -> None:
        figure.and_(page.locator(f'[data-value="{amount}"]')).wait_for()

    page.goto(f"{P}?dateRange=1d")
    wait_for(len(OPEN))
    choose(page, INTERNAL[2])
    wait_for(1)
    figure.click()
    page.wait_for_url(f"**{P}/traces?**env={INTERNAL[2]}**")
    page.locator(f'[data-testid="trace-row"][data-id="t-{INTERNAL[2]}"]').wait_for()


def test_what_an_address_names_is_shown_wherever_it_is(page: Any) -> None:
    """Check 39."""
    page.goto(f"{P}/traces/t-{INTERNAL[0]}")
    page.get_by_test_id("trace-header").get_by_text(INTERNAL[0]).first.wait_for()
