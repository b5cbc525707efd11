"""One's own account: name, password, taste, and the browsers in which one is signed in."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import LIST, MEMBER, PASSWORD, sign_in
from tests.support.server import RunningServer

OTHER_PASSWORD = "another horse battery"  # of a server that lives for these tests


@pytest.fixture
def zoe(chromium: Any, server: RunningServer) -> Iterator[Any]:
    """Pages of somebody, each in a browser of its own."""
    contexts = []

    def open_browser(password: str = PASSWORD) -> Any:
        context = chromium.new_context(base_url=server.base_url, viewport={"width": 1440, "height": 900})
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.goto("/auth/sign-in")
        sign_in(page, MEMBER, password)
        page.wait_for_url("**/project/**")
        return page

    yield open_browser
    for context in contexts:
        context.close()


def wait_for_empty_form(page: Any) -> None:
    """The server has the new password."""
    page.locator("input[type=password]").first.and_(page.locator('[value=""]')).wait_for()


def test_name_password_and_browsers(zoe: Any) -> None:
    here, there = zoe(), zoe()
    here.goto("/account/settings")
    here.get_by_label("Name").fill("Zoë שלום")
    here.get_by_role("button", name="Save name").click()
    here.get_by_text("Name saved").wait_for()
    here.reload()
    assert here.get_by_label("Name").input_value() == "Zoë שלום"
    here.get_by_test_id("browser").nth(1).wait_for()
    assert here.get_by_test_id("browser").count() == 2
    here.get_by_test_id("browser").filter(has_text="this browser").wait_for()
    other = here.get_by_test_id("browser").filter(has_not_text="this browser")
    other.get_by_role("button", name="Sign out").click()
    other.wait_for(state="detached")
    there.goto(LIST)
    there.wait_for_url("**/auth/sign-in**")
    here.get_by_label("Current password").fill("wrong")
    here.get_by_label("New password").fill("short")
    here.get_by_role("button", name="Change password").click()
    here.get_by_text("At least 8 characters").wait_for()
    here.get_by_label("New password").fill(OTHER_PASSWORD)
    here.get_by_role("button", name="Change password").click()
    here.get_by_text("The current password is not right").wait_for()
    here.get_by_label("Current password").fill(PASSWORD)
    here.get_by_role("button", name="Change password").click()
    here.get_by_text("Password changed").wait_for()
    zoe(OTHER_PASSWORD)
    here.get_by_label("Current password").fill(OTHER_PASSWORD)
    here.get_by_label("New password").fill(PASSWORD)
    here.get_by_role("button", name="Change password").click()
    wait_for_empty_form(here)
    here.get_by_test_id("browser").nth(1).wait_for(state="detached")


def test_of_two_clicks_one_changes_the_password(zoe: Any) -> None:
    here = zoe()
    here.goto("/account/settings")
    for old, new in ((PASSWORD, OTHER_PASSWORD), (OTHER_PASSWORD, PASSWORD)):
        here.get_by_label("Current password").fill(old)
        here.get_by_label("New password").fill(new)
        sent: list[str] = []
        here.on("request", lambda request, sent=sent: sent.append(request.url) if "password" in request.url else None)
        here.get_by_role("button", name="Change password").evaluate("one => { one.click(); one.click() }")
        wait_for_empty_form(here)
        here.wait_for_load_state("networkidle")
        assert len(sent) == 1
        assert here.get_by_text("The current password is not right").count() == 0


def test_taste_is_kept_and_single_keys_can_be_off(page: Any) -> None:  # check 80
    page.goto(LIST)
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("menuitem", name="Account settings").click()
    page.wait_for_url("**/account/settings")
    page.get_by_role("group", name="Appearance").get_by_role("button", name="Dark").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.get_by_role("switch", name="Single keys").click()
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.get_by_role("switch", name="Single keys").get_attribute("aria-checked") == "false"
    page.goto(LIST)
    page.get_by_test_id("trace-row").first.wait_for()
    page.keyboard.press("?")
    page.keyboard.press("j")
    assert page.get_by_role("dialog").count() == 0
    assert page.get_by_test_id("peek").count() == 0


def test_a_time_zone_is_found_by_typing(page: Any) -> None:
    """Check 40."""
    page.goto("/account/settings")
    zone = page.get_by_label("Time zone")
    zone.click()
    assert page.locator("datalist option").count() > 400
    zone.press_sequentially("asia/kolkata")
    zone.press("Enter")
    page.get_by_label("Time zone (UTC+5:30)").wait_for()
    zone.fill("Nowhere/At all")
    zone.press("Enter")
    page.get_by_text("No time zone is called Nowhere/At all.").wait_for()
    assert zone.get_attribute("aria-invalid") == "true"
    page.reload()
    page.get_by_label("Time zone (UTC+5:30)").wait_for()
    page.get_by_label("Time zone").fill("This browser")
    page.get_by_label("Time zone (UTC)").wait_for()
    assert page.get_by_label("Time zone").get_attribute("aria-invalid") is None
