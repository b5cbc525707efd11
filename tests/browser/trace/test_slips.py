"""What goes wrong without anybody's fault: a server that refuses, a browser that copies nothing, a key too many."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.browser.conftest import LIST, sign_in
from tests.browser.visits import begin_score
from tests.conformance.harness import Facts, run_python
from tests.support.server import PROJECT_ID, RunningServer

PROJECT = f"/project/{PROJECT_ID}"


def refuse(page: Any, method: str, pattern: str) -> None:
    """Let the server answer 500 to such requests from now on."""
    page.route(pattern, lambda route: route.fulfill(status=500) if route.request.method == method else route.fallback())


def test_over_plain_http_a_link_is_copied_and_a_refusal_is_told(page: Any) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.goto(LIST)
    page.get_by_test_id("trace-row").first.wait_for()
    page.keyboard.press("y")
    page.get_by_text("Link copied").wait_for()
    page.evaluate("document.execCommand = () => false")
    page.keyboard.press("y")
    page.get_by_text("The browser did not allow copying").wait_for()


def test_keys_of_the_page_rest_while_a_dialog_or_a_menu_is_open(page: Any) -> None:
    page.goto(LIST)
    page.get_by_test_id("trace-row").first.wait_for()
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").wait_for()
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("menu").wait_for()
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.keyboard.press("Escape")
    page.get_by_role("menu").wait_for(state="detached")
    assert "/traces" in page.url


def test_whoever_could_not_be_signed_out_is_told_and_stays(chromium: Any, server: RunningServer, sent: Facts) -> None:
    assert sent
    context = chromium.new_context(base_url=server.base_url)
    page = context.new_page()
    page.goto(LIST)
    page.wait_for_url("**/auth/sign-in**")
    sign_in(page)
    page.get_by_test_id("trace-row").first.wait_for()
    stored = {
        "panope.recent-objects": [{"kind": "user", "projectId": PROJECT_ID, "id": "u", "name": None}],
        f"panope.recent.{PROJECT_ID}": ["level:ERROR"],
    }
    page.evaluate(
        "all => Object.entries(all).forEach(([key, value]) => localStorage.setItem(key, JSON.stringify(value)))", stored
    )
    refuse(page, "DELETE", "**/api/ui/session")
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.get_by_text("You are still signed in").wait_for()
    assert LIST in page.url
    page.unroute("**/api/ui/session")
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.wait_for_url("**/auth/sign-in**")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('panope.recent'))") == []
    context.close()


def test_what_the_server_refuses_stays_in_the_form(page: Any, server: RunningServer) -> None:
    run = run_python("langfuse-5", "browsed/agent", server, "refused")
    page.goto(f"{LIST}/{run['trace_id']}?traceTab=scores")
    refuse(page, "POST", "**/scores")
    form = begin_score(page, "mine", "1")
    form.get_by_label("Comment").fill("a long thought")
    form.get_by_role("button", name="Add score").click()
    page.get_by_test_id("toast").first.wait_for()
    assert form.get_by_label("Comment").input_value() == "a long thought"
    page.unroute("**/scores")
    form.get_by_role("button", name="Add score").click()
    form.wait_for(state="detached")
    page.get_by_test_id("score-row").filter(has_text="a long thought").wait_for()


def test_one_m_brings_the_focus_to_the_comment_once(page: Any, server: RunningServer) -> None:
    run = run_python("langfuse-5", "browsed/agent", server, "walked through")
    page.goto(f"{LIST}/{run['trace_id']}")
    page.get_by_test_id("waterfall-row").first.wait_for()
    page.keyboard.press("m")
    page.locator('[data-testid="comment-field"]:focus').wait_for()
    rows = page.get_by_test_id("waterfall-row")
    for at in (1, 2):
        rows.nth(at).click()
        page.locator(f'[data-testid="inspector-head"][data-id="{rows.nth(at).get_attribute("data-id")}"]').wait_for()
        page.get_by_test_id("comment-field").wait_for()
        page.wait_for_timeout(200)  # what must not happen has nothing to wait for
        assert page.evaluate("document.activeElement.dataset.testid") != "comment-field"


def test_the_file_of_a_trace_has_its_observations_and_its_numbers_as_they_were(
    page: Any, server: RunningServer, tmp_path: Path
) -> None:
    order = "1234567890123456789"
    made = {"id": "exact", "name": "exact", "timestamp": "2026-11-01T10:00:00Z", "input": "in", "output": "out"}
    step = {"id": "exact-1", "traceId": "exact", "name": "step", "startTime": "2026-11-01T10:00:00Z", "input": "asked"}
    events = [
        {"id": "e1", "type": "trace-create", "timestamp": made["timestamp"], "body": {**made, "metadata": {"n": 17}}},
        {"id": "e2", "type": "span-create", "timestamp": made["timestamp"], "body": {**step, "metadata": {"n": 17}}},
    ]
    body = json.dumps({"batch": events}).replace('"n": 17', f'"n": {order}, "v": 1.0')
    status, _ = server.request("POST", "/api/public/ingestion", json.loads(body))
    assert status == 207
    page.goto(f"{LIST}/exact")
    page.get_by_test_id("trace-menu").click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name="Download JSON").click()
    target = tmp_path / "trace.json"
    waiting.value.save_as(target)
    text = target.read_text()
    file = json.loads(text)
    assert text.count(order) == 2
    assert '"v": 1.0' in text
    assert (file["trace"]["input"], file["trace"]["output"]) == ("in", "out")
    assert [(one["id"], one["input"]) for one in file["observations"]] == [("exact-1", "asked")]


def test_a_bound_that_is_no_number_is_refused(page: Any, server: RunningServer) -> None:
    page.goto(f"{PROJECT}/settings/scores")
    page.get_by_role("button", name="Make a score config").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("bounded")
    dialog.get_by_label("Smallest value").fill("none of it")
    dialog.get_by_role("button", name="Save").click()
    dialog.get_by_text("Smallest value: a number, such as 0.75").wait_for()
    dialog.get_by_label("Smallest value").fill("0,5")
    dialog.get_by_role("button", name="Save").click()
    dialog.wait_for(state="detached")
    page.get_by_role("button", name="Make a score config").click()
    assert page.get_by_role("dialog").get_by_label("Smallest value").input_value() == ""
    configs = server.request("GET", "/api/public/score-configs?limit=100")[1]["data"]
    (made,) = [config for config in configs if config["name"] == "bounded"]
    assert made["minValue"] == 0.5
    path = f"/api/public/score-configs/{made['id']}"
    assert server.request("PATCH", path, {"isArchived": True})[0] == 200  # so that nobody else is asked for it


def test_pages_have_titles_of_their_own(page: Any, sent: Facts) -> None:
    page.goto(LIST)
    row = page.get_by_test_id("trace-row").first
    row.wait_for()
    titles = {
        f"{LIST}/{row.get_attribute('data-id')}": "Trace ",
        f"{PROJECT}/settings/api-keys": "API keys · Settings",
        f"{PROJECT}/traces/setup": "Send your first trace",
        "/account/settings": "Account",
        "/project/of-others/traces": "No such project",
        f"{PROJECT}/nowhere": "No such page",
    }
    for path, title in titles.items():
        page.goto(path)
        page.wait_for_function("title => document.title.startsWith(title)", arg=title)


def test_older_links_to_generations_lead_to_observations(page: Any) -> None:
    page.goto(f"{PROJECT}/generations?q=level:ERROR&dateRange=7d")
    page.wait_for_url(f"**{PROJECT}/observations?q=level:ERROR&dateRange=7d")


def test_a_user_of_whom_nothing_is_known_is_not_asked_for_a_first_trace(page: Any) -> None:
    page.goto(f"{PROJECT}/users/nobody-of-that-name?dateRange=All")
    page.get_by_role("heading", name="No traces match").wait_for()
    assert page.get_by_text("Send your first trace").count() == 0


def test_figures_of_a_user_lead_to_their_rows(page: Any) -> None:
    page.goto(f"{PROJECT}/users?dateRange=All")
    user = page.get_by_test_id("user-row").first
    user.wait_for()
    name = user.get_attribute("data-id")
    page.goto(f"{PROJECT}/users/{quote(name, safe='')}?dateRange=All")
    page.get_by_test_id("figure-Observations").click()
    page.wait_for_url(f"**{PROJECT}/observations?**")
    page.get_by_test_id("observation-row").first.wait_for()
    assert name in page.get_by_test_id("query-input").input_value()


def test_a_switch_beside_a_form_leaves_what_was_typed(page: Any) -> None:
    page.goto(f"{PROJECT}/settings/general")
    shown = page.get_by_test_id("text-index")
    before = shown.get_attribute("data-value")
    page.get_by_label("Metadata (JSON)").fill('{"half": "writ')
    switch = page.get_by_role("switch", name="Index of texts")
    for wanted in ("false" if before == "true" else "true", before):
        switch.click()
        page.locator(f'[data-testid="text-index"][data-value="{wanted}"]').wait_for()
    assert page.get_by_label("Metadata (JSON)").input_value() == '{"half": "writ'


def test_a_long_text_of_a_session_says_that_it_is_cut(page: Any, server: RunningServer) -> None:
    now = "2026-11-01T10:00:00Z"
    turn = {"id": "long-turn", "name": "long", "timestamp": now, "sessionId": "long", "input": "word " * 400_000}
    event = {"id": "long-event", "type": "trace-create", "timestamp": now, "body": turn}
    status, _ = server.request("POST", "/api/public/ingestion", {"batch": [event]})
    assert status == 207
    page.goto(f"{PROJECT}/sessions/long")
    partial = page.get_by_test_id("io-partial")
    partial.wait_for()
    page.route("**/io?**", lambda route: route.fulfill(status=500))
    partial.get_by_role("button", name="Load all").click()
    page.get_by_test_id("toast").first.wait_for()
    page.unroute("**/io?**")
    partial.get_by_role("button", name="Load all").click()
    partial.wait_for(state="detached")
