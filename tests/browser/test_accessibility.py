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
VIEWS: dict[str, tuple[str, Callable[[Any], None]]] = {
    "list": (LIST, stay),
    "observations": (f"/project/{PROJECT_ID}/observations", stay),
    "nothing matches": (f"{LIST}?q=name:nothing", stay),
    "an unreadable query": (LIST, search_badly),
    "keys": (LIST, open_keys),
    "time": (LIST, open_time),
    "columns": (LIST, open_columns),
    "peek": (LIST, open_peek),
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
