"""Many rows: scrolled through, selected, deleted."""

from collections.abc import Iterator
from time import monotonic, sleep
from typing import Any

import pytest

from tests.browser.conftest import LIST
from tests.browser.rows import met_by_scrolling
from tests.browser.servers import VIEWER, Servers
from tests.browser.test_list import wait_for_total
from tests.browser.visits import Visits, sign_in
from tests.conformance.harness import Facts, run_python
from tests.support.server import RunningServer

AMOUNT = 5_000


def send(server: RunningServer, group: str, amount: int) -> Facts:
    return run_python("langfuse-5", "browsed/many", server, group, {"AMOUNT": str(amount), "GROUP": group})


@pytest.fixture(scope="module")
def crowded(servers: Servers) -> Iterator[tuple[RunningServer, Facts]]:
    """A server of its own with many traces: what goes here nobody else misses."""
    with servers.open("crowded", people={VIEWER: "viewer"}) as started:
        yield started, send(started, "many", AMOUNT)


@pytest.fixture
def page(visits: Visits, crowded: tuple[RunningServer, Facts]) -> Iterator[Any]:
    with visits.page(crowded[0]) as opened:
        yield opened


def boxes(page: Any) -> Any:
    return page.get_by_test_id("trace-row").get_by_test_id("select")


def bar(page: Any) -> Any:
    return page.get_by_test_id("bulk-bar")


def public_total(server: RunningServer, **query: str) -> int:
    text = "&".join(f"{name}={value}" for name, value in query.items())
    total: int = server.request("GET", f"/api/public/traces?limit=1&{text}")[1]["meta"]["totalItems"]
    return total


def test_scrolling_meets_every_row_once_while_others_arrive(page: Any, crowded: tuple[RunningServer, Facts]) -> None:
    """Check 25."""
    server, sent = crowded
    page.goto(f"{LIST}?q=user:(many-0 OR many-1 OR many-2 OR many-3 OR many-4)")
    page.locator(f'[data-testid="count-total"][data-value="{AMOUNT}"]').wait_for()
    send(server, "late", 100)
    met = met_by_scrolling(page, AMOUNT)
    assert len(met) == AMOUNT
    assert len(set(met)) == AMOUNT
    assert set(met) == set(sent["ids"])


def test_rows_are_selected_by_keys_and_ranges(page: Any) -> None:
    page.goto(LIST)
    boxes(page).nth(1).click()
    boxes(page).nth(4).click(modifiers=["Shift"])
    bar(page).get_by_text("4 selected").wait_for()
    for key in ("j", "x", "j", "j", "Shift+X"):
        page.keyboard.press(key)
    bar(page).get_by_text("5 selected").wait_for()
    page.get_by_role("columnheader").get_by_test_id("select").click()
    bar(page).get_by_text("100 selected").wait_for()
    page.keyboard.press("Escape")
    bar(page).wait_for(state="detached")


def test_a_few_are_deleted_after_a_while_and_come_back_until_then(
    page: Any, crowded: tuple[RunningServer, Facts]
) -> None:
    server, _ = crowded
    page.goto(f"{LIST}?q=name:many-9")
    page.get_by_test_id("trace-row").first.wait_for()
    first, second = (page.get_by_test_id("trace-row").nth(at).get_attribute("data-id") for at in (0, 1))
    boxes(page).nth(0).click()
    bar(page).get_by_role("button", name="Delete").click()
    page.locator(f'[data-id="{first}"]').wait_for(state="detached")
    page.get_by_role("button", name="Undo").click()
    page.locator(f'[data-id="{first}"]').wait_for()
    assert server.request("GET", f"/api/public/traces/{first}")[0] == 200
    boxes(page).nth(1).click()
    bar(page).get_by_role("button", name="Delete").click()
    page.goto(f"{LIST}?q=name:many-8")  # leaving ends the time to undo
    until = monotonic() + 20
    while server.request("GET", f"/api/public/traces/{second}")[0] != 404:
        assert monotonic() < until
        sleep(0.1)
    assert server.request("GET", f"/api/public/traces/{first}")[0] == 200


def test_all_that_match_are_deleted_in_the_background(page: Any, crowded: tuple[RunningServer, Facts]) -> None:
    """Check 32."""
    server, _ = crowded
    amount = public_total(server, userId="many-1")
    assert amount == AMOUNT // 5
    page.goto(f"{LIST}?q=user:many-1")
    wait_for_total(page, amount)
    page.get_by_role("columnheader").get_by_test_id("select").click()
    bar(page).get_by_role("button", name="that match").click()
    bar(page).get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog", name="Delete traces")
    dialog.get_by_role("textbox").fill("999")
    dialog.get_by_role("button", name="traces").click()
    dialog.get_by_role("alert").wait_for()
    dialog.get_by_role("textbox").fill(str(amount))
    dialog.get_by_role("button", name="traces").click()
    dialog.wait_for(state="detached")
    page.get_by_test_id("bell").click()
    page.locator('[data-testid="background-work"][data-state="done"]').first.wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("heading", name="No traces match").wait_for()
    assert public_total(server, userId="many-1") == 0
    assert public_total(server, userId="many-2") == amount
    send(server, "many", 5)
    assert public_total(server, userId="many-1") == 1


@pytest.fixture
def viewer(visits: Visits, crowded: tuple[RunningServer, Facts]) -> Iterator[Any]:
    """A page of somebody who may only look."""
    with visits.page(crowded[0], VIEWER) as opened:
        yield opened


def test_a_viewer_sees_why_nothing_can_be_deleted(viewer: Any) -> None:
    page = viewer
    page.goto(LIST)
    boxes(page).first.click()
    button = bar(page).get_by_role("button", name="Delete")
    assert button.get_attribute("aria-disabled") == "true"
    button.hover()
    page.get_by_role("tooltip").get_by_text("needs the role member").wait_for()


def test_who_signs_out_has_deleted_what_they_deleted(chromium: Any, crowded: tuple[RunningServer, Facts]) -> None:
    server, _ = crowded
    context = chromium.new_context(base_url=server.base_url)  # of its own: this session ends
    page = context.new_page()
    page.goto("/auth/sign-in")
    sign_in(page)
    page.wait_for_url("**/project/**")
    page.goto(f"{LIST}?q=name:many-7")
    gone = page.get_by_test_id("trace-row").first.get_attribute("data-id")
    boxes(page).nth(0).click()
    bar(page).get_by_role("button", name="Delete").click()
    page.locator(f'[data-id="{gone}"]').wait_for(state="detached")
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.wait_for_url("**/auth/sign-in**")
    assert server.request("GET", f"/api/public/traces/{gone}")[0] == 404
    context.close()
