"""The list of scores."""

import csv
import io
import json
from typing import Any

from tests.conformance.harness import Facts
from tests.support.server import PROJECT_ID

SCORES = f"/project/{PROJECT_ID}/scores"


def total(page: Any, count: int) -> None:
    page.locator(f'[data-testid="count-total"][data-value="{count}"]').wait_for()


def row_of(page: Any, name: str) -> Any:
    return page.get_by_test_id("score-row").filter(has_text=name)


def test_scores_of_every_kind_say_what_they_are_about(page: Any, sent: Facts) -> None:
    page.goto(SCORES)
    total(page, 6)
    solved, tone = row_of(page, "solved"), row_of(page, "tone")
    assert solved.locator('[data-column="value"]').inner_text() == "0.25"
    assert sent["chat"] in solved.locator('[data-column="target"]').inner_text()
    assert tone.locator('[data-column="value"]').inner_text() == "polite"
    assert tone.locator('[data-column="comment"]').inner_text() == "well said"
    assert row_of(page, "helpful").filter(has_text="false").count() == 1


def test_scores_are_narrowed_by_facet_by_query_and_by_a_press(page: Any) -> None:
    page.goto(SCORES)
    total(page, 6)
    page.get_by_test_id("facet-name").get_by_text("helpful").click()
    total(page, 4)
    page.get_by_test_id("query-input").fill("name:=helpful value:false")
    page.get_by_test_id("query-input").press("Enter")
    total(page, 1)
    page.go_back()
    total(page, 4)
    page.goto(SCORES)
    page.get_by_role("button", name="With comment").click()
    total(page, 2)


def test_a_score_opens_the_scores_of_its_trace_beside_the_list(page: Any, sent: Facts) -> None:
    page.goto(SCORES)
    total(page, 6)
    row_of(page, "tone").locator('[data-column="comment"]').click()
    peek = page.get_by_test_id("peek")
    peek.get_by_test_id("score-row").filter(has_text="tone").wait_for()
    assert peek.get_attribute("data-id") == sent["other"]
    page.reload()
    peek.get_by_test_id("score-row").filter(has_text="tone").wait_for()
    page.keyboard.press("Escape")
    peek.wait_for(state="detached")
    row_of(page, "solved").locator('[data-column="comment"]').click()
    page.get_by_test_id("turn").first.wait_for()
    assert "/sessions/" in page.url


def test_scores_are_exported_with_the_columns_that_are_shown(page: Any) -> None:
    page.goto(f"{SCORES}?q=name:=tone")
    total(page, 1)
    page.get_by_test_id("export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="CSV").first.click()
    [row] = csv.DictReader(io.StringIO(download.value.path().read_text()))
    assert (row["name"], row["stringValue"], row["comment"]) == ("tone", "polite", "well said")
    assert "traceName" in row


def test_scores_are_exported_as_one_array(page: Any) -> None:
    """Check 34."""
    page.goto(f"{SCORES}?q=name:=helpful")
    total(page, 4)
    page.get_by_test_id("export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="JSON", exact=True).click()
    assert download.value.suggested_filename == "scores.json"
    found = json.loads(download.value.path().read_text())
    assert [one["name"] for one in found] == ["helpful"] * 4
    assert {one["id"] for one in found} == {
        row.get_attribute("data-id") for row in page.get_by_test_id("score-row").all()
    }


def test_nothing_matches_is_told(page: Any) -> None:
    page.goto(f"{SCORES}?q=name:=nothing")
    page.get_by_text("No scores match").wait_for()
