"""No page breaks a rule that a machine can check, in either theme."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import APP, LIST
from tests.support.server import PROJECT_ID

HOME = f"/project/{PROJECT_ID}"
AXE = APP.parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"


def open_keys(page: Any) -> None:
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()


def open_time(page: Any) -> None:
    page.get_by_test_id("time-range").click()
    page.get_by_role("dialog", name="Time range").wait_for()


def see_all_widgets(page: Any) -> None:
    page.get_by_test_id("widget").first.wait_for()
    for found in page.get_by_test_id("widget").all():
        found.scroll_into_view_if_needed()
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-testid=widget]')].every(one => one.dataset.state !== 'loading')"
    )


def fail_all_widgets(page: Any) -> None:
    page.route("**/metrics", lambda route: route.fulfill(status=422, json={"message": "too much", "error": "broad"}))
    page.reload()
    see_all_widgets(page)


def hold_all_widgets(page: Any) -> None:
    page.route("**/metrics", lambda _: None)
    page.reload()
    page.locator('[data-testid="widget"][data-state="loading"] .animate-pulse').first.wait_for()


def see_tables(page: Any) -> None:
    see_all_widgets(page)
    while page.get_by_role("button", name="As a table").count():
        page.get_by_role("button", name="As a table").first.click()


def choose_agents(page: Any) -> None:
    page.get_by_test_id("agent-dimension").click()
    page.get_by_role("menu").wait_for()


def choose_zone(page: Any) -> None:
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("menuitem", name="Another zone").click()
    page.get_by_role("dialog", name="Time zone").wait_for()


def open_columns(page: Any) -> None:
    page.get_by_test_id("columns").click()
    page.get_by_role("menu").wait_for()


def open_peek(page: Any) -> None:
    page.get_by_test_id("trace-row").first.get_by_role("gridcell").nth(2).click()
    page.get_by_test_id("peek").wait_for()


def stay(page: Any) -> None:
    assert page


def search_badly(page: Any) -> None:
    page.get_by_test_id("query-input").fill("colour:red")
    page.get_by_test_id("query-input").press("Enter")
    page.get_by_test_id("query-error").wait_for()


def open_trace(page: Any) -> None:
    page.goto(page.get_by_test_id("trace-row").first.get_by_role("link").first.get_attribute("href"))
    page.get_by_test_id("waterfall-row").first.wait_for()


def annotate(page: Any) -> None:
    open_trace(page)
    page.keyboard.press("s")
    page.get_by_test_id("annotate").get_by_role("textbox").first.wait_for()


def add_score(page: Any) -> None:
    open_trace(page)
    page.keyboard.press("6")
    page.get_by_test_id("add-score").click()
    page.get_by_test_id("score-form").get_by_role("button", name="Add score").click()
    page.get_by_text("A score needs a").first.wait_for()


def comment(page: Any) -> None:
    open_trace(page)
    page.keyboard.press("m")
    page.get_by_test_id("comment-field").fill("well")


def share(page: Any) -> None:
    open_trace(page)
    page.get_by_test_id("trace-menu").click()
    page.get_by_role("menuitem", name="ublic").click()
    page.get_by_role("switch").wait_for()


def trace_menu(page: Any) -> None:
    open_trace(page)
    page.get_by_test_id("trace-menu").click()
    page.get_by_role("menuitem", name="Delete…").wait_for()


def browsers(page: Any) -> None:
    page.get_by_test_id("browser").first.wait_for()


def open_steps(page: Any) -> None:
    page.get_by_test_id("turn").first.get_by_role("button", name="2 steps").click()
    page.get_by_test_id("turn-transcript").wait_for()


def open_new_key(page: Any) -> None:
    page.get_by_role("button", name="Make a key").click()
    page.get_by_role("dialog").wait_for()


def open_deletion(page: Any) -> None:
    page.get_by_role("button", name="Delete this project").click()
    page.get_by_role("dialog").get_by_text("It cannot be undone").wait_for()


def open_new_config(page: Any) -> None:
    page.get_by_role("button", name="Make a score config").first.click()
    page.get_by_role("dialog").get_by_label("Type").select_option("CATEGORICAL")


def submit_nothing(page: Any) -> None:
    page.get_by_role("button", name="Add a tier").click()
    page.get_by_role("button", name="Make the model").click()
    page.get_by_text("Give it a name.").wait_for()


SETTINGS = f"/project/{PROJECT_ID}/settings"


def open_palette(page: Any) -> None:
    page.keyboard.press("ControlOrMeta+k")
    page.get_by_test_id("palette-item").first.wait_for()


def open_views(page: Any) -> None:
    page.get_by_test_id("views").click()
    page.get_by_role("menuitem", name="Save as a new view…").wait_for()


def save_view(page: Any) -> None:
    open_views(page)
    page.get_by_role("menuitem", name="Save as a new view…").click()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("alert").wait_for()


def select_rows(page: Any) -> None:
    page.get_by_role("columnheader").get_by_test_id("select").click()
    page.get_by_test_id("bulk-bar").wait_for()


def confirm_deletion(page: Any) -> None:
    select_rows(page)
    page.get_by_test_id("bulk-bar").get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="traces").click()
    page.get_by_role("alert").wait_for()


def confirm_deletion_of_a_whole(page: Any) -> None:
    page.get_by_test_id("select").nth(1).click()
    page.get_by_test_id("bulk-bar").get_by_role("button", name="Delete their traces").click()
    page.get_by_role("dialog").get_by_role("textbox").wait_for()


def find_zone(page: Any) -> None:
    zone = page.get_by_label("Time zone")
    zone.fill("Nowhere")
    zone.press("Enter")


def type_query(page: Any) -> None:
    page.get_by_test_id("query-input").fill("us")
    page.get_by_test_id("suggestions").wait_for()
    page.keyboard.press("ArrowDown")


VIEWS: dict[str, tuple[str, Callable[[Any], None]]] = {
    "list": (LIST, stay),
    "observations": (f"/project/{PROJECT_ID}/observations", stay),
    "nothing matches": (f"{LIST}?q=name:nothing", stay),
    "an unreadable query": (LIST, search_badly),
    "keys": (LIST, open_keys),
    "time": (LIST, open_time),
    "columns": (LIST, open_columns),
    "peek": (LIST, open_peek),
    "annotate": (LIST, annotate),
    "a score that is not right": (LIST, add_score),
    "comment": (LIST, comment),
    "share": (LIST, share),
    "what can be done with a trace": (LIST, trace_menu),
    "account": ("/account/settings", browsers),
    "home": (HOME, see_all_widgets),
    "home, nothing": (f"{HOME}?dateRange=1000000000000-1000000100000", see_all_widgets),
    "home, failed": (HOME, fail_all_widgets),
    "home, loading": (HOME, hold_all_widgets),
    "home, tables": (HOME, see_tables),
    "home, agents": (HOME, choose_agents),
    "zone": (HOME, choose_zone),
    "first trace": (f"{LIST}/setup", stay),
    "general": (SETTINGS, stay),
    "deleting a project": (SETTINGS, open_deletion),
    "keys of the API": (f"{SETTINGS}/api-keys", stay),
    "a new key": (f"{SETTINGS}/api-keys", open_new_key),
    "models": (f"{SETTINGS}/models", stay),
    "models without price": (f"{SETTINGS}/models?tab=unpriced", stay),
    "a new model": (f"{SETTINGS}/models/-?id=new", submit_nothing),
    "score configs": (f"{SETTINGS}/scores", stay),
    "a new score config": (f"{SETTINGS}/scores", open_new_config),
    "storage": (f"{SETTINGS}/storage", stay),
    "ingestion": (f"{SETTINGS}/ingestion", stay),
    "no such settings": (f"{SETTINGS}/nothing", stay),
    "palette": (LIST, open_palette),
    "saved views": (LIST, open_views),
    "saving a view": (LIST, save_view),
    "selected rows": (LIST, select_rows),
    "confirming a deletion": (LIST, confirm_deletion),
    "confirming a deletion of sessions": (f"/project/{PROJECT_ID}/sessions", confirm_deletion_of_a_whole),
    "confirming a deletion of users": (f"/project/{PROJECT_ID}/users", confirm_deletion_of_a_whole),
    "a time zone that there is not": ("/account/settings", find_zone),
    "suggestions": (LIST, type_query),
    "no page": ("/nowhere", stay),
    "sessions": (f"/project/{PROJECT_ID}/sessions", stay),
    "no session matches": (f"/project/{PROJECT_ID}/sessions?q=name:nothing", stay),
    "session": (f"/project/{PROJECT_ID}/sessions/chat-0", stay),
    "session with comments": (f"/project/{PROJECT_ID}/sessions/chat-0?comments=open", stay),
    "session, steps of a turn": (f"/project/{PROJECT_ID}/sessions/chat-0", open_steps),
    "no such session": (f"/project/{PROJECT_ID}/sessions/none", stay),
    "users": (f"/project/{PROJECT_ID}/users", stay),
    "user": (f"/project/{PROJECT_ID}/users/user-0", stay),
    "costs of a user": (f"/project/{PROJECT_ID}/users/user-0?tab=costs", stay),
    "scores": (f"/project/{PROJECT_ID}/scores", stay),
}


def broken_rules(page: Any) -> list[str]:
    """What axe finds on the page, a line each."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{one['id']}: {one['help']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"][:3]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_no_rule_is_broken(page: Any, view: str, theme: str) -> None:
    if not AXE.is_file():
        pytest.skip("the packages of web/ are not installed: run `make web`")
    path, act = VIEWS[view]
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.goto(path)
    page.wait_for_load_state("networkidle")
    act(page)
    told = broken_rules(page)
    assert not told, "\n".join(told)
