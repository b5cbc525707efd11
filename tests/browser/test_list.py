"""The list of traces, as somebody uses it."""

import csv
import io
import re
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.browser.conftest import LIST
from tests.browser.visits import shown
from tests.conformance.harness import Facts
from tests.support.server import PROJECT_ID, RunningServer


def rows(page: Any) -> Any:
    return page.get_by_test_id("trace-row")


def wait_for_total(page: Any, total: int) -> None:
    """Wait until so many rows match, and until those that fit are there."""
    page.locator(f'[data-testid="count-total"][data-value="{total}"][data-exact="true"]').wait_for()
    page.wait_for_function(
        "least => document.querySelectorAll('[data-testid=trace-row]').length >= least", arg=min(total, 15)
    )


def query_of(page: Any) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def search(page: Any, text: str) -> None:
    page.get_by_test_id("query-input").fill(text)
    page.get_by_test_id("query-input").press("Enter")


def test_the_list_shows_what_the_sdk_sent_newest_first(page: Any, server: RunningServer, sent: Facts) -> None:
    page.goto(LIST)
    wait_for_total(page, 30)
    shown = [row.get_attribute("data-id") for row in rows(page).all()]
    newest = server.request("GET", "/api/public/traces?limit=50")[1]["data"]
    assert shown == [row["id"] for row in newest][: len(shown)]
    assert set(shown) <= set(sent["ids"])
    assert "<script>alert(29)</script>" in rows(page).first.inner_text()


def test_a_query_narrows_the_list_and_stays_in_the_address(page: Any, server: RunningServer) -> None:
    page.goto(LIST)
    search(page, "name:=checkout user:user-0")
    expected = server.request("GET", "/api/public/traces?name=checkout&userId=user-0")[1]["data"]
    wait_for_total(page, len(expected))
    assert query_of(page)["q"] == ["name:=checkout user:user-0"]
    page.reload()
    wait_for_total(page, len(expected))
    assert {row.get_attribute("data-id") for row in rows(page).all()} == {row["id"] for row in expected}
    page.go_back()
    wait_for_total(page, 30)
    assert page.get_by_test_id("query-input").input_value() == ""


def test_a_query_that_cannot_be_read_is_marked_and_changes_nothing(page: Any) -> None:
    page.goto(f"{LIST}?q=name:checkout")
    wait_for_total(page, 10)
    complaint = page.get_by_test_id("query-error")
    with page.expect_response(lambda response: response.status == 400):
        search(page, "colour:red")
    complaint.wait_for()
    assert "There is no field colour" in complaint.inner_text()
    assert "The list still shows name:checkout" in complaint.inner_text()
    assert query_of(page)["q"] == ["name:checkout"]
    assert rows(page).count() == 10
    page.get_by_test_id("query-input").press("Escape")
    assert complaint.count() == 0


def test_a_row_opens_beside_the_list_survives_reloading_and_closes_by_going_back(page: Any, sent: Facts) -> None:
    page.goto(LIST)
    row = page.locator(f'[data-id="{sent["ids"][27]}"]')
    row.get_by_role("gridcell").nth(2).click()
    page.get_by_test_id("peek").wait_for()
    assert query_of(page)["peek"] == [sent["ids"][27]]
    page.reload()
    page.locator(f'[data-id="{sent["ids"][27]}"][aria-selected="true"]').wait_for()
    assert page.get_by_test_id("peek").get_attribute("data-id") == sent["ids"][27]
    page.keyboard.press("j")
    page.wait_for_url(f"**peek={sent['ids'][26]}**")
    page.go_back()
    page.get_by_test_id("peek").wait_for(state="detached")
    assert "peek" not in query_of(page)


def test_the_first_cell_is_a_link_to_the_page_of_the_trace(page: Any, sent: Facts) -> None:
    page.goto(f"{LIST}?q=id:{sent['ids'][3]}")
    wait_for_total(page, 1)
    rows(page).first.locator("[data-row-link]").click()
    page.wait_for_url(f"**{LIST}/{sent['ids'][3]}")
    page.go_back()
    wait_for_total(page, 1)


def test_a_facet_is_a_term_of_the_query(page: Any) -> None:
    page.goto(LIST)
    value = page.get_by_test_id("facet-name").locator('[data-testid="facet-value"][data-value="routing"]')
    assert value.inner_text().split() == ["routing", "10"]
    value.get_by_role("checkbox").check()
    wait_for_total(page, 10)
    assert query_of(page)["q"] == ["name:routing"]
    assert page.get_by_test_id("query-input").input_value() == "name:routing"
    value.get_by_role("checkbox").uncheck()
    wait_for_total(page, 30)


def test_quick_questions_are_terms_too(page: Any) -> None:
    page.goto(LIST)
    page.get_by_role("button", name="Errors").click()
    wait_for_total(page, 3)
    assert query_of(page)["q"] == ["level:ERROR"]
    page.get_by_role("button", name="Slowest 1 %").click()
    page.wait_for_url(re.compile("latency"))
    assert re.fullmatch(r"level:ERROR latency:>[\d.]+ms", query_of(page)["q"][0])


