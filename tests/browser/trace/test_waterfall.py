"""What the waterfall and the transcript claim, against what was sent."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import LIST
from tests.browser.visits import shown
from tests.conformance.harness import Facts, run_python
from tests.support.server import RunningServer

STEPS = {
    "root": (0, 1000, None),
    "first": (0, 300, "root"),
    "aside": (100, 200, "root"),
    "second": (300, 900, "root"),
    "within": (400, 850, "second"),
    "half": (500, 520, "second"),
    "late": (700, 710, "second"),
}
"""Start and end in milliseconds, and the parent."""
TRANSCRIPT = Path(__file__).parent / "agent_transcript.md"
BARS = """() => Object.fromEntries([...document.querySelectorAll('[data-testid=waterfall-row]')].flatMap(row => {
  const bar = row.querySelector('[data-testid=bar]');
  const name = row.dataset.id?.replace('timed-', '');
  return bar === null || name === undefined ? [] : [[name, bar.getBoundingClientRect().left]];
}))"""


@pytest.fixture(scope="module")
def told(server: RunningServer) -> str:
    """Id of a trace whose times are known."""
    start = datetime.now(UTC) - timedelta(minutes=5)

    def at(offset_ms: int) -> str:
        return (start + timedelta(milliseconds=offset_ms)).isoformat()

    events = [{"type": "trace-create", "body": {"id": "timed", "name": "timed", "timestamp": at(0)}}]
    for name, (begin, end, parent) in STEPS.items():
        body = {"id": f"timed-{name}", "traceId": "timed", "name": name, "startTime": at(begin), "endTime": at(end)}
        events.append(
            {"type": "generation-create", "body": body | ({"parentObservationId": f"timed-{parent}"} if parent else {})}
        )
    batch = [{"id": f"timed-{number}", "timestamp": at(0), **event} for number, event in enumerate(events)]
    status, answer = server.request("POST", "/api/public/ingestion", {"batch": batch})
    assert (status, answer["errors"]) == (207, [])
    return "timed"


def bars(page: Any) -> dict[str, float]:
    """Where each bar begins, in pixels of the page."""
    found: dict[str, float] = page.evaluate(BARS)
    return found


def pixels_per_ms(found: dict[str, float], one: str, other: str) -> float:
    return (found[other] - found[one]) / (STEPS[other][0] - STEPS[one][0])


def assert_true(found: dict[str, float], one: str, other: str) -> None:
    """Every bar whose start is in view is where its start is, by the scale that two of them give."""
    scale = pixels_per_ms(found, one, other)
    for name in ("second", "within", "half", "late"):
        due = found[one] + (STEPS[name][0] - STEPS[one][0]) * scale
        assert abs(found[name] - due) <= 1, (name, found[name], due)


def drawn(page: Any) -> None:
    """The rows are there, and wide enough for bars."""
    page.get_by_test_id("waterfall-row").nth(7).wait_for()
    page.get_by_test_id("bar").nth(6).wait_for(state="attached")


def test_bars_stand_where_their_times_are_however_far_one_zooms(page: Any, told: str) -> None:  # check 41
    page.goto(f"{LIST}/{told}")
    drawn(page)
    whole = bars(page)
    assert_true(whole, "root", "late")
    assert abs(whole["root"] - whole["first"]) <= 1
    page.get_by_test_id("waterfall").focus()
    page.keyboard.press("+")
    page.get_by_test_id("minimap").wait_for()
    close = bars(page)
    assert_true(close, "second", "late")
    assert abs(pixels_per_ms(close, "second", "late") / pixels_per_ms(whole, "second", "late") - 2) < 0.05
    page.keyboard.press("0")
    page.get_by_test_id("minimap").wait_for(state="detached")
    assert bars(page) == pytest.approx(whole, abs=1)
    page.get_by_test_id("waterfall-row").filter(has_text="second").click()
    page.keyboard.press("z")
    page.get_by_test_id("minimap").wait_for()
    assert_true(bars(page), "second", "late")
    page.get_by_role("button", name="Show all of the time").click()
    page.get_by_test_id("minimap").wait_for(state="detached")
    assert bars(page) == pytest.approx(whole, abs=1)


AXIS = """() => {
  const unit = { s: 1000, ms: 1, 'µs': 0.001 };
  return [...document.querySelectorAll('[data-testid=axis-tick]')].map(tick => {
    const [value, name] = tick.textContent.split(' ');
    return [Number(value) * unit[name], tick.getBoundingClientRect().left];
  });
}"""


def assert_labelled(page: Any) -> tuple[float, float]:
    """Every bar stands where the labels of the axis say; answers ms at 0 px and ms per px."""
    ticks: list[list[float]] = page.evaluate(AXIS)
    assert len(ticks) >= 2
    (first, at), (last, end) = ticks[0], ticks[-1]
    scale = (end - at) / (last - first)
    for name, left in bars(page).items():
        if name == "root" or left < at - 1:
            continue
        due = at + (STEPS[name][0] - first) * scale
        assert abs(left - due) <= 1, (name, left, due)
    return first - at / scale, 1 / scale


def test_the_labels_of_the_axis_stay_true_by_wheel_drag_and_minimap(page: Any, told: str) -> None:  # check 41
    sync_api = pytest.importorskip("playwright.sync_api")
    page.goto(f"{LIST}/{told}")
    drawn(page)
    whole = assert_labelled(page)
    lane = page.get_by_test_id("axis").bounding_box()
    middle = lane["y"] + lane["height"] / 2
    page.mouse.move(lane["x"] + lane["width"] * 0.3, middle)
    page.mouse.down()
    page.mouse.move(lane["x"] + lane["width"] * 0.8, middle, steps=4)
    shown(page)
    page.mouse.up()
    page.get_by_test_id("minimap").wait_for()
    dragged = assert_labelled(page)
    assert dragged[1] == pytest.approx(whole[1] / 2, rel=0.03)
    page.mouse.move(lane["x"] + lane["width"] * 0.5, middle + 100)
    first = page.get_by_test_id("axis-tick").first
    before = first.inner_text()
    page.mouse.wheel(120, 0)
    sync_api.expect(first).not_to_have_text(before)
    panned = assert_labelled(page)
    assert panned[0] > dragged[0]
    assert panned[1] == pytest.approx(dragged[1], rel=0.01)
    small = page.get_by_test_id("minimap").bounding_box()
    page.mouse.move(small["x"] + small["width"] * 0.5, small["y"] + 10)
    page.mouse.down()
    page.mouse.move(small["x"] + 1, small["y"] + 10, steps=4)
    shown(page)
    page.mouse.up()
    page.wait_for_function(f"() => ({AXIS})()[0][0] === 0")
    moved = assert_labelled(page)
    assert moved[1] == pytest.approx(dragged[1], rel=0.01)
    page.get_by_test_id("axis").dblclick(position={"x": lane["width"] * 0.6, "y": 10})
    page.get_by_test_id("minimap").wait_for(state="detached")
    assert assert_labelled(page) == pytest.approx(whole, rel=0.01)


def test_the_critical_path_is_what_the_end_waited_for(page: Any, told: str) -> None:  # check 42
    page.goto(f"{LIST}/{told}")
    drawn(page)
    page.keyboard.press("c")
    page.locator("[data-faded]").first.wait_for()
    faded = page.locator('[data-testid="waterfall-row"][data-faded]')
    assert {row.get_attribute("data-id") for row in faded.all()} == {"timed-aside", "timed-half", "timed-late"}


@pytest.fixture(scope="module")
def run(server: RunningServer) -> Facts:
    return run_python("langfuse-5", "browsed/agent", server, "read aloud")


def test_the_transcript_is_copied_as_it_stands_in_a_file(page: Any, run: Facts) -> None:  # check 46
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{LIST}/{run['trace_id']}?view=transcript")
    page.get_by_test_id("transcript").get_by_text("Revenue rose.", exact=False).wait_for()
    page.get_by_role("button", name="Markdown").click()
    page.get_by_text("Transcript copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == TRANSCRIPT.read_text(encoding="utf-8")


def test_the_header_is_the_sum_of_the_observations(page: Any, server: RunningServer, run: Facts) -> None:  # check 15
    _, body = server.request("GET", f"/api/public/observations?traceId={run['trace_id']}&limit=50")
    due = sum(one["calculatedTotalCost"] or 0 for one in body["data"])
    tokens = [sum(one["usage"][side] or 0 for one in body["data"]) for side in ("input", "output")]
    page.goto(f"{LIST}/{run['trace_id']}")
    header = page.get_by_test_id("trace-header")
    header.wait_for()
    values = [one.get_attribute("data-value") for one in header.locator("[data-value]").all()]
    assert any(value and value.replace(".", "", 1).isdigit() and abs(float(value) - due) < 1e-12 for value in values)
    assert "\u202f".join(f"{tokens[0]:,}".split(",")) in header.inner_text()
    assert str(tokens[1]) in header.inner_text()


def test_tools_are_told_with_how_often_each_was_called(page: Any, run: Facts) -> None:  # check 14
    page.goto(f"{LIST}/{run['trace_id']}?observation={run['observations']['plan']}")
    tools = page.get_by_test_id("tools-available")
    tools.get_by_role("button").click()
    tools.get_by_text("called 1 ×").wait_for()
    page.get_by_test_id("tool-call").get_by_role("button", name="Open its observation").click()
    page.get_by_test_id("inspector-head").filter(has_text="search").wait_for()
