"""Public traces: read by anybody, changed by nobody, and private again at once."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import EMAIL, LIST, PASSWORD
from tests.browser.test_accessibility import AXE
from tests.browser.visits import Visits
from tests.conformance.harness import Facts, run_python
from tests.support.server import PROJECT_ID, RunningServer


@pytest.fixture(scope="module")
def run(server: RunningServer) -> Facts:
    return run_python("langfuse-5", "browsed/agent", server, "shared")


@pytest.fixture
def visitor(visits: Visits, server: RunningServer) -> Iterator[Any]:
    """A page of nobody who is signed in."""
    with visits.page(server, None) as opened:
        yield opened


def share(page: Any, run: Facts, *, is_public: bool) -> None:
    page.goto(f"{LIST}/{run['trace_id']}")
    page.get_by_test_id("trace-menu").click()
    page.get_by_role("menuitem", name="ublic").click()
    switch = page.get_by_role("switch")
    if (switch.get_attribute("aria-checked") == "true") != is_public:
        switch.click()
    page.locator(f'[role="switch"][aria-checked="{str(is_public).lower()}"]:not([disabled])').wait_for()
    assert page.get_by_test_id("public-link").count() == int(is_public)
    page.keyboard.press("Escape")
    assert page.get_by_test_id("public-chip").count() == int(is_public)


def test_a_public_trace_opens_without_signing_in_and_a_private_one_does_not(  # check 51
    page: Any, visitor: Any, run: Facts
) -> None:
    visitor.goto(f"{LIST}/{run['trace_id']}")
    visitor.get_by_label("E-mail").wait_for()
    share(page, run, is_public=True)
    visitor.goto(f"{LIST}/{run['trace_id']}?observation={run['observations']['answer']}")
    visitor.get_by_test_id("shared-banner").filter(has_text="Read-only shared trace").wait_for()
    visitor.get_by_test_id("io-section-output").filter(has_text="Revenue rose").wait_for()
    assert visitor.get_by_role("navigation").count() == 0
    for absent in ("annotate-button", "trace-menu", "inspector-tab-comments", "add-score"):
        assert visitor.get_by_test_id(absent).count() == 0, absent
    visitor.keyboard.press("s")
    visitor.keyboard.press("m")
    assert visitor.get_by_test_id("annotate").count() == 0
    visitor.get_by_test_id("inspector-tab-attributes").click()
    visitor.get_by_text("Observation id").wait_for()
    visitor.keyboard.press("Control+f")
    visitor.keyboard.type("Revenue rose")
    visitor.locator('[data-testid="trace-filter-count"][data-value="1"]').wait_for()
    share(page, run, is_public=False)
    visitor.get_by_test_id("inspector-tab-io").click()
    visitor.get_by_test_id("waterfall-row").filter(has_text="researcher").click()
    visitor.get_by_label("E-mail").wait_for()
    visitor.get_by_label("E-mail").fill(EMAIL)
    visitor.get_by_label("Password").fill(PASSWORD)
    visitor.get_by_role("button", name="Sign in").click()
    visitor.wait_for_url(f"**{LIST}/{run['trace_id']}**")
    visitor.get_by_test_id("annotate-button").wait_for()


def test_links_without_a_project_lead_to_public_traces_alone(page: Any, visitor: Any, run: Facts) -> None:
    visitor.goto(f"/trace/{run['trace_id']}")
    visitor.get_by_label("E-mail").wait_for()
    refused = visitor.url.replace(run["trace_id"], "ID")
    visitor.goto("/trace/no-such-trace")
    visitor.get_by_label("E-mail").wait_for()
    assert visitor.url.replace("no-such-trace", "ID") == refused
    share(page, run, is_public=True)
    for link in (f"/trace/{run['trace_id']}", f"/public/traces/{run['trace_id']}"):
        visitor.goto(link)
        visitor.wait_for_url(f"**/project/{PROJECT_ID}/traces/{run['trace_id']}")
        visitor.get_by_test_id("shared-banner").wait_for()
    share(page, run, is_public=False)


def test_nothing_of_a_shared_trace_is_kept_or_found_by_search_engines(page: Any, visitor: Any, run: Facts) -> None:
    share(page, run, is_public=True)
    answers: list[Any] = []
    visitor.on("response", lambda one: answers.append(one))  # noqa: PLW0108 -- Playwright wants a function
    visitor.goto(f"{LIST}/{run['trace_id']}")
    visitor.get_by_test_id("shared-banner").wait_for()
    visitor.wait_for_load_state("networkidle")
    pages = [one for one in answers if "text/html" in one.headers.get("content-type", "")]
    assert [one.headers["x-robots-tag"] for one in pages] == ["noindex"]
    told = [one for one in answers if f"/api/ui/projects/{PROJECT_ID}/" in one.url]
    assert told
    assert {one.headers["cache-control"] for one in told} == {"private, no-store"}
    share(page, run, is_public=False)


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: run `npm ci` in web/")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_shared_trace_shuts_nobody_out(page: Any, visitor: Any, run: Facts, scheme: str) -> None:
    share(page, run, is_public=True)
    visitor.emulate_media(color_scheme=scheme)
    visitor.goto(f"{LIST}/{run['trace_id']}")
    visitor.get_by_test_id("waterfall-row").first.wait_for()
    visitor.wait_for_load_state("networkidle")
    visitor.evaluate(AXE.read_text(encoding="utf-8"))
    found = visitor.evaluate("async () => (await axe.run()).violations.map(v => [v.id, v.nodes.map(n => n.html)])")
    assert found == []
    share(page, run, is_public=False)
