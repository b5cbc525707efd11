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
    "palette": (LIST, open_palette),
    "saved views": (LIST, open_views),
    "saving a view": (LIST, save_view),
    "selected rows": (LIST, select_rows),
    "confirming a deletion": (LIST, confirm_deletion),
    "suggestions": (LIST, type_query),
    "no page": ("/nowhere", stay),
}


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
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    told = [
        f"{one['id']}: {one['help']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"][:3]
    ]
    assert not told, "\n".join(told)
