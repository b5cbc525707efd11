"""Scores that people give on the trace page: in the tab, and in the annotate panel by keys alone."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import EMAIL, LIST, PASSWORD, VIEWER
from tests.browser.visits import Visits
from tests.conformance.harness import Facts, run_python
from tests.support.server import PROJECT_ID, RunningServer

CONFIGS = (
    {"name": "stars", "dataType": "NUMERIC", "minValue": 1, "maxValue": 5, "description": "How much it helped"},
    {
        "name": "tone",
        "dataType": "CATEGORICAL",
        "categories": [{"label": "kind", "value": 1}, {"label": "curt", "value": 0}],
    },
    {"name": "correct", "dataType": "BOOLEAN"},
    {"name": "why", "dataType": "TEXT"},
)


@pytest.fixture(scope="module")
def run(server: RunningServer) -> Facts:
    """A trace to judge, in a project that has score configs."""
    for config in CONFIGS:
        assert server.request("POST", "/api/public/score-configs", config)[0] == 200
    return run_python("langfuse-5", "browsed/agent", server, "judged")


def open_trace(page: Any, run: Facts, name: str | None = None, **query: str) -> None:
    asked = {**({"observation": run["observations"][name]} if name else {}), **query}
    page.goto(f"{LIST}/{run['trace_id']}?" + "&".join(f"{key}={value}" for key, value in asked.items()))
    page.get_by_test_id("waterfall-row").first.wait_for()


def scores_of(server: RunningServer, run: Facts, observation_id: str | None = None) -> dict[str, Any]:
    """The API's scores of people on the trace or on one observation, by name: value and comment."""
    _, body = server.request("GET", f"/api/public/v2/scores?traceId={run['trace_id']}&source=ANNOTATION&limit=100")
    return {
        one["name"]: (one.get("stringValue") or one.get("value"), one.get("comment"))
        for one in body["data"]
        if one.get("observationId") == observation_id
    }


@pytest.mark.parametrize(
    ("data_type", "typed", "shown"),
    [("Number", "0.25", 0.25), ("True or false", "False", "False"), ("Category", "odd 🙂", "odd 🙂")],
)
def test_a_score_of_ones_own_name_is_added_edited_and_deleted(  # check 47
    page: Any, server: RunningServer, run: Facts, data_type: str, typed: str, shown: Any
) -> None:
    open_trace(page, run, traceTab="scores")
    page.get_by_test_id("add-score").click()
    form = page.get_by_test_id("score-form")
    form.get_by_label("Score").select_option("Another name…")
    form.get_by_label("Name").fill("mine")
    form.get_by_label("Type").select_option(data_type)
    value = form.get_by_label("Value")
    if data_type == "True or false":
        value.select_option(typed)
    else:
        value.fill(typed)
    form.get_by_label("Comment").fill("because")
    form.get_by_role("button", name="Add score").click()
    row = page.get_by_test_id("score-row").filter(has_text="mine")
    row.get_by_role("button", name="Edit mine").wait_for()
    assert scores_of(server, run)["mine"] == (shown, "because")
    row.get_by_role("button", name="Edit mine").click()
    form.get_by_label("Comment").fill("second thoughts")
    form.get_by_label("Comment").press("Control+Enter")
    row.filter(has_text="second thoughts").wait_for()
    row.get_by_role("button", name="Delete mine").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete score").click()
    row.wait_for(state="detached")
    page.get_by_text("Score deleted").wait_for()
    assert "mine" not in scores_of(server, run)


def test_a_value_that_breaks_its_config_is_told_before_it_is_sent(page: Any, server: RunningServer, run: Facts) -> None:
    open_trace(page, run, traceTab="scores")
    page.get_by_test_id("add-score").click()
    form = page.get_by_test_id("score-form")
    form.get_by_label("Score").select_option("stars")
    form.get_by_label("Value").fill("9")
    form.get_by_role("button", name="Add score").click()
    form.get_by_text("At most 5").wait_for()
    form.get_by_label("Value").press("Escape")
    form.wait_for(state="detached")
    assert "stars" not in scores_of(server, run)


