"""A trace that changes while answers about it are on their way: none of them undoes what somebody did meanwhile."""

import re
import time
from typing import Any

import pytest

from tests.browser.conftest import LIST
from tests.browser.visits import begin_score, hold, wait_for_held
from tests.conformance.harness import Facts, run_python
from tests.support.server import RunningServer

NUMBER = {"name": "late stars", "dataType": "NUMERIC", "minValue": 1, "maxValue": 5}
TRUTH = {"name": "late truth", "dataType": "BOOLEAN"}


@pytest.fixture(scope="module")
def run(server: RunningServer) -> Facts:
    return run_python("langfuse-5", "browsed/agent", server, "answered late")


@pytest.fixture
def configs(server: RunningServer) -> Any:
    """Two score configs, which nobody else is asked for afterwards."""
    made = [server.request("POST", "/api/public/score-configs", config)[1]["id"] for config in (NUMBER, TRUTH)]
    yield
    for config in made:
        assert server.request("PATCH", f"/api/public/score-configs/{config}", {"isArchived": True})[0] == 200


def header_of(run: Facts) -> re.Pattern[str]:
    """Requests for the trace itself."""
    return re.compile(rf"/api/ui/projects/[^/]+/traces/{run['trace_id']}$")


def tag(server: RunningServer, run: Facts, name: str) -> None:
    """Send a tag of the trace, which its page is told of."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    body = {"id": run["trace_id"], "tags": [name]}
    event = {"id": f"event-{name}", "type": "trace-create", "timestamp": now, "body": body}
    assert server.request("POST", "/api/public/ingestion", {"batch": [event]})[0] == 207


def open_trace(page: Any, run: Facts, query: str = "") -> None:
    page.goto(f"{LIST}/{run['trace_id']}{query}")
    page.get_by_test_id("waterfall-row").first.wait_for()


def keep_answers(page: Any, pattern: re.Pattern[str], method: str, amount: int = 1) -> list[Any]:
    """What the server answers to the next such requests, made now and given to the page by `give`."""
    kept: list[Any] = []

    def keep(route: Any) -> None:
        if route.request.method != method or len(kept) == amount:
            route.fallback()
        else:
            kept.append((route, route.fetch()))

    page.route(pattern, keep)
    return kept


def give(kept: Any) -> None:
    route, answer = kept
    route.fulfill(response=answer)


def test_an_answer_from_before_does_not_take_back_that_a_trace_is_public(
    page: Any, server: RunningServer, run: Facts
) -> None:
    open_trace(page, run)
    page.get_by_test_id("trace-menu").click()
    page.get_by_role("menuitem", name="ublic").click()
    kept = keep_answers(page, header_of(run), "GET")
    tag(server, run, "before it was public")
    wait_for_held(page, kept)
    page.get_by_role("switch").click()
    page.locator('[role="switch"][aria-checked="true"]:not([disabled])').wait_for()
    give(kept[0])
    page.keyboard.press("Escape")
    page.get_by_test_id("trace-header").get_by_text("before it was public").wait_for()
    assert page.get_by_test_id("public-chip").count() == 1
    assert page.get_by_test_id("waterfall-row").count() > 0


def test_a_score_is_given_while_a_trace_is_read_anew_and_the_trace_stays(
    page: Any, server: RunningServer, run: Facts
) -> None:
    open_trace(page, run)
    kept = keep_answers(page, header_of(run), "GET")
    tag(server, run, "while it was read anew")
    wait_for_held(page, kept)
    page.get_by_test_id("inspector-tab-scores").click()
    form = begin_score(page, "meanwhile", "1")
    form.get_by_role("button", name="Add score").click()
    page.get_by_test_id("trace-header").get_by_text("while it was read anew").wait_for()
    page.get_by_test_id("score-row").filter(has_text="meanwhile").get_by_role("button", name="Edit").wait_for()


def test_a_score_on_its_way_stays_in_sight_when_an_answer_comes_that_does_not_know_it(
    page: Any, server: RunningServer, run: Facts
) -> None:
    open_trace(page, run, "?traceTab=scores")
    form = begin_score(page, "on its way", "1")
    held = hold(page, re.compile(r"/scores$"))
    form.get_by_role("button", name="Add score").click()
    row = page.get_by_test_id("score-row").filter(has_text="on its way")
    row.wait_for()
    tag(server, run, "while a score was on its way")
    page.get_by_test_id("trace-header").get_by_text("while a score was on its way").wait_for()
    assert row.count() == 1
    held[0].continue_()
    row.get_by_role("button", name="Edit on its way").wait_for()
    assert row.count() == 1


def test_a_comment_that_was_read_before_its_writing_is_answered_shows_once(page: Any, run: Facts) -> None:
    step = run["observations"]["plan"]
    open_trace(page, run, f"?observation={step}")
    kept = keep_answers(page, re.compile(r"/comments$"), "POST")
    page.keyboard.press("m")
    page.locator('[data-testid="comment-field"]:focus').wait_for()
    page.keyboard.insert_text("only once")
    page.keyboard.press("Control+Enter")
    wait_for_held(page, kept)
    page.get_by_test_id("inspector-tab-attributes").click()
    page.get_by_test_id("comment-field").wait_for(state="detached")
    page.get_by_test_id("inspector-tab-comments").click()
    page.get_by_test_id("comment").filter(has_text="only once").wait_for()
    give(kept[0])
    page.get_by_test_id("inspector-tab-comments").filter(has_text="Comments1").wait_for()
    assert page.get_by_test_id("comment").filter(has_text="only once").count() == 1


def field(page: Any, name: str) -> Any:
    return page.locator(f'[data-testid="annotation-field"][data-name="{name}"]')


def saved(page: Any, name: str) -> None:
    field(page, name).locator('[data-testid="save-state"][data-value="saved"]').wait_for()


def scores_of(server: RunningServer, observation_id: str) -> list[dict[str, Any]]:
    _, body = server.request("GET", "/api/public/v2/scores?source=ANNOTATION&limit=100")
    return [one for one in body["data"] if one.get("observationId") == observation_id]


@pytest.mark.usefixtures("configs")
def test_a_score_that_was_deleted_elsewhere_can_be_given_again(page: Any, server: RunningServer, run: Facts) -> None:
    step = run["observations"]["search"]
    open_trace(page, run, f"?observation={step}")
    page.keyboard.press("s")
    truth = field(page, TRUTH["name"])
    truth.get_by_role("button", name="True").click()
    saved(page, TRUTH["name"])
    (given,) = scores_of(server, step)
    assert server.request("DELETE", f"/api/public/scores/{given['id']}")[0] < 300
    tag(server, run, "after a score was deleted")
    page.get_by_test_id("trace-header").get_by_text("after a score was deleted").wait_for()
    truth.locator('[aria-pressed="true"]').wait_for(state="detached")
    truth.get_by_role("button", name="False").click()
    saved(page, TRUTH["name"])
    assert [one["stringValue"] for one in scores_of(server, step)] == ["False"]


@pytest.mark.usefixtures("configs")
def test_a_comment_on_a_value_just_typed_is_kept(page: Any, server: RunningServer, run: Facts) -> None:
    step = run["observations"]["answer"]
    page.clock.install()
    open_trace(page, run, f"?observation={step}")
    page.keyboard.press("s")
    stars = field(page, NUMBER["name"])
    stars.get_by_role("textbox").fill("4")
    stars.get_by_role("textbox").press("Escape")
    page.keyboard.press("m")
    stars.get_by_label("Comment on").last.fill("because")
    page.keyboard.press("Control+Enter")
    page.clock.fast_forward(5_000)  # the pause after which a value is saved by itself
    page.wait_for_load_state("networkidle")
    saved(page, NUMBER["name"])
    stars.get_by_text("because").wait_for()
    assert [(one["value"], one["comment"]) for one in scores_of(server, step)] == [(4, "because")]