def test_a_link_that_langfuse_wrote_is_understood_and_rewritten(page: Any) -> None:
    clause = ";".join(["name", "stringOptions", "", "any of", quote("checkout|support", safe="")])
    page.goto(f"{LIST}?filter={quote(clause, safe='')}&dateRange=7d&orderBy=latency:desc&page=2")
    wait_for_total(page, 20)
    keys = query_of(page)
    assert (keys["q"], keys["dateRange"], "filter" in keys) == (["name:(checkout OR support)"], ["7d"], False)
    assert page.get_by_role("columnheader", name="Latency").get_attribute("aria-sort") == "descending"


def test_sorting_is_the_servers(page: Any) -> None:
    page.goto(LIST)
    wait_for_total(page, 30)
    page.get_by_role("columnheader", name="Tokens").get_by_role("button").click()
    page.wait_for_url("**orderBy=totalTokens-DESC**")
    cell = rows(page).first.get_by_text("139 → 10").or_(rows(page).first.get_by_text("129 → 10"))
    cell.wait_for()
    page.get_by_role("columnheader", name="Tokens").get_by_role("button").click()
    rows(page).first.get_by_text("100 → 10").wait_for()


def test_the_levels_share_the_question(page: Any) -> None:
    page.goto(f"{LIST}?q=level:ERROR")
    page.get_by_role("link", name="Observations").click()
    page.wait_for_url(f"**/project/{PROJECT_ID}/observations?**")
    assert query_of(page)["q"] == ["level:ERROR"]
    page.get_by_test_id("observation-row").first.wait_for()
    assert page.get_by_test_id("observation-row").count() == 3


def test_nothing_that_matches_says_what_to_do(page: Any) -> None:
    page.goto(f"{LIST}?q=name:nothing")
    page.get_by_role("heading", name="No traces match").wait_for()
    page.get_by_role("button", name="Remove name:nothing").click()
    wait_for_total(page, 30)


@pytest.mark.parametrize("width", [320, 700, 1440])
def test_the_page_fits_every_width(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(LIST)
    wait_for_total(page, 30)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_matches_is_saved_as_a_file(page: Any) -> None:
    page.goto(f"{LIST}?q=level:ERROR&orderBy=totalTokens-ASC")
    wait_for_total(page, 3)
    page.get_by_test_id("export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="CSV").first.click()
    lines = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))
    assert [line["totalTokens"] for line in lines] == ["110", "120", "130"]
    assert {"id", "timestampUs", "name", "inputPreview", "latencyUs", "cost"} <= lines[0].keys()


def test_the_menu_of_a_cell_asks_for_its_value_or_without_it(page: Any) -> None:
    page.goto(LIST)
    wait_for_total(page, 30)
    cell = rows(page).first.locator('[data-column="name"]')
    name = cell.inner_text().strip()
    cell.click(button="right")
    page.get_by_role("menuitem", name=f"Without name {name}").click()
    wait_for_total(page, 20)
    assert query_of(page)["q"] == [f"-name:{name}"]
    page.keyboard.press("j")
    page.keyboard.press(".")
    page.get_by_role("menuitem", name="Only name").click()
    wait_for_total(page, 10)


def test_dragging_over_the_bars_looks_at_that_time_and_back_returns(page: Any) -> None:
    page.goto(f"{LIST}?dateRange=6h")
    wait_for_total(page, 30)
    box = page.get_by_test_id("histogram").get_by_role("img").bounding_box()
    page.mouse.move(box["x"] + 1, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20, steps=4)
    shown(page)
    page.mouse.up()
    page.get_by_role("heading", name="No traces match").wait_for()
    assert re.fullmatch(r"\d{13}-\d{13}", query_of(page)["dateRange"][0])
    page.go_back()
    wait_for_total(page, 30)
    assert query_of(page)["dateRange"] == ["6h"]


def test_a_time_is_written_as_people_write_it(page: Any) -> None:
    page.goto(LIST)
    wait_for_total(page, 30)
    page.keyboard.press("t")
    page.get_by_label("From").fill("soon")
    page.get_by_role("button", name="Apply").last.click()
    page.get_by_role("alert").get_by_text("Write -3h").wait_for()
    page.get_by_label("From").fill("-12h")
    page.get_by_role("button", name="Apply").last.click()
    page.wait_for_url("**dateRange=*-*")
    wait_for_total(page, 30)


def test_columns_and_heights_of_rows_stay_as_they_were_chosen(page: Any) -> None:
    page.goto(LIST)
    wait_for_total(page, 30)
    page.get_by_test_id("columns").click()
    page.get_by_role("menuitemcheckbox", name="Environment").click()
    page.get_by_role("menuitemcheckbox", name="Input").click()
    page.keyboard.press("Escape")
    page.get_by_test_id("density").click()
    page.get_by_role("menuitemradio", name="3 lines").click()
    page.reload()
    rows(page).first.wait_for()
    names = page.get_by_role("columnheader").all_inner_texts()
    assert ("Environment" in names, "Input" in names, "Output" in names) == (True, False, True)
    assert rows(page).first.bounding_box()["height"] == 64


def test_on_a_narrow_screen_the_facets_are_a_sheet(page: Any) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    page.goto(LIST)
    wait_for_total(page, 30)
    page.get_by_role("button", name="Facets").click()
    sheet = page.get_by_role("dialog", name="Facets")
    sheet.locator('[data-testid="facet-value"][data-value="routing"]').get_by_role("checkbox").check()
    page.keyboard.press("Escape")
    sheet.wait_for(state="detached")
    wait_for_total(page, 10)
