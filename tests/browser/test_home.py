"""The home page of a project, against what the public API answers; and time zones on every page."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.browser.conftest import LIST
from tests.browser.servers import Servers
from tests.browser.visits import Visits, shown
from tests.conformance.harness import Facts, run_python
from tests.support.server import PROJECT_ID, RunningServer

HOME = f"/project/{PROJECT_ID}"
IDLE_MS = 60_000
LEVELS = ("traces", "observations", "sessions", "users", "scores")
BERLIN = "Europe/Berlin"
DAY_FROM, DAY_UNTIL = datetime(2024, 10, 26, 22, tzinfo=UTC), datetime(2024, 10, 27, 23, tzinfo=UTC)
"""2024-10-27 in Berlin, which had 25 hours."""


@pytest.fixture(scope="module")
def busy(servers: Servers) -> Iterator[RunningServer]:
    """A server of its own: what other tests send would change the sums."""
    with servers.open("home") as started:
        yield started


@pytest.fixture(scope="module")
def told(busy: RunningServer) -> Facts:
    """What an SDK sent, and one trace in each hour of a day with 25."""
    facts = run_python("langfuse-5", "browsed/operations", busy, "operations")
    hours = [DAY_FROM + timedelta(hours=hour, minutes=30) for hour in range(25)]
    batch = [
        {
            "id": f"event-{number}",
            "type": "trace-create",
            "timestamp": hour.isoformat(),
            "body": {"id": f"hour-{number}", "timestamp": hour.isoformat(), "name": "night shift"},
        }
        for number, hour in enumerate(hours)
    ]
    assert busy.request("POST", "/api/public/ingestion", {"batch": batch})[0] == 207
    return facts


@pytest.fixture
def desk(visits: Visits, busy: RunningServer, told: Facts) -> Iterator[Any]:
    """A page of somebody who is signed in there."""
    assert told
    with visits.page(busy, timezone_id="UTC") as page:
        yield page


def widget(page: Any, title: str, state: str = "ready") -> Any:
    """A widget once it has come to a state; it is scrolled to, as it loads when it is near."""
    found = page.locator(f'[data-testid="widget"][data-widget="{title}"]')
    found.scroll_into_view_if_needed()
    page.locator(f'[data-testid="widget"][data-widget="{title}"][data-state="{state}"]').wait_for()
    return found


def marks(found: Any) -> list[dict[str, Any]]:
    """Marks with their series, moment and value."""
    read: list[dict[str, Any]] = found.get_by_test_id("chart-mark").evaluate_all(
        "all => all.map(mark => ({...mark.dataset}))"
    )
    return read


def wait_for_total(page: Any, total: int) -> None:
    page.locator(f'[data-testid="count-total"][data-value="{total}"][data-exact="true"]').wait_for()


def metrics(server: RunningServer, version: str = "/v2", **query: Any) -> list[dict[str, Any]]:
    """The answer of the public API about the last day."""
    now = datetime.now(UTC)
    asked = {
        "fromTimestamp": (now - timedelta(days=1)).isoformat(),
        "toTimestamp": (now + timedelta(minutes=5)).isoformat(),
        **query,
        "metrics": [dict(zip(("aggregation", "measure"), one.split(), strict=True)) for one in query["metrics"]],
        "dimensions": [{"field": field} for field in query.get("dimensions", [])],
    }
    status, body = server.request("GET", f"/api/public{version}/metrics?query={quote(json.dumps(asked))}")
    assert status == 200, body
    return list(body["data"])


def test_67_the_numbers_are_those_of_the_metrics_api(desk: Any, busy: RunningServer, told: Facts) -> None:
    """Check 67."""
    desk.goto(HOME)
    cost = widget(desk, "Cost by model").get_by_role("list", name="Cost by model, the dearest first")
    shown = {one["series"]: one.get("value") for one in marks(cost)}
    rows = metrics(busy, view="observations", dimensions=["providedModelName"], metrics=["sum totalCost"])
    expected = {row["providedModelName"]: row["sum_totalCost"] for row in rows if row["providedModelName"]}
    assert set(shown) == set(expected) == set(told["models"])
    for model, value in shown.items():
        if model == "nobody-knows-its-price":
            assert value is None
        else:
            assert float(value) == pytest.approx(expected[model])
            assert float(value) > 0

    latencies = widget(desk, "Latency by trace name").get_by_test_id("latency-row")
    quantiles = ["p50 latency", "p95 latency", "p99 latency"]
    rows = metrics(busy, "", view="traces", dimensions=["name"], metrics=["count count", *quantiles])
    for row in rows:
        cells = latencies.and_(desk.locator(f'[data-series="{row["name"]}"]')).locator("td[data-value]")
        found = [float(cell.get_attribute("data-value")) for cell in cells.all()]
        assert found == pytest.approx([row["p50_latency"], row["p95_latency"], row["p99_latency"]])
    assert latencies.count() == len(rows) == 3

    agents = {one["series"]: int(one["value"]) for one in marks(widget(desk, "Traces by agent"))}
    assert agents == told["agents"]

    trends = widget(desk, "Evaluation trends").get_by_test_id("score-trend")
    rows = metrics(busy, view="scores-numeric", dimensions=["name"], metrics=["avg value", "count count"])
    assert trends.count() == len(rows) == 2
    for row in rows:
        trend = trends.and_(desk.locator(f'[data-series="{row["name"]}"]'))
        mean = trend.locator("[data-value]").first.get_attribute("data-value")
        assert float(mean) == pytest.approx(row["avg_value"])
        assert f"n {row['count_count']}" in trend.inner_text()
    trends.first.get_by_role("link", name="n 24").click()
    desk.wait_for_url(f"**{HOME}/scores?**")
    wait_for_total(desk, 24)


@pytest.mark.parametrize("way", ["Tag", "Agent observation", "Trace name"])
def test_agents_are_told_apart_by_what_is_chosen(desk: Any, way: str) -> None:
    desk.goto(HOME)
    widget(desk, "Traces by agent")
    desk.get_by_test_id("agent-dimension").click()
    desk.get_by_role("menuitemradio", name=way).click()
    desk.reload()
    found = widget(desk, "Traces by agent")
    assert desk.get_by_test_id("agent-dimension").inner_text() == way
    shown = marks(found)
    expected = {"Tag": {"all", "odd"}, "Trace name": {"checkout", "support", "routing"}}
    names = {one["series"] for one in shown}
    assert names == expected.get(way, {"planner at work", "writer at work", "<b>critic</b> at work"})
    found.get_by_test_id("chart-mark").first.click()
    wait_for_total(desk, int(shown[0]["value"]))


def test_68_a_mark_opens_its_rows(desk: Any) -> None:
    """Check 68."""
    for series in ("without errors", "with errors"):
        desk.goto(f"{HOME}?dateRange=1h")
        found = widget(desk, "Traces and errors")
        at = f'[data-testid="chart-mark"][data-series="{series}"]:not([data-value="0"])'
        mark = found.locator(at).last
        mark.wait_for()
        value = int(mark.get_attribute("data-value"))
        mark.click()
        desk.wait_for_url(f"**{LIST}?**")
        wait_for_total(desk, value)
    desk.go_back()
    found = widget(desk, "Cost by model")
    found.get_by_role("list").get_by_test_id("chart-mark").first.click()
    desk.wait_for_url(f"**{HOME}/observations?**")
    wait_for_total(desk, 8)
    assert re.fullmatch("model:=gpt-4o", parse_qs(urlsplit(desk.url).query)["q"][0])


def test_figures_and_rows_are_links_too(desk: Any) -> None:
    desk.goto(f"{HOME}?dateRange=1h")
    figure = widget(desk, "Traces and errors").get_by_test_id("figure")
    assert [one.get_attribute("data-value") for one in figure.all()][:2] == ["24", "3"]
    figure.nth(1).click()
    wait_for_total(desk, 3)
    desk.go_back()
    errors = widget(desk, "Recent errors").get_by_test_id("recent-error")
    assert errors.count() == 3
    assert "no answer 16" in errors.first.inner_text()
    errors.first.click()
    desk.wait_for_url(f"**{LIST}/*?observation=*")


def test_70_a_widget_fails_alone_and_dragging_changes_the_time_of_all(desk: Any) -> None:
    """Check 70."""

    def fail(route: Any) -> None:
        if "scores-numeric" in (route.request.post_data or ""):
            route.fulfill(status=500, json={"message": "out of order", "error": "broken"})
        else:
            route.continue_()

    desk.route("**/metrics", fail)
    desk.goto(f"{HOME}?dateRange=1h")
    failed = widget(desk, "Evaluation trends", "error")
    assert "out of order" in failed.inner_text()
    for title in ("Cost by model", "Traces and errors", "Tokens", "Latency by trace name", "Slowest traces"):
        widget(desk, title)
    desk.unroute("**/metrics")
    failed.get_by_role("button", name="Try again").click()
    widget(desk, "Evaluation trends")

    box = widget(desk, "Traces and errors").get_by_role("img").first.bounding_box()
    desk.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    desk.mouse.down()
    desk.mouse.move(box["x"] + box["width"] - 2, box["y"] + 40, steps=4)
    shown(desk)
    desk.mouse.up()
    desk.wait_for_url(re.compile(r"dateRange=\d{13}-\d{13}"))
    low, high = map(int, parse_qs(urlsplit(desk.url).query)["dateRange"][0].split("-"))
    assert 25 * 60_000 < high - low < 35 * 60_000
    for title in ("Cost by model", "Tokens"):
        moments = {int(one["x"]) for one in marks(widget(desk, title)) if "x" in one}
        assert min(moments) >= low * 1000 - 60_000_000
        assert max(moments) < high * 1000
    desk.go_back()
    widget(desk, "Traces and errors")
    assert parse_qs(urlsplit(desk.url).query)["dateRange"] == ["1h"]


def test_71_sums_are_zero_and_averages_are_gaps_where_nothing_was(desk: Any) -> None:
    """Check 71."""
    desk.goto(f"{HOME}?dateRange=1h")
    tokens = [one for one in marks(widget(desk, "Tokens")) if one["series"] == "input"]
    assert len(tokens) in {60, 61}
    assert sum(int(one["value"]) for one in tokens) == sum(100 + number for number in range(24))
    assert sum(one["value"] == "0" for one in tokens) > 50
    rates = [one for one in marks(widget(desk, "Traces and errors")) if one["series"] == "error rate"]
    assert 1 <= len(rates) < 10
    assert tokens[-1]["unfinished"] == "true"
    assert not any("unfinished" in one for one in tokens[:-1])
    last = widget(desk, "Traces and errors").locator('[data-unfinished="true"]').first
    assert last.get_attribute("stroke-dasharray")


def test_each_chart_is_a_table_too(desk: Any) -> None:
    desk.goto(f"{HOME}?dateRange=1h")
    for title in ("Cost by model", "Traces and errors", "Tokens", "Evaluation trends"):
        found = widget(desk, title)
        assert found.get_by_role("img").first.get_attribute("aria-label").startswith((title, "Mean of"))
        found.get_by_role("button", name="As a table").click()
        found.get_by_role("table").wait_for()
    table = widget(desk, "Traces and errors")
    cell = table.get_by_role("cell").get_by_text("3", exact=True).or_(table.get_by_role("cell").get_by_text("1"))
    cell.first.wait_for()


def day_marks(page: Any) -> list[int]:
    """Starts of the hours of the day, in the chart of traces."""
    found = [one for one in marks(widget(page, "Traces and errors")) if one["series"] == "without errors"]
    assert all(one["value"] == "1" for one in found)
    return [int(one["x"]) for one in found]


def test_40_the_zone_changes_times_and_days_everywhere(desk: Any) -> None:
    """Check 40."""
    low, high = (int(moment.timestamp() * 1000) for moment in (DAY_FROM, DAY_UNTIL))
    address = f"{HOME}?dateRange={low}-{high}"
    desk.goto(address)
    widget(desk, "Traces and errors")
    assert "2024-10-26 22:00:00" in desk.get_by_test_id("time-range").inner_text()
    desk.get_by_test_id("time-range").click()
    desk.get_by_test_id("zone").fill(BERLIN)
    desk.keyboard.press("Escape")
    assert "2024-10-27 00:00:00 – 2024-10-28 00:00:00" in desk.get_by_test_id("time-range").inner_text()
    assert re.fullmatch(r"UTC\+[12]", desk.get_by_test_id("zone-name").inner_text())
    assert desk.url.endswith(address)
    hours = day_marks(desk)
    assert len(hours) == 25
    assert hours == [low * 1000 + hour * 3_600_000_000 for hour in range(25)]

    desk.goto(f"{LIST}?dateRange={low}-{high}")
    wait_for_total(desk, 25)
    assert "2024-10-27 23:30:00" in desk.get_by_test_id("trace-row").first.inner_text()
    assert "UTC+" in desk.get_by_role("columnheader", name="Time").inner_text()
    desk.get_by_test_id("histogram").get_by_test_id("chart-mark").first.wait_for(state="attached")
    counts = [int(one["value"]) for one in marks(desk.get_by_test_id("histogram"))]
    assert sum(counts) == 25

    week = f"{low - 3 * 86_400_000}-{high + 30 * 86_400_000}"
    desk.goto(f"{HOME}?dateRange={week}")
    days = [one for one in marks(widget(desk, "Traces and errors")) if one["series"] == "without errors"]
    assert {int(one["x"]): one["value"] for one in days}[low * 1000] == "25"
    desk.goto(f"{HOME}?dateRange={week}&tz=America/New_York")
    days = [one for one in marks(widget(desk, "Traces and errors")) if one["series"] == "without errors"]
    assert sorted(int(one["value"]) for one in days)[-2:] == [6, 19]
    desk.goto(f"{LIST}?dateRange={low}-{high}")
    wait_for_total(desk, 25)
    assert "2024-10-27 23:30:00" in desk.get_by_test_id("trace-row").first.inner_text()


@pytest.mark.parametrize("path", [HOME, *(f"{HOME}/{one}" for one in LEVELS), f"{LIST}/hour-0"])
def test_86_an_idle_page_asks_for_nothing(desk: Any, path: str) -> None:
    """Check 86: a minute passes, and every timer that ends in it runs."""
    desk.clock.install()
    desk.goto(path)
    if path == HOME:
        widget(desk, "Recent errors")
    elif path == f"{LIST}/hour-0":
        desk.get_by_test_id("io-section-output").get_by_text("nothing was sent").wait_for()
    else:
        desk.get_by_test_id("count-total").wait_for()
    desk.wait_for_load_state("networkidle")
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    for _ in range(4):
        desk.clock.run_for(IDLE_MS // 4)
        desk.evaluate("fetch('favicon.svg?' + Date.now())")  # whatever a timer asked for was asked for before it
    assert [url for url in asked if "favicon.svg" not in url] == []


def test_a_project_without_traces_leads_to_its_first_one(desk: Any) -> None:
    nothing = {"kind": "values", "field": "env", "values": [], "isPartial": False}
    desk.route("**/traces/count**", lambda route: route.fulfill(json={"count": 0, "isExact": True}))
    desk.route("**/traces/facets**", lambda route: route.fulfill(json=nothing))
    desk.goto(HOME)
    desk.wait_for_url(f"**{LIST}/setup")


def test_a_project_whose_traces_are_all_internal_has_a_home(desk: Any) -> None:
    desk.route("**/traces/count**", lambda route: route.fulfill(json={"count": 0, "isExact": True}))
    with desk.expect_response("**/traces/facets**"):
        desk.goto(HOME)
    desk.get_by_role("heading", name="Recent errors").wait_for()
    assert "/setup" not in desk.url


@pytest.mark.parametrize("width", [320, 700, 1024])
def test_the_page_fits_every_width(desk: Any, width: int) -> None:
    desk.set_viewport_size({"width": width, "height": 800})
    desk.goto(HOME)
    for title in ("Cost by model", "Evaluation trends", "Recent errors"):
        widget(desk, title)
    assert desk.evaluate("document.documentElement.scrollWidth") <= width
    assert desk.locator("main").evaluate("main => main.scrollWidth <= main.clientWidth")
