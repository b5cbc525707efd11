"""Scores, and the traces of sessions and users, selected in their lists and deleted."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import Any

import pytest

from tests.browser.servers import VIEWER, Servers
from tests.browser.visits import Visits
from tests.support.server import PROJECT_ID, RunningServer

PROJECT = f"/project/{PROJECT_ID}"
ODD = 'odd " #/?% session'
USERS, PER_USER = 6, 4


@pytest.fixture(scope="module")
def losing(servers: Servers) -> Iterator[RunningServer]:
    """A server of its own: what goes here nobody else misses. The last user's traces are of two months ago."""
    with servers.open("losing", people={VIEWER: "viewer"}) as started:
        now = datetime.now(UTC)
        events: list[dict[str, Any]] = []
        for number in range(USERS * PER_USER):
            user, old = number // PER_USER, number >= (USERS - 1) * PER_USER and number % PER_USER > 0
            at = (now - timedelta(days=60 if old else 0, minutes=number)).isoformat()
            session = ODD if user == 1 else f"chat-{user}"
            body: dict[str, Any] = {
                "id": f"t{number}",
                "timestamp": at,
                "name": "turn",
                "userId": f"u{user}",
                "sessionId": session,
            }
            events.append({"id": f"e{number}", "type": "trace-create", "timestamp": at, "body": body})
            body = {"id": f"s{number}", "traceId": f"t{number}", "name": f"n{number % 2}", "value": number}
            events.append({"id": f"f{number}", "type": "score-create", "timestamp": at, "body": body})
        status, answer = started.request("POST", "/api/public/ingestion", {"batch": events})
        assert (status, answer["errors"]) == (207, [])
        yield started


@pytest.fixture
def page(visits: Visits, losing: RunningServer) -> Iterator[Any]:
    with visits.page(losing) as opened:
        yield opened


def total(page: Any, count: int) -> None:
    page.locator(f'[data-testid="count-total"][data-value="{count}"]').wait_for()


def choose(page: Any, noun: str, name: str) -> None:
    page.get_by_test_id(f"{noun}-row").filter(has_text=name).get_by_test_id("select").click()


def bar(page: Any) -> Any:
    return page.get_by_test_id("bulk-bar")


def confirm(page: Any, title: str, count: int, button: str) -> None:
    """Type a wrong number, which is refused, and then the right one."""
    dialog = page.get_by_role("dialog", name=title)
    dialog.get_by_text(f"{count} {button}").first.wait_for()
    field = dialog.get_by_role("textbox")
    assert field.evaluate("field => document.activeElement === field")
    field.fill(str(count + 1))
    field.press("Enter")
    dialog.get_by_role("alert").wait_for()
    field.fill(str(count))
    dialog.get_by_role("button", name=f"Delete {count} {button}").click()
    dialog.wait_for(state="detached")


def left(server: RunningServer, path: str, **query: str) -> int:
    text = "&".join(f"{name}={value}" for name, value in query.items())
    amount: int = server.request("GET", f"/api/public/{path}?limit=1&{text}")[1]["meta"]["totalItems"]
    return amount


def becomes(server: RunningServer, amount: int, path: str, **query: str) -> None:
    until = monotonic() + 20
    while left(server, path, **query) != amount:
        assert monotonic() < until
        sleep(0.1)


def test_a_few_scores_come_back_until_they_are_deleted(page: Any, losing: RunningServer) -> None:
    """Check 32."""
    page.goto(f"{PROJECT}/scores?dateRange=All&q=name:=n1 value:<4")
    total(page, 2)
    page.locator('[data-id="s3"]').get_by_test_id("select").click()
    bar(page).get_by_role("button", name="Delete").click()
    page.locator('[data-id="s3"]').wait_for(state="detached")
    page.get_by_role("button", name="Undo").click()
    page.locator('[data-id="s3"]').wait_for()
    page.locator('[data-id="s3"]').get_by_test_id("select").click()
    bar(page).get_by_role("button", name="Delete").click()
    page.locator('[data-id="s3"]').wait_for(state="detached")
    page.goto(f"{PROJECT}/traces")
    until = monotonic() + 20
    while losing.request("GET", "/api/public/v2/scores/s3")[0] != 404:
        assert monotonic() < until
        sleep(0.1)
    assert losing.request("GET", "/api/public/v2/scores/s1")[0] == 200
    assert losing.request("GET", "/api/public/traces/t3")[0] == 200


def test_all_scores_that_match_are_deleted_by_their_number(page: Any, losing: RunningServer) -> None:
    """Check 32."""
    page.goto(f"{PROJECT}/scores?dateRange=All&q=name:=n0")
    amount = USERS * PER_USER // 2
    total(page, amount)
    page.get_by_role("columnheader").get_by_test_id("select").click()
    bar(page).get_by_text(f"{amount} selected").wait_for()
    bar(page).get_by_role("button", name="Delete").click()
    page.get_by_text(f"{amount} scores deleted").wait_for()
    page.get_by_text("No scores match").wait_for()
    page.goto(f"{PROJECT}/scores?dateRange=All")
    becomes(losing, 0, "v2/scores", name="n0")
    assert left(losing, "v2/scores", name="n1") > 0
    assert left(losing, "traces") == USERS * PER_USER


def test_the_traces_of_a_session_are_deleted(page: Any, losing: RunningServer) -> None:
    """Check 32."""
    page.goto(f"{PROJECT}/sessions")
    choose(page, "session", ODD)
    bar(page).get_by_role("button", name="Delete their traces").click()
    confirm(page, "Delete traces", PER_USER, "traces")
    page.get_by_test_id("session-row").filter(has_text=ODD).wait_for(state="detached")
    becomes(losing, 0, "traces", userId="u1")
    assert left(losing, "traces") == (USERS - 1) * PER_USER


def test_the_traces_of_users_are_deleted_whenever_they_were(page: Any, losing: RunningServer) -> None:
    """Check 32."""
    before = left(losing, "traces")
    page.goto(f"{PROJECT}/users?dateRange=1d")
    for user in ("u0", f"u{USERS - 1}"):
        choose(page, "user", user)
    bar(page).get_by_role("button", name="Delete their traces").click()
    confirm(page, "Delete traces", 2 * PER_USER, "traces")
    page.get_by_test_id("user-row").filter(has_text="u0").wait_for(state="detached")
    becomes(losing, before - 2 * PER_USER, "traces")
    assert left(losing, "traces", userId="u2") == PER_USER


@pytest.mark.parametrize(("level", "name"), [("scores", "Delete"), ("sessions", "Delete their traces")])
def test_a_viewer_sees_why_not(visits: Visits, losing: RunningServer, level: str, name: str) -> None:
    """Check 73."""
    with visits.page(losing, VIEWER) as page:
        page.goto(f"{PROJECT}/{level}?dateRange=All")
        page.get_by_test_id("select").nth(1).click()
        button = bar(page).get_by_role("button", name=name)
        assert button.get_attribute("aria-disabled") == "true"
        button.hover()
        page.get_by_role("tooltip").get_by_text("needs the role member").wait_for()
