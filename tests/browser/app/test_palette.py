"""The palette of commands, and keys that are switched off."""

from typing import Any

import pytest

from tests.browser.conftest import LIST
from tests.conformance.harness import Facts
from tests.support.server import PROJECT_ID


def open_palette(page: Any) -> Any:
    """Open it on a list that is there, and return its input."""
    page.get_by_test_id("trace-row").first.wait_for()
    page.keyboard.press("ControlOrMeta+k")
    field = page.get_by_test_id("palette-input")
    field.wait_for()
    return field


def items(page: Any) -> Any:
    return page.get_by_test_id("palette-item")


@pytest.mark.parametrize("address", ["{id}", "https://cloud.langfuse.com/project/of-others/traces/{id}?peek="])
def test_a_pasted_id_or_address_opens_its_trace(page: Any, sent: Facts, address: str) -> None:
    """Check 79."""
    page.goto(LIST)
    trace_id = sent["ids"][3]
    open_palette(page).fill(address.format(id=trace_id))
    items(page).filter(has_text=f"Open trace {trace_id}").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/project/{PROJECT_ID}/traces/{trace_id}")
    page.wait_for_function("id => (localStorage['panope.recent-objects'] ?? '').includes(id)", arg=trace_id)
    page.keyboard.press("ControlOrMeta+k")
    first = items(page).first
    first.wait_for()
    assert first.get_attribute("data-section") == "Opened lately"
    first.click()
    page.wait_for_url(f"**/traces/{trace_id}")


def test_every_page_is_reachable(page: Any) -> None:
    """Check 79."""
    page.goto(LIST)
    page.get_by_test_id("trace-row").first.wait_for()
    links = page.get_by_role("navigation", name="Project").get_by_role("listitem").get_by_role("link")
    pages = {link.get_attribute("aria-label"): link.get_attribute("href") for link in links.all()}
    assert "Traces" in pages
    for label, path in pages.items():
        page.keyboard.press("ControlOrMeta+k")
        page.get_by_test_id("palette-input").fill(label)
        items(page).and_(page.locator("[data-section=Pages]")).filter(has_text=label).first.click()
        page.wait_for_url(f"**{path}*")
        page.get_by_test_id("palette").wait_for(state="detached")


def test_every_page_of_the_settings_is_reachable(page: Any) -> None:
    """Check 79."""
    page.goto(f"/project/{PROJECT_ID}/settings/general")
    links = page.get_by_role("navigation", name="Settings").get_by_role("link")
    links.first.wait_for()
    pages = {link.inner_text(): link.get_attribute("href") for link in links.all()}
    assert len(pages) == 6
    for label, path in {**pages, "Account settings": "/account/settings"}.items():
        page.keyboard.press("ControlOrMeta+k")
        page.get_by_test_id("palette-input").fill(label)
        items(page).and_(page.locator("[data-section=Settings]")).filter(has_text=label).first.click()
        page.wait_for_url(f"**{path}")
        page.get_by_test_id("palette").wait_for(state="detached")


def test_words_are_searched_for_and_actions_run(page: Any) -> None:
    page.goto(LIST)
    open_palette(page).fill("name:checkout")
    page.keyboard.press("Enter")
    page.locator('[data-testid="count-total"][data-value="10"]').wait_for()
    assert page.get_by_test_id("query-input").input_value() == "name:checkout"
    open_palette(page).fill("hide the facets")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator('button[aria-pressed="false"]', has_text="Facets").wait_for()
    open_palette(page).press("Escape")
    page.get_by_test_id("palette").wait_for(state="detached")


def test_control_and_enter_open_a_new_tab(page: Any) -> None:
    page.goto(LIST)
    open_palette(page).fill("Observations")
    with page.context.expect_page() as opened:
        page.keyboard.press("ControlOrMeta+Enter")
    opened.value.close()
    assert page.url.endswith(LIST)


def test_the_focus_stays_within_and_comes_back(page: Any) -> None:
    page.goto(LIST)
    page.get_by_test_id("trace-row").first.wait_for()
    button = page.get_by_role("button", name="Find anything")
    button.focus()
    page.keyboard.press("Enter")
    page.get_by_test_id("palette-input").wait_for()
    assert page.evaluate("document.activeElement.dataset.testid") == "palette-input"
    first = page.get_by_test_id("palette-input").get_attribute("aria-activedescendant")
    page.keyboard.press("ArrowUp")
    assert page.get_by_test_id("palette-input").get_attribute("aria-activedescendant") != first
    page.keyboard.press("Escape")
    page.get_by_test_id("palette").wait_for(state="detached")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Find anything"


def test_keys_that_are_switched_off_do_nothing(page: Any) -> None:
    """Check 80."""
    page.goto(LIST)
    page.get_by_test_id("trace-row").first.wait_for()
    page.keyboard.press("?")
    page.get_by_role("checkbox", name="Keys without Ctrl or ⌘ work").uncheck()
    page.keyboard.press("Escape")
    before = page.url
    for key in ("j", "Enter", "?", "/", "g", "o", "[", "f", "l", "r", "x", "Shift+X", "."):
        page.keyboard.press(key)
    assert page.get_by_role("dialog").count() == 0
    assert page.locator("[data-testid=trace-row].bg-hover, [aria-selected=true]").count() == 0
    assert page.evaluate("document.activeElement.dataset.testid") != "query-input"
    assert page.url == before
    open_palette(page).press("Escape")
