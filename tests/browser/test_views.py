"""Saved views of lists."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import EMAIL, LIST, PASSWORD
from tests.browser.test_list import query_of, rows, search, wait_for_total
from tests.support.server import PROJECT_ID, RunningServer


def open_menu(page: Any) -> None:
    page.get_by_test_id("views").click()
    page.get_by_role("menu").wait_for()


def save_as(page: Any, name: str, *, is_shared: bool = False) -> None:
    open_menu(page)
    page.get_by_role("menuitem", name="Save as a new view…").click()
    page.get_by_label("Name", exact=True).fill(name)
    if is_shared:
        page.get_by_role("checkbox", name="Everybody in the project finds it").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("dialog").wait_for(state="detached")
    page.wait_for_url("**viewId=**")


def do(page: Any, deed: str, role: str = "menuitem") -> None:
    open_menu(page)
    page.get_by_role(role, name=deed).click()
    if role == "menuitemcheckbox":
        page.get_by_role(role, name=deed, checked=True, exact=True).wait_for()  # the server has it
        page.keyboard.press("Escape")


def name_shown(page: Any) -> str:
    shown: str = page.get_by_test_id("views").inner_text().strip()
    return shown


@pytest.fixture
def clean(page: Any) -> Iterator[Any]:
    """A page whose saved views are gone afterwards."""
    yield page
    page.goto(LIST)
    page.get_by_test_id("views").wait_for()
    page.evaluate(
        """async project => {
          const at = path => new URL(`api/ui/${path}`, document.baseURI);
          const { csrf } = await (await fetch(at('session'))).json();
          const headers = { 'X-Panope-Csrf': csrf };
          const { views } = await (await fetch(at(`projects/${project}/views`))).json();
          for (const { id } of views)
            await fetch(at(`projects/${project}/views/${id}`), { method: 'DELETE', headers });
        }""",
        PROJECT_ID,
    )


def test_a_view_is_saved_changed_updated_and_deleted(clean: Any) -> None:
    """Check 31."""
    page = clean
    page.goto(LIST)
    search(page, "name:checkout")
    wait_for_total(page, 10)
    save_as(page, "Checkouts")
    view_id = query_of(page)["viewId"]
    assert "q" not in query_of(page)
    assert name_shown(page) == "Checkouts"
    assert page.get_by_test_id("view-changed").count() == 0
    search(page, "name:support")
    page.get_by_test_id("view-changed").wait_for()
    page.reload()
    wait_for_total(page, 10)
    page.get_by_test_id("view-changed").wait_for()
    do(page, "Reset")
    page.get_by_test_id("view-changed").wait_for(state="detached")
    assert page.get_by_test_id("query-input").input_value() == "name:checkout"
    page.get_by_role("button", name="Clear the search").click()
    wait_for_total(page, 30)
    assert query_of(page)["viewId"] == view_id
    do(page, "Update Checkouts")
    page.get_by_test_id("view-changed").wait_for(state="detached")
    page.reload()
    wait_for_total(page, 30)
    do(page, "Rename…")
    page.get_by_label("Name", exact=True).fill("<b>All</b>")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_test_id("views").filter(has_text="<b>All</b>").wait_for()
    do(page, "Delete…")
    page.get_by_role("button", name="Delete the view", exact=True).click()
    page.get_by_test_id("views").filter(has_text="Views").wait_for()
    page.goto(f"{LIST}?viewId={view_id[0]}")
    page.get_by_text(f"saved view {view_id[0]}").wait_for()
    wait_for_total(page, 30)


def test_a_list_begins_with_a_default_and_a_link_overrules_it(clean: Any) -> None:
    """Check 31."""
    page = clean
    page.goto(f"{LIST}?q=name:routing")
    wait_for_total(page, 10)
    save_as(page, "Routing", is_shared=True)
    do(page, "Begin with it", "menuitemcheckbox")
    page.goto(LIST)
    wait_for_total(page, 10)
    assert name_shown(page) == "Routing"
    page.goto(f"{LIST}?q=name:checkout%20user:user-0")
    page.get_by_test_id("trace-row").first.wait_for()
    assert name_shown(page) == "Views"
    open_menu(page)
    page.get_by_role("menuitemradio", name="All traces").click()
    wait_for_total(page, 30)
    page.reload()
    wait_for_total(page, 30)


def test_the_columns_and_rows_of_a_view_are_its_own(clean: Any) -> None:
    """Check 30."""
    page = clean
    page.goto(LIST)
    page.get_by_test_id("trace-row").first.wait_for()
    page.get_by_test_id("columns").click()
    page.get_by_role("menuitemcheckbox", name="Cost").click()
    page.keyboard.press("Escape")
    page.get_by_role("columnheader", name="Cost").wait_for(state="detached")
    save_as(page, "Without cost")
    page.get_by_test_id("columns").click()
    page.get_by_role("menuitemcheckbox", name="Cost").click()
    page.keyboard.press("Escape")
    page.get_by_test_id("view-changed").wait_for()
    page.get_by_role("columnheader", name="Cost").wait_for()
    do(page, "Reset")
    page.get_by_role("columnheader", name="Cost").wait_for(state="detached")
    open_menu(page)
    page.get_by_role("menuitem", name="Copy its link").wait_for()
    page.keyboard.press("Escape")


def test_a_view_is_shared_by_its_link(clean: Any, chromium: Any, server: RunningServer) -> None:
    """Check 31."""
    page = clean
    page.goto(f"{LIST}?q=name:support")
    wait_for_total(page, 10)
    save_as(page, "Support")
    context = chromium.new_context(base_url=server.base_url)
    other = context.new_page()
    other.goto(page.url)
    other.get_by_label("E-mail").fill(EMAIL)
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_url("**viewId=**")
    wait_for_total(other, 10)
    assert rows(other).count() == 10
    context.close()


def test_a_query_that_is_too_long_for_an_address_gets_one(clean: Any) -> None:
    page = clean
    page.goto(LIST)
    wait_for_total(page, 30)
    text = f"name:checkout -user:({' OR '.join(f'someone-{at:04}' for at in range(300))})"
    search(page, text)
    page.wait_for_url("**viewId=**")
    wait_for_total(page, 10)
    assert "q" not in query_of(page)
    page.reload()
    wait_for_total(page, 10)
    assert page.get_by_test_id("query-input").input_value() == text
    page.go_back()
    wait_for_total(page, 30)


def test_a_view_that_is_updated_late_moves_nobody(clean: Any) -> None:
    page = clean
    page.goto(f"{LIST}?q=name:checkout")
    wait_for_total(page, 10)
    save_as(page, "Late")
    search(page, "name:routing")
    page.get_by_test_id("view-changed").wait_for()
    held: list[Any] = []
    page.route(
        re.compile("/views/"),
        lambda route: held.append(route) if route.request.method == "PATCH" else route.fallback(),
    )
    with page.expect_request(lambda request: request.method == "PATCH"):
        do(page, "Update Late")
    search(page, "name:support")
    page.wait_for_url(re.compile("q=name:support"))
    held[0].continue_()
    page.get_by_test_id("toast").filter(has_text="Late is as you see it").wait_for()
    assert query_of(page)["q"] == ["name:support"]
    assert page.get_by_test_id("query-input").input_value() == "name:support"
