"""Comments on a trace and its observations: written, changed, linked to."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.conftest import LIST
from tests.conformance.harness import Facts, run_python
from tests.support.server import PROJECT_ID, RunningServer


@pytest.fixture(scope="module")
def run(server: RunningServer) -> Facts:
    return run_python("langfuse-5", "browsed/agent", server, "talked about")


def path(run: Facts, name: str | None = None) -> str:
    return f"{LIST}/{run['trace_id']}" + (f"?observation={run['observations'][name]}" if name else "")


def write(page: Any, text: str) -> Any:
    page.get_by_test_id("waterfall-row").first.wait_for()
    page.keyboard.press("m")
    page.locator('[data-testid="comment-field"]:focus').wait_for()
    page.keyboard.insert_text(text)
    page.keyboard.press("Control+Enter")
    return page.get_by_test_id("comment").last


def comments_of(server: RunningServer, object_type: str, object_id: str) -> list[str]:
    _, body = server.request("GET", f"/api/public/comments?objectType={object_type}&objectId={object_id}")
    return [one["content"] for one in body["data"]]


def test_a_comment_is_written_changed_and_deleted_and_the_counts_follow(  # check 48
    page: Any, server: RunningServer, run: Facts
) -> None:
    step = run["observations"]["search"]
    page.goto(path(run, "search"))
    made = write(page, "**slow**: <img src=x onerror=alert(1)> [no](javascript:alert(2))")
    made.locator("strong").filter(has_text="slow").wait_for()
    assert made.locator("img, a").count() == 0
    row = page.locator(f'[data-testid="waterfall-row"][data-id="{step}"]')
    row.get_by_label("1 comments").wait_for()
    page.get_by_test_id("inspector-tab-comments").filter(has_text="Comments1").wait_for()
    made.hover()
    made.get_by_role("button", name="Edit your comment").click()
    page.get_by_role("textbox", name="Your comment").fill("quick after all")
    page.get_by_role("textbox", name="Your comment").press("Control+Enter")
    page.get_by_test_id("comment").filter(has_text="quick after all").filter(has_text="edited").wait_for()
    assert comments_of(server, "OBSERVATION", step) == ["quick after all"]
    made.get_by_role("button", name="Delete your comment").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete comment").click()
    page.get_by_text("— no comments").wait_for()
    row.get_by_label("1 comments").wait_for(state="detached")
    page.get_by_text("Comment deleted").wait_for()
    assert comments_of(server, "OBSERVATION", step) == []


def test_a_link_opens_the_tab_and_scrolls_to_its_comment(page: Any, server: RunningServer, run: Facts) -> None:  # 48
    step = run["observations"]["answer"]
    ids = []
    for number in range(30):
        told = {
            "projectId": PROJECT_ID,
            "objectType": "OBSERVATION",
            "objectId": step,
            "content": f"remark {number}\n" * 4,
        }
        status, made = server.request("POST", "/api/public/comments", told)
        assert status == 200
        ids.append(made["id"])
    wanted = ids[9]
    query = f"comments=open&commentObjectType=OBSERVATION&commentObjectId={step}"
    page.goto(f"{LIST}/{run['trace_id']}?{query}#comment-{wanted}")
    target = page.locator(f"#comment-{wanted}")
    target.filter(has_text="remark 9").wait_for()
    page.wait_for_function(
        """id => { const box = document.getElementById(id)?.getBoundingClientRect();
        return box && box.top > 0 && box.bottom < innerHeight; }""",
        arg=f"comment-{wanted}",
    )
    assert page.get_by_test_id("inspector-head").get_attribute("data-id") == step


def test_the_link_that_is_copied_is_such_a_link(page: Any, run: Facts) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(path(run, "plan"))
    made = write(page, "look at this")
    made.hover()
    made.get_by_role("button", name="Copy link to this comment").click()
    page.get_by_text("Link copied").wait_for()
    copied = urlsplit(page.evaluate("navigator.clipboard.readText()"))
    assert copied.fragment == f"comment-{made.get_attribute('data-id')}"
    query = parse_qs(copied.query)
    assert (query["comments"], query["commentObjectType"]) == (["open"], ["OBSERVATION"])
    assert query["commentObjectId"] == [run["observations"]["plan"]]


def test_a_comment_on_the_trace_counts_there(page: Any, server: RunningServer, run: Facts) -> None:
    page.goto(path(run))
    write(page, "of the whole").filter(has_text="of the whole").wait_for()
    page.get_by_test_id("inspector-tab-comments").filter(has_text="Comments1").wait_for()
    assert comments_of(server, "TRACE", run["trace_id"]) == ["of the whole"]


def test_what_is_typed_survives_a_server_that_is_away(page: Any, run: Facts) -> None:
    page.goto(path(run, "large"))
    page.get_by_test_id("waterfall-row").first.wait_for()
    page.route(
        "**/api/ui/projects/*/comments",
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    page.keyboard.press("m")
    field = page.get_by_test_id("comment-field")
    field.fill("do not lose me")
    field.press("Control+Enter")
    page.get_by_test_id("toast").filter(has_text="The server cannot be reached").wait_for()
    assert field.input_value() == "do not lose me"


def test_escape_leaves_the_field_and_keeps_what_was_written(page: Any, run: Facts) -> None:
    page.goto(f"{LIST}?peek={run['trace_id']}")
    page.get_by_test_id("waterfall-row").first.wait_for()
    page.keyboard.press("m")
    page.locator('[data-testid="comment-field"]:focus').wait_for()
    page.keyboard.insert_text("half a thought")
    page.keyboard.press("Escape")
    page.locator('[data-testid="comment-field"]:not(:focus)').wait_for()
    assert page.get_by_test_id("comment-field").input_value() == "half a thought"
    assert parse_qs(urlsplit(page.url).query)["peek"] == [run["trace_id"]]


def test_of_two_clicks_one_deletes(page: Any, server: RunningServer, run: Facts) -> None:
    page.goto(path(run, "plan"))
    made = write(page, "to be deleted")
    made.filter(has_text="to be deleted").wait_for()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if "/comments/" in request.url else None)
    made.get_by_role("button", name="Delete your comment").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete comment").evaluate(
        "one => { one.click(); one.click() }"
    )
    page.get_by_text("Comment deleted").wait_for()
    page.wait_for_load_state("networkidle")
    assert sent == ["DELETE"]
    assert "to be deleted" not in comments_of(server, "OBSERVATION", run["observations"]["plan"])
