"""Users: their list, and what there is of one of them."""

import re
from typing import Any
from urllib.parse import quote

import pytest

from tests.conformance.harness import Facts
from tests.support.server import PROJECT_ID, RunningServer

USERS = f"/project/{PROJECT_ID}/users"


def path(user_id: str, **more: str) -> str:
    return f"{USERS}/{quote(user_id, safe='')}?" + "&".join(f"{key}={quote(more[key])}" for key in more)


def figure(page: Any, name: str) -> Any:
    return page.get_by_test_id(f"figure-{name}")


def test_the_list_adds_up_each_user_and_leads_to_them(page: Any, sent: Facts) -> None:
    page.goto(USERS)
    row = page.get_by_test_id("user-row").filter(has_text=sent["person"])
    row.wait_for()
    assert row.locator('[data-column="traces"]').inner_text() == "4"
    assert row.locator('[data-column="sessions"]').inner_text() == "1"
    assert row.locator('[data-column="errors"] [data-value]').get_attribute("data-value") == "0.25"
    page.get_by_role("columnheader", name="Traces").get_by_role("button").click()
    page.wait_for_url(re.compile("orderBy=traceCount-DESC"))
    page.wait_for_function(
        "id => document.querySelector('[data-testid=user-row]').dataset.id === id", arg=sent["person"]
    )
    page.get_by_test_id("user-row").first.locator("[data-row-link]").click()
    figure(page, "Traces").wait_for()
    assert page.locator("h1").inner_text() == sent["person"]


def test_users_are_found_by_the_start_of_their_id(page: Any, sent: Facts) -> None:
    page.goto(USERS)
    page.get_by_test_id("user-row").nth(1).wait_for()
    page.get_by_test_id("query-input").fill("user:ann*")
    page.get_by_test_id("query-input").press("Enter")
    page.locator('[data-testid="count-total"][data-value="1"]').wait_for()
    assert page.get_by_test_id("user-row").first.get_attribute("data-id") == sent["person"]


def test_a_user_has_figures_and_tabs_about_nobody_else(page: Any, sent: Facts) -> None:
    page.goto(path(sent["person"]))
    page.locator('[data-testid="figure-Traces"][data-value="4"]').wait_for()
    page.locator('[data-testid="figure-With errors"][data-value="0.25"]').wait_for()
    page.locator('[data-testid="count-total"][data-value="4"]').wait_for()
    page.get_by_test_id("trace-row").nth(3).wait_for()
    assert {row.get_attribute("data-id") for row in page.get_by_test_id("trace-row").all()} == set(sent["turns"])
    page.get_by_role("link", name="Sessions", exact=True).last.click()
    page.get_by_test_id("session-row").first.wait_for()
    assert page.get_by_test_id("session-row").first.get_attribute("data-id") == sent["chat"]
    page.get_by_role("link", name="Scores", exact=True).last.click()
    page.locator('[data-testid="count-total"][data-value="4"]').wait_for()
    page.get_by_role("link", name="Costs by model").click()
    row = page.get_by_test_id("model-row")
    row.wait_for()
    assert row.inner_text().startswith("gpt-4o-mini")
    row.get_by_role("link", name="4").click()
    page.locator('[data-testid="count-total"][data-value="4"]').wait_for()
    assert "/observations?" in page.url
    page.go_back()
    row.wait_for()


def test_a_search_within_a_user_keeps_to_the_user(page: Any, sent: Facts) -> None:
    page.goto(path(sent["person"], q="level:ERROR"))
    page.locator('[data-testid="count-total"][data-value="1"]').wait_for()
    assert page.get_by_test_id("trace-row").first.get_attribute("data-id") == sent["turns"][2]
    page.get_by_test_id("trace-row").first.get_by_role("gridcell").nth(2).click()
    page.get_by_test_id("peek").wait_for()
    page.wait_for_url(re.compile(f"peek={sent['turns'][2]}"))
    page.keyboard.press("Escape")
    page.get_by_test_id("peek").wait_for(state="detached")
    assert "q=level:ERROR" in page.url


@pytest.mark.parametrize("user_id", ["u/b#c?d%e" + "x" * 791, "metrics", 'a:b (c) "d" e*'])
def test_any_id_is_a_page(page: Any, server: RunningServer, user_id: str) -> None:
    body = {"id": f"of-{len(user_id)}", "name": "odd user", "userId": user_id, "input": "hi"}
    event = {"id": body["id"], "type": "trace-create", "timestamp": "2026-01-01T00:00:00Z", "body": body}
    assert server.request("POST", "/api/public/ingestion", {"batch": [event]})[0] == 207
    odd = quote('name:"odd user"')
    page.goto(f"{USERS}?dateRange=All&q={odd}")
    link = page.locator("[data-row-link]", has_text=user_id[:20])
    link.first.wait_for()
    link.first.click()
    page.locator("h1", has_text=user_id[:20]).wait_for()
    page.goto(f"{page.url.split('?')[0]}?dateRange=All{'&id=metrics' if user_id == 'metrics' else ''}")
    page.locator(f'[data-testid="trace-row"][data-id="{body["id"]}"]').wait_for()
    assert page.locator("h1").inner_text() == user_id
