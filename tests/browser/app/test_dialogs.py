"""Dialogs under real hands: keys typed one by one, drags that slip over the edge, an Enter too many."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import EMAIL, Watched, make_person, sign_in
from tests.support.server import PROJECT_ID, RunningServer, running_server

SETTINGS = f"/project/{PROJECT_ID}/settings"


@pytest.fixture(scope="module")
def own(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server of these tests alone, which make keys and configs."""
    assert chromium
    home = tmp_path_factory.mktemp("dialogs") / "data"
    with running_server(home) as started:
        make_person(home, None, EMAIL, "owner")
        yield started


@pytest.fixture
def page(chromium: Any, own: RunningServer) -> Iterator[Any]:
    context = chromium.new_context(base_url=own.base_url, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(15_000)
    opened = context.new_page()
    watched = Watched(opened, own.base_url)
    opened.goto("/auth/sign-in")
    sign_in(opened)
    opened.wait_for_url("**/project/**")
    yield opened
    context.close()
    assert not watched.complaints


def test_a_field_of_a_dialog_keeps_the_focus_while_one_types(page: Any) -> None:
    page.goto(SETTINGS)
    page.get_by_role("button", name="Delete this project").click()
    typed = page.get_by_role("dialog").get_by_role("textbox")
    typed.press_sequentially("some words")
    assert typed.input_value() == "some words"
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    page.goto(f"{SETTINGS}/api-keys")
    page.get_by_role("button", name="Make a key").click()
    page.get_by_label("Note").press_sequentially("laptop")
    assert page.get_by_label("Note").input_value() == "laptop"


def test_a_secret_that_shows_once_is_not_lost_by_a_slip(page: Any) -> None:
    page.goto(f"{SETTINGS}/api-keys")
    keys = page.get_by_test_id("api-key")
    keys.first.wait_for()
    before = keys.count()
    page.get_by_role("button", name="Make a key").click()
    page.locator("dialog form").evaluate("(form) => { form.requestSubmit(); form.requestSubmit(); }")
    secret = page.get_by_test_id("secret-key")
    box = secret.bounding_box()
    page.mouse.click(5, 300)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(5, 300, steps=4)
    page.mouse.up()
    assert secret.inner_text().startswith("sk-")
    page.get_by_role("button", name="I have copied the secret").click()
    secret.wait_for(state="detached")
    keys.nth(before).wait_for()
    assert keys.count() == before + 1


def test_a_drag_that_ends_outside_leaves_the_dialog_and_a_click_there_closes_it(page: Any) -> None:
    page.goto(f"{SETTINGS}/api-keys")
    page.get_by_role("button", name="Make a key").click()
    note = page.get_by_label("Note")
    note.fill("a note that somebody selects")
    box = note.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(5, 300, steps=4)
    page.mouse.up()
    assert note.input_value() == "a note that somebody selects"
    page.mouse.click(5, 300)
    note.wait_for(state="detached")


def test_a_deletion_at_work_keeps_its_dialog_until_its_outcome_is_told(page: Any) -> None:
    page.goto(SETTINGS)
    name = page.get_by_role("textbox", name="Name").input_value()
    held: list[Any] = []
    page.route(
        f"**/api/ui/projects/{PROJECT_ID}",
        lambda route: held.append(route) if route.request.method == "DELETE" else route.fallback(),
    )
    page.get_by_role("button", name="Delete this project").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill(name)
    with page.expect_request(lambda request: request.method == "DELETE"):
        dialog.get_by_role("button", name="Delete the project for good").click()
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name="Cancel").click(force=True)
    held[0].fulfill(status=409, json={"message": "It is in use", "error": "Conflict"})
    dialog.get_by_role("alert").get_by_text("It is in use").wait_for()
    dialog.get_by_role("button", name="Cancel").click()
    dialog.wait_for(state="detached")