def test_what_the_server_refuses_is_taken_back(page: Any, run: Facts) -> None:
    open_trace(page, run, traceTab="scores")
    page.route("**/api/ui/projects/*/scores", lambda route: route.fulfill(status=503, body="{}"))
    page.get_by_test_id("add-score").click()
    form = page.get_by_test_id("score-form")
    form.get_by_label("Score").select_option("why")
    form.get_by_label("Value").fill("never kept")
    form.get_by_role("button", name="Add score").click()
    page.get_by_test_id("toast").filter(has_text="The server answered 503").wait_for()
    page.get_by_test_id("score-row").filter(has_text="never kept").wait_for(state="detached")


def field(page: Any, name: str) -> Any:
    return page.locator(f'[data-testid="annotation-field"][data-name="{name}"]')


def saved(page: Any, name: str) -> None:
    field(page, name).locator('[data-testid="save-state"][data-value="saved"]').wait_for()


def test_an_observation_is_annotated_by_keys_alone(page: Any, server: RunningServer, run: Facts) -> None:  # check 47
    open_trace(page, run, "answer")
    observation_id = run["observations"]["answer"]
    page.keyboard.press("s")
    field(page, "why").wait_for()
    names = [one.get_attribute("data-name") for one in page.get_by_test_id("annotation-field").all()]
    assert names == ["correct", "stars", "tone", "why"]
    page.keyboard.press("2")
    saved(page, "correct")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    saved(page, "stars")
    page.keyboard.press("1")
    saved(page, "tone")
    page.keyboard.press("m")
    page.keyboard.type("dry, but kind")
    page.keyboard.press("Control+Enter")
    page.locator('[data-name="tone"]:focus').wait_for()
    saved(page, "tone")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("says what is in the report")
    page.keyboard.press("Enter")
    saved(page, "why")
    assert scores_of(server, run, observation_id) == {
        "correct": ("False", None),
        "stars": (4, None),
        "tone": ("kind", "dry, but kind"),
        "why": ("says what is in the report", None),
    }
    page.keyboard.press("Escape")  # out of the text
    page.keyboard.press("Escape")
    page.get_by_test_id("annotate").wait_for(state="detached")
    mark = page.locator(f'[data-testid="waterfall-row"][data-id="{observation_id}"]')
    mark.get_by_label("4 scores").wait_for()
    page.keyboard.press("s")
    field(page, "tone").locator('[aria-pressed="true"]').filter(has_text="kind").wait_for()


def test_undo_goes_back_step_by_step(page: Any, server: RunningServer, run: Facts) -> None:
    open_trace(page, run, "plan")
    observation_id = run["observations"]["plan"]
    page.keyboard.press("s")
    field(page, "correct").wait_for()
    page.keyboard.press("1")
    saved(page, "correct")
    page.keyboard.press("2")
    field(page, "correct").locator('[aria-pressed="true"]').filter(has_text="False").wait_for()
    saved(page, "correct")
    page.keyboard.press("Control+z")
    field(page, "correct").locator('[aria-pressed="true"]').filter(has_text="True").wait_for()
    saved(page, "correct")
    assert scores_of(server, run, observation_id) == {"correct": ("True", None)}
    page.keyboard.press("Control+z")
    field(page, "correct").locator('[aria-pressed="true"]').wait_for(state="detached")
    saved(page, "correct")
    assert scores_of(server, run, observation_id) == {}


def test_a_row_that_was_not_saved_says_so_and_tries_again(page: Any, server: RunningServer, run: Facts) -> None:
    open_trace(page, run, "large")
    page.keyboard.press("s")
    field(page, "correct").wait_for()
    page.route("**/api/ui/projects/*/scores", lambda route: route.abort())
    page.keyboard.press("1")
    failed = field(page, "correct").locator('[data-testid="save-state"][data-value="failed"]')
    failed.wait_for()
    page.unroute("**/api/ui/projects/*/scores")
    failed.click()
    saved(page, "correct")
    assert scores_of(server, run, run["observations"]["large"]) == {"correct": ("True", None)}


