"""Signing in, keys, themes, and addresses that lead nowhere."""

from typing import Any
from urllib.parse import urlsplit

from tests.browser.conftest import LIST, Watched, sign_in
from tests.browser.servers import Servers
from tests.conformance.harness import Facts
from tests.support.server import PROJECT_ID, RunningServer


def test_whoever_is_not_signed_in_signs_in_and_is_where_they_wanted_to_be(chromium: Any, server: RunningServer) -> None:
    context = chromium.new_context(base_url=server.base_url)
    page = context.new_page()
    page.goto(f"{LIST}?q=level:ERROR&dateRange=7d")
    page.wait_for_url("**/auth/sign-in**")
    sign_in(page)
    page.wait_for_url(f"**{LIST}?q=level:ERROR&dateRange=7d")
    page.get_by_test_id("query-input").wait_for()
    context.close()


def test_signing_out_ends_the_session(chromium: Any, server: RunningServer) -> None:
    context = chromium.new_context(base_url=server.base_url)
    page = context.new_page()
    page.goto(LIST)
    page.wait_for_url("**/auth/sign-in**")
    sign_in(page)
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.wait_for_url("**/auth/sign-in**")
    page.goto(LIST)
    page.wait_for_url("**/auth/sign-in**")
    context.close()


def test_the_root_leads_to_the_only_project(page: Any) -> None:
    page.goto("/")
    page.wait_for_url(f"**/project/{PROJECT_ID}")
    page.goto("/project/~/observations?q=level:ERROR")
    page.wait_for_url(f"**/project/{PROJECT_ID}/observations?q=level:ERROR")


def test_an_address_that_is_no_page_says_where_to_go(page: Any) -> None:
    page.goto(f"/project/{PROJECT_ID}/nowhere/at/all")
    page.get_by_role("heading", name="There is no such page").wait_for()
    page.get_by_role("link", name="Traces").last.click()
    page.wait_for_url(f"**{LIST}")
    page.goto("/project/of-others/traces")
    page.get_by_role("heading", name="There is no such project").wait_for()


def test_keys_do_what_their_sheet_says(page: Any) -> None:
    page.goto(LIST)
    page.get_by_test_id("trace-row").first.wait_for()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.dataset.testid") == "query-input"
    page.keyboard.type("j?")
    assert page.get_by_test_id("query-input").input_value() == "j?"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").get_by_text("Open the row beside the list").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.get_by_test_id("peek").wait_for()
    second = page.get_by_test_id("trace-row").nth(1).get_attribute("data-id")
    assert page.get_by_test_id("peek").get_attribute("data-id") == second
    page.keyboard.press("Escape")
    page.get_by_test_id("peek").wait_for(state="detached")
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_url("**/observations")


def test_the_theme_is_there_before_anything_is_drawn_and_stays(page: Any) -> None:
    page.goto(LIST)
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("menuitemradio", name="Dark").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.add_init_script(
        "new MutationObserver(() => { if (document.body && !window.first) "
        "window.first = document.documentElement.dataset.theme || 'none' })"
        ".observe(document, { childList: true, subtree: true })"
    )
    page.reload()
    page.get_by_test_id("trace-row").first.wait_for()
    assert page.evaluate("window.first") == "dark"


def test_everything_works_below_a_path(chromium: Any, servers: Servers) -> None:
    with servers.open("prefixed", below="/tools/panope") as prefixed:
        page = chromium.new_page()
        watched = Watched(page, prefixed.base_url)
        page.goto(f"{prefixed.base_url}/tools/panope{LIST}")
        page.wait_for_url("**/tools/panope/auth/sign-in**")
        sign_in(page)
        page.wait_for_url(f"**/tools/panope{LIST}")
        page.get_by_role("heading", name="No traces yet").wait_for()
        page.get_by_role("link", name="Observations").click()
        page.wait_for_url(f"**/tools/panope/project/{PROJECT_ID}/observations**")
        assert all(urlsplit(url).netloc == f"127.0.0.1:{prefixed.port}" for url in watched.strangers)
        page.close()


_WAS_RELOADED = "() => performance.getEntriesByType('navigation')[0].type === 'reload'"


def test_a_tab_that_asks_for_what_an_upgrade_took_away_loads_itself_anew_once(page: Any) -> None:
    asked: list[str] = []

    def refuse(route: Any) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fulfill(status=404, content_type="application/json", body='{"message":"Not Found"}')
        else:
            route.continue_()

    page.route("**/assets/TraceView-*.js", refuse)
    page.goto(LIST)  # which reads ahead what a row will need
    page.wait_for_function(_WAS_RELOADED)
    page.get_by_test_id("trace-row").first.get_by_role("gridcell").nth(2).click()
    page.get_by_test_id("peek").get_by_role("treegrid").wait_for()
    assert len(asked) == 2


def test_a_part_that_stays_away_is_told_and_the_rest_goes_on(
    chromium: Any, server: RunningServer, signed_in: Any, sent: Facts
) -> None:
    assert sent
    context = chromium.new_context(base_url=server.base_url, storage_state=signed_in)
    page = context.new_page()
    page.route("**/assets/TraceView-*.js", lambda route: route.fulfill(status=404, body=""))
    page.goto(LIST)
    page.wait_for_function(_WAS_RELOADED)
    page.get_by_test_id("trace-row").first.get_by_role("gridcell").nth(2).click()
    page.get_by_test_id("peek").get_by_role("alert").wait_for()
    page.get_by_test_id("trace-row").first.wait_for()
    context.close()
