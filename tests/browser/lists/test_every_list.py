"""What holds of each list: copied addresses, Back, order, facets, failures."""

import json
import re
from typing import Any
from urllib.parse import quote

import pytest

from tests.browser.rows import wait_for_rows
from tests.browser.servers import BELOW
from tests.browser.test_accessibility import AXE, broken_rules
from tests.conformance.harness import Facts
from tests.support.server import PROJECT_ID, RunningServer

P = f"/project/{PROJECT_ID}"
LANE = f"{BELOW}/api/ui/projects/{PROJECT_ID}"
NOUNS = {"sessions": "session", "users": "user", "scores": "score"}
QUERIES = {"sessions": "traces:>1", "users": "user:*n*", "scores": "name:=helpful"}
SORTED = {"sessions": "cost-ASC", "users": "traceCount-ASC", "scores": "name-ASC"}


def shown(page: Any, level: str) -> list[str]:
    """Ids of the rows, in their order, once there are any."""
    rows = page.get_by_test_id(f"{NOUNS[level]}-row")
    rows.first.wait_for()
    page.wait_for_load_state("networkidle")
    tops: list[tuple[float, str]] = rows.evaluate_all(
        "rows => rows.map(row => [row.getBoundingClientRect().top, row.dataset.id])"
    )
    return [row_id for _, row_id in sorted(tops)]


def ask(page: Any, path: str) -> Any:
    """The lane's answer, with the page's cookies."""
    return json.loads(page.request.get(f"{LANE}{path}").text())


@pytest.mark.parametrize("level", NOUNS)
def test_a_copied_address_shows_the_same_rows_elsewhere(
    page: Any, chromium: Any, server: RunningServer, signed_in: Any, level: str
) -> None:
    """Check 8."""
    page.goto(f"{P}/{level}?q={quote(QUERIES[level])}&orderBy={SORTED[level]}&dateRange=7d")
    rows = shown(page, level)
    page.reload()
    assert shown(page, level) == rows
    context = chromium.new_context(storage_state=signed_in)
    other = context.new_page()
    other.goto(page.url)
    assert shown(other, level) == rows
    assert other.url == page.url
    context.close()
    assert server.base_url in page.url


@pytest.mark.parametrize("level", NOUNS)
def test_going_back_undoes_one_thing_at_a_time(page: Any, level: str) -> None:
    """Check 9."""
    page.goto(f"{P}/{level}")
    whole = shown(page, level)
    page.get_by_test_id("query-input").fill(QUERIES[level])
    page.get_by_test_id("query-input").press("Enter")
    page.wait_for_url(re.compile("[?&]q="))
    narrowed = shown(page, level)
    label = {"sessions": "Cost", "users": "Traces", "scores": "Name"}[level]
    page.get_by_role("columnheader", name=label).first.get_by_role("button").click()
    page.wait_for_url(re.compile("orderBy="))
    shown(page, level)
    page.go_back()
    page.wait_for_url(lambda url: "orderBy=" not in url)
    assert shown(page, level) == narrowed
    page.go_back()
    page.wait_for_url(lambda url: "q=" not in url)
    assert shown(page, level) == whole
    page.go_forward()
    page.wait_for_url(re.compile("[?&]q="))
    assert shown(page, level) == narrowed


@pytest.mark.parametrize("level", NOUNS)
def test_every_order_is_the_servers(page: Any, level: str) -> None:
    """Check 26."""
    page.goto(f"{P}/{level}")
    shown(page, level)
    headers = page.get_by_role("columnheader").filter(has=page.get_by_role("button"))
    for at in range(headers.count()):
        header = headers.nth(at)
        for _ in range(2):
            before = header.get_attribute("aria-sort")
            header.get_by_role("button").click()
            page.wait_for_function(
                "([at, before]) => ![before, null].includes([...document.querySelectorAll('[role=columnheader]')]"
                ".filter(one => one.querySelector('button'))[at].getAttribute('aria-sort'))",
                arg=[at, before],
            )
            order = re.search("orderBy=([^&]+)", page.url)
            direction = f"orderBy={order.group(1)}" if order else ""
            listed = [row["id"] for row in ask(page, f"/{level}?{direction}")["rows"]]
            wait_for_rows(page, f"{NOUNS[level]}-row", listed)


@pytest.mark.parametrize(("level", "field", "key"), [("sessions", "env", "environment"), ("scores", "name", "name")])
def test_facets_count_what_the_list_holds(page: Any, level: str, field: str, key: str) -> None:
    """Check 27."""
    page.goto(f"{P}/{level}?dateRange=7d")
    shown(page, level)
    counted: dict[str, int] = {}
    since = "from=" + re.sub(r"\D", "", str(page.evaluate("(Date.now() - 7 * 86400000) * 1000")))
    for row in ask(page, f"/{level}?limit=500&{since}")["rows"]:
        counted[row[key]] = counted.get(row[key], 0) + 1
    for value, count in counted.items():
        line = page.get_by_test_id(f"facet-{field}").get_by_role("listitem").filter(has_text=value).first
        line.wait_for()
        assert line.inner_text().split()[-1] == str(count)


@pytest.mark.parametrize("level", NOUNS)
@pytest.mark.parametrize(("status", "title"), [(403, "You may not see"), (422, "Too much"), (429, "Too many")])
def test_a_failure_is_told_in_place_and_goes_away(page: Any, level: str, status: int, title: str) -> None:
    """Check 22."""
    pattern = re.compile(f"{LANE}/{level}\\?")
    body = json.dumps({"message": "told by a test", "error": "test_error"})
    page.route(pattern, lambda route: route.fulfill(status=status, body=body, content_type="application/json"))
    page.goto(f"{P}/{level}")
    alert = page.get_by_role("alert").filter(has_text=title)
    alert.wait_for()
    assert "told by a test" in alert.inner_text()
    page.unroute(pattern)
    alert.get_by_role("button", name="Try again").click()
    assert shown(page, level)


@pytest.mark.parametrize("level", NOUNS)
def test_an_empty_list_says_why(page: Any, level: str, sent: Facts) -> None:
    """Check 22."""
    assert sent
    page.goto(f"{P}/{level}?q=name:=nothing")
    page.get_by_text(f"No {level} match").wait_for()
    page.get_by_role("button", name="Remove name:=nothing").click()
    assert shown(page, level)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("view", ["scores", "score beside", "session", "user"])
def test_no_rule_is_broken(page: Any, view: str, theme: str, sent: Facts) -> None:
    """Check 23, where there are scores, errors and odd ids."""
    if not AXE.is_file():
        pytest.skip("the packages of web/ are not installed: run `make web`")
    score = f"peek=x&traceId={sent['other']}&traceTab=scores"
    path = {
        "scores": "scores",
        "score beside": f"scores?{score}",
        "session": f"sessions/{quote(sent['chat'], safe='')}",
        "user": f"users/{quote(sent['person'], safe='')}",
    }[view]
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.goto(f"{P}/{path}")
    page.wait_for_load_state("networkidle")
    told = broken_rules(page)
    assert not told, "\n".join(told)