def tab_to(page: Any, selector: str, limit: int = 80) -> None:
    """Go on by Tab until something has the focus; it must be seen all the way."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => { const at = document.activeElement, box = at.getBoundingClientRect();
            return at === document.body || (box.width > 0 && box.bottom > 0 && box.top < innerHeight); }"""
        )
        assert seen, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(selector)


def press(page: Any, *keys: str) -> None:
    """Press keys; something has the focus after each."""
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_function("document.activeElement !== document.body")


def test_from_signing_in_to_annotating_and_back_without_a_pointer(  # check 24
    visits: Visits, server: RunningServer, sent: Facts, run: Facts
) -> None:
    assert sent
    with visits.page(server, None) as page:
        page.goto("/auth/sign-in")
        tab_to(page, "input[type=email]")
        page.keyboard.type(EMAIL)
        tab_to(page, "input[type=password]")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/project/**")
        page.get_by_role("navigation", name="Project").wait_for()
        page.keyboard.press("g")
        page.keyboard.press("t")
        page.wait_for_url(f"**{LIST}**")
        page.get_by_test_id("trace-row").nth(1).wait_for()
        press(page, "/")
        page.keyboard.type(f"id:{run['trace_id']}")
        press(page, "Enter")
        page.locator('[data-testid="count-total"][data-value="1"]').wait_for()
        page.locator(f'[data-testid="trace-row"][data-id="{run["trace_id"]}"]').wait_for()
        press(page, "Escape", "j", "Enter")
        page.get_by_test_id("peek").get_by_test_id("annotate-button").wait_for()
        press(page, "s")
        page.locator('[data-name="correct"]:focus').wait_for()
        press(page, "1")
        saved(page, "correct")
        press(page, "Escape")
        page.get_by_test_id("annotate").wait_for(state="detached")
        press(page, "Escape")
        page.get_by_test_id("peek").wait_for(state="detached")
        press(page, "j", "o")
        page.wait_for_url(f"**{LIST}/{run['trace_id']}**")
        page.get_by_test_id("annotate-button").wait_for()
        press(page, "g", "t")
        page.wait_for_url(f"**{LIST}")
        page.get_by_test_id("trace-row").nth(1).wait_for()
        press(page, "j")
    assert scores_of(server, run)["correct"] == ("True", None)


@pytest.fixture
def viewer(visits: Visits, server: RunningServer) -> Iterator[Any]:
    """A page of somebody who may only look."""
    with visits.page(server, VIEWER) as opened:
        yield opened


def test_a_viewer_sees_why_nothing_can_be_done(viewer: Any, run: Facts) -> None:  # check 73
    page = viewer
    open_trace(page, run, traceTab="scores")
    button = page.get_by_test_id("annotate-button")
    assert button.get_attribute("aria-disabled") == "true"
    button.hover()
    page.get_by_role("tooltip").filter(has_text="needs the role member").wait_for()
    page.keyboard.press("s")
    assert page.get_by_test_id("annotate").count() == 0
    assert page.get_by_role("button", name="Delete").count() == 0
    page.get_by_test_id("trace-menu").click()
    page.get_by_role("menuitem", name="Copy id").wait_for()
    assert page.get_by_role("menuitem", name="Delete…").count() == 0
    refused = page.evaluate(
        """async project => {
        const at = path => new URL(`api/ui/${path}`, document.baseURI);
        const session = await (await fetch(at('session'))).json();
        const headers = { 'X-Panope-Csrf': session.csrf };
        return (await fetch(at(`projects/${project}/scores`), { method: 'POST', headers, body: '{}' })).status; }""",
        PROJECT_ID,
    )
    assert refused == 403


@pytest.mark.parametrize("width", [320, 400])
def test_a_narrow_page_is_not_wider_than_its_window(page: Any, run: Facts, width: int) -> None:  # check 83
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(f"{LIST}/{run['trace_id']}?observation={run['observations']['answer']}")
    page.get_by_test_id("annotate-button").wait_for()
    page.keyboard.press("s")
    field(page, "why").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = page.get_by_test_id("annotate").evaluate(
        """panel => [...panel.querySelectorAll('button')].map(one => one.getBoundingClientRect())
        .filter(box => box.width < 24 || box.height < 24).length"""
    )
    assert small == 0
