"""What the search offers while one types."""

from typing import Any

from tests.browser.conftest import LIST
from tests.browser.test_list import query_of, search, wait_for_total


def options(page: Any) -> Any:
    return page.get_by_test_id("suggestions").get_by_role("option")


def test_a_query_is_written_from_fields_operators_and_values_that_exist(page: Any) -> None:
    page.goto(LIST)
    wait_for_total(page, 30)
    field = page.get_by_test_id("query-input")
    field.click()
    page.keyboard.type("us")
    options(page).first.wait_for()
    assert options(page).first.inner_text().startswith("user")
    page.keyboard.press("Tab")
    assert field.input_value() == "user:"
    page.keyboard.type("user-0")
    options(page).filter(has_text="user-0").wait_for()
    assert options(page).filter(has_text="user-0").inner_text().split() == ["user-0", "6"]
    page.keyboard.press("Tab")
    assert field.input_value() == "user:user-0 "
    page.keyboard.type("-la")
    page.keyboard.press("Tab")
    options(page).filter(has_text="more than").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("1h")
    page.keyboard.press("Enter")
    wait_for_total(page, 6)
    assert query_of(page)["q"] == ["user:user-0 -latency:>1h"]
    assert options(page).count() == 0


def test_escape_leaves_and_the_arrow_recalls_what_was_asked(page: Any) -> None:
    page.goto(LIST)
    search(page, "name:checkout")
    wait_for_total(page, 10)
    field = page.get_by_test_id("query-input")
    field.fill("name:checkout us")
    options(page).first.wait_for()
    page.keyboard.press("Escape")
    options(page).first.wait_for(state="detached")
    page.keyboard.press("Escape")
    assert field.input_value() == "name:checkout"
    assert page.evaluate("document.activeElement.dataset.testid") != "query-input"
    search(page, "")
    wait_for_total(page, 30)
    field.click()
    page.keyboard.press("ArrowUp")
    assert field.input_value() == "name:checkout"


def test_a_value_with_spaces_is_quoted_by_a_click(page: Any) -> None:
    page.goto(LIST)
    wait_for_total(page, 30)
    page.get_by_test_id("query-input").fill("has:")
    options(page).filter(has_text="session").click()
    assert page.get_by_test_id("query-input").input_value() == "has:session "
    page.keyboard.press("Enter")
    wait_for_total(page, 30)
