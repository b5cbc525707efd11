"""No page breaks a rule that a machine can check, in either theme."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import APP, LIST
from tests.support.server import PROJECT_ID

AXE = APP.parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"


def open_keys(page: Any) -> None:
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()


def open_time(page: Any) -> None:
    page.get_by_test_id("time-range").click()
    page.get_by_role("dialog", name="Time range").wait_for()


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


def open_steps(page: Any) -> None:
    page.get_by_test_id("turn").first.get_by_role("button", name="2 steps").click()
    page.get_by_test_id("turn-transcript").wait_for()


VIEWS: dict[str, tuple[str, Callable[[Any], None]]] = {
    "list": (LIST, stay),
    "observations": (f"/project/{PROJECT_ID}/observations", stay),
    "nothing matches": (f"{LIST}?q=name:nothing", stay),
    "an unreadable query": (LIST, search_badly),
    "keys": (LIST, open_keys),
    "time": (LIST, open_time),
    "columns": (LIST, open_columns),
    "peek": (LIST, open_peek),
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
