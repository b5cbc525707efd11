"""What a list does while time passes, answers are late, or some of them fail: it stays as it is and says so."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.conftest import LIST
from tests.browser.test_list import rows, search, wait_for_total
from tests.browser.visits import hold, shown, wait_for_held
from tests.conformance.harness import Facts
from tests.support.server import PROJECT_ID, RunningServer

EVER = f"{LIST}?dateRange=All"
FIRST = re.compile(r"/traces\?(.*&)?q=first")
SLOW = re.compile(r"/traces\?(.*&)?q=slow")
IS_ROWS = re.compile(r"/api/ui/projects/[^/]+/traces\?")
IS_VIEWS = re.compile(r"/api/ui/projects/[^/]+/views$")
IS_COUNT = re.compile(r"/api/ui/projects/[^/]+/traces/count(\?|$)")


def asked(page: Any, pattern: re.Pattern[str]) -> list[str]:
    """What is asked from now on, as it is asked."""
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url) if pattern.search(request.url) else None)
    return urls


def test_a_list_that_is_older_than_a_minute_keeps_its_rows_and_its_selection(page: Any) -> None:
    page.clock.install()
    page.goto(f"{LIST}?dateRange=7d")
    wait_for_total(page, 30)
    reads = asked(page, IS_ROWS)
    page.clock.fast_forward(120_000)
    rows(page).nth(2).get_by_role("checkbox").check()
    rows(page).nth(3).get_by_role("checkbox").check()
    page.get_by_test_id("bulk-bar").get_by_text("2 selected").wait_for()
    assert reads == []


def test_a_menu_that_is_opened_while_a_list_comes_stays_open(page: Any) -> None:
    held = hold(page, IS_VIEWS)
    page.goto(LIST)
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("menuitem", name="Sign out").wait_for()
    held[0].continue_()
    wait_for_total(page, 30)
    assert page.get_by_role("menuitem", name="Sign out").is_visible()


def test_refreshing_all_of_time_asks_anew(page: Any) -> None:
    page.goto(EVER)
    wait_for_total(page, 30)
    with page.expect_request(IS_ROWS), page.expect_request(IS_COUNT):
        page.get_by_role("button", name=re.compile("^Refresh")).click()
    wait_for_total(page, 30)


def test_a_page_that_fails_is_told_once_and_asked_for_again_on_demand(page: Any) -> None:
    """Thirty rows are one page: the server is asked for ten at a time here."""
    page.route(IS_ROWS, lambda route: route.continue_(url=route.request.url.replace("limit=100", "limit=10")))
    failing = {"is": True}

    def fail(route: Any) -> None:
        if failing["is"] and "cursor=" in route.request.url:
            route.fulfill(status=422, json={"message": "Too much", "error": "QueryTooBroad"})
        else:
            route.fallback()

    page.route(IS_ROWS, fail)
    page.goto(EVER)
    missing = page.get_by_test_id("rest-missing")
    missing.wait_for()
    more = asked(page, re.compile("cursor="))
    page.get_by_test_id("traces-scroll").press("End")
    page.get_by_test_id("traces-scroll").press("Home")
    assert more == []
    failing["is"] = False
    missing.get_by_role("button", name="Try again").click()
    missing.wait_for(state="detached")
    page.get_by_test_id("traces-scroll").press("End")
    page.get_by_text("loaded 30 of").wait_for()


def test_of_two_searches_the_later_one_counts(page: Any) -> None:
    page.goto(EVER)
    wait_for_total(page, 30)
    held = hold(page, FIRST)
    with page.expect_request(FIRST):
        search(page, "first")
    search(page, "name:checkout")
    wait_for_total(page, 10)
    held[0].continue_()
    page.wait_for_load_state("networkidle")
    assert parse_qs(urlsplit(page.url).query)["q"] == ["name:checkout"]


def test_a_search_that_comes_back_late_moves_nobody(page: Any) -> None:
    page.goto(EVER)
    wait_for_total(page, 30)
    held = hold(page, SLOW)
    with page.expect_request(SLOW):
        search(page, "slow")
    page.get_by_role("link", name="Sessions").first.click()
    page.wait_for_url("**/sessions*")
    address = page.url
    held[0].continue_()
    page.wait_for_load_state("networkidle")
    assert page.url == address


def test_what_is_typed_while_a_search_is_looked_at_stays(page: Any) -> None:
    page.goto(EVER)
    wait_for_total(page, 30)
    held = hold(page, FIRST)
    with page.expect_request(FIRST):
        search(page, "first")
    page.get_by_test_id("query-input").press_sequentially(" and more")
    held[0].continue_()
    page.wait_for_url(FIRST)
    assert page.get_by_test_id("query-input").input_value() == "first and more"


def test_going_back_gives_up_a_search_that_is_looked_at(page: Any) -> None:
    page.goto(EVER)
    wait_for_total(page, 30)
    search(page, "name:checkout")
    wait_for_total(page, 10)
    held = hold(page, SLOW)
    with page.expect_request(SLOW):
        search(page, "slow")
    page.go_back()
    wait_for_total(page, 30)
    held[0].continue_()
    page.wait_for_load_state("networkidle")
    assert "q" not in parse_qs(urlsplit(page.url).query)


def test_what_another_level_does_not_know_stays_behind(page: Any) -> None:
    page.goto(f"/project/{PROJECT_ID}/observations?dateRange=All&q=is:root%20-level:ERROR")
    page.get_by_test_id("observation-row").first.wait_for()
    page.get_by_role("group", name="Level").get_by_role("link", name="Traces").click()
    rows(page).first.wait_for()
    assert parse_qs(urlsplit(page.url).query)["q"] == ["-level:ERROR"]
    page.get_by_test_id("toast").get_by_role("button", name="Undo").click()
    page.wait_for_url("**/observations?*")
    assert parse_qs(urlsplit(page.url).query)["q"] == ["is:root -level:ERROR"]


def test_undoing_leads_back_to_where_something_was_left_behind_from_wherever_one_went(page: Any) -> None:
    page.goto(f"/project/{PROJECT_ID}/observations?dateRange=All&q=is:root%20-level:ERROR")
    page.get_by_test_id("observation-row").first.wait_for()
    page.get_by_role("group", name="Level").get_by_role("link", name="Traces").click()
    rows(page).first.wait_for()
    search(page, "name:checkout")
    page.wait_for_url(re.compile("q=name:checkout"))
    page.get_by_test_id("toast").get_by_role("button", name="Undo").click()
    page.wait_for_url("**/observations?*")
    assert parse_qs(urlsplit(page.url).query)["q"] == ["is:root -level:ERROR"]


def test_what_is_typed_after_clearing_a_search_stays(page: Any) -> None:
    page.goto(f"{EVER}&q=name:checkout")
    wait_for_total(page, 10)
    held = hold(page, re.compile(r"/api/ui/projects/[^/]+/traces\?(?!.*[?&]q=)"))
    page.get_by_role("button", name="Clear the search").click()
    page.get_by_test_id("query-input").press_sequentially("and more")
    wait_for_held(page, held)
    for one in held:
        one.continue_()
    wait_for_total(page, 30)
    assert page.get_by_test_id("query-input").input_value() == "and more"


def test_a_refusal_is_not_told_any_more_of_a_query_that_is_in_force(page: Any) -> None:
    page.goto(f"{EVER}&q=name:checkout")
    wait_for_total(page, 10)
    search(page, "name:(")
    page.locator('[data-testid="query-input"][aria-invalid="true"]').wait_for()
    search(page, "name:checkout")
    page.locator('[data-testid="query-input"][aria-invalid="false"]').wait_for()


def test_a_query_too_long_for_an_address_that_is_kept_late_moves_nobody(page: Any) -> None:
    page.goto(EVER)
    wait_for_total(page, 30)
    held: list[Any] = []
    page.route(
        re.compile(r"/views$"), lambda route: held.append(route) if route.request.method == "POST" else route.fallback()
    )
    text = f"name:checkout -user:({' OR '.join(f'someone-{at:04}' for at in range(300))})"
    with page.expect_request(lambda request: request.method == "POST" and request.url.endswith("/views")):
        search(page, text)
    page.get_by_role("link", name="Sessions").first.click()
    page.wait_for_url("**/sessions*")
    address = page.url
    with page.expect_response(lambda response: response.request.method == "POST"):
        held[0].continue_()
    page.wait_for_load_state("networkidle")
    assert page.url == address


def test_comments_of_a_row_are_not_opened_with_another(page: Any) -> None:
    page.goto(EVER)
    wait_for_total(page, 30)
    first = rows(page).first.get_attribute("data-id")
    query = f"comments=open&commentObjectType=TRACE&commentObjectId={first}"
    page.goto(f"{EVER}&peek={first}&{query}")
    page.get_by_test_id("peek").get_by_test_id("comment-field").wait_for()
    page.get_by_test_id("peek").get_by_role("button", name="Close").first.click()
    page.get_by_test_id("peek").wait_for(state="detached")
    rows(page).nth(1).get_by_role("gridcell").nth(2).click()
    page.get_by_test_id("peek").get_by_test_id("waterfall-row").first.wait_for()
    assert page.get_by_test_id("peek").get_by_test_id("comment-field").count() == 0
    assert "comments" not in parse_qs(urlsplit(page.url).query)


def test_rows_of_one_project_do_not_show_under_another(page: Any) -> None:
    """The other project is made up here, and never tells its rows."""

    def add(route: Any) -> None:
        answer = route.fetch()
        session = answer.json()
        session["projects"].append({**session["projects"][0], "id": "other", "name": "Other"})
        route.fulfill(response=answer, json=session)

    page.route("**/api/ui/session", add)
    page.route(
        "**/api/ui/projects/other/**",
        lambda route: route.continue_(url=route.request.url.replace("/projects/other/", f"/projects/{PROJECT_ID}/")),
    )
    page.route(re.compile("/projects/other/traces[?]"), lambda _: None)
    page.goto(EVER)
    wait_for_total(page, 30)
    page.get_by_test_id("project-switch").click()
    page.get_by_role("link", name="Other").click()
    page.get_by_role("button", name="Project Other: switch").wait_for()
    page.get_by_role("navigation", name="Project").get_by_role("link", name="Traces", exact=True).click()
    page.wait_for_url("**/project/other/traces*")
    page.get_by_test_id("query-input").wait_for()
    page.evaluate("history.go(-2)")
    wait_for_total(page, 30)
    page.evaluate("history.go(2)")
    page.get_by_role("button", name="Project Other: switch").wait_for()
    page.get_by_test_id("query-input").wait_for()
    shown(page)
    assert rows(page).count() == 0


def test_a_saved_view_that_cannot_be_read_is_not_the_whole_list(page: Any) -> None:
    page.route(re.compile(r"/views/some-view"), lambda route: route.fulfill(status=500, json={"message": "It broke"}))
    page.goto(f"{LIST}?viewId=some-view")
    page.get_by_role("button", name="Try again").wait_for()
    assert rows(page).count() == 0
    page.unroute(re.compile(r"/views/some-view"))


@pytest.mark.parametrize("level", ["traces", "users"])
def test_what_is_selected_is_what_the_file_holds(page: Any, server: RunningServer, sent: Facts, level: str) -> None:
    page.goto(f"/project/{PROJECT_ID}/{level}?dateRange=All")
    row = page.get_by_test_id(f"{level[:-1]}-row")
    row.nth(0).get_by_role("checkbox").check()
    row.nth(1).get_by_role("checkbox").check()
    bar = page.get_by_test_id("bulk-bar")
    bar.get_by_role("button", name="Export selection").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=re.compile("JSON lines|JSONL")).first.click()
    assert len(download.value.path().read_text().splitlines()) == 2
