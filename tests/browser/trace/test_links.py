"""Check 1: the links that SDKs print lead to the trace, whichever generation printed them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import BELOW
from tests.conformance.harness import Facts, run_javascript, run_python
from tests.support.server import PROJECT_ID, RunningServer

SDKS: dict[str, Callable[[RunningServer], Facts]] = {
    "python 2": lambda server: run_python("langfuse-2", "linked/python2", server, "p2"),
    "python 3": lambda server: run_python("langfuse-3", "linked/python3", server, "p3"),
    "python 4.14": lambda server: run_python("langfuse-4.14", "linked/python4", server, "p414"),
    "python 4.18": lambda server: run_python("langfuse-4.18", "linked/python4", server, "p418"),
    "python 5": lambda server: run_python("langfuse-5", "linked/python4", server, "p5"),
    "javascript 3": lambda server: run_javascript("linked3", server, "j3"),
    "javascript 4": lambda server: run_javascript("linked4", server, "j4", packages="javascript4"),
    "javascript 5": lambda server: run_javascript("linked4", server, "j5"),
}


@pytest.mark.parametrize("sdk", SDKS)
@pytest.mark.skipif(BELOW != "", reason="the SDKs of these tests are told an address without a path")
def test_the_link_of_an_sdk_opens_its_trace(page: Any, server: RunningServer, sdk: str) -> None:
    facts = SDKS[sdk](server)
    page.goto(facts["trace_url"])
    page.get_by_test_id("trace-view").wait_for()
    assert page.get_by_test_id("trace-view").get_attribute("data-id") == facts["id"]
    page.wait_for_url(f"**/project/{PROJECT_ID}/traces/{facts['id']}**")
    status, trace = server.request("GET", f"/api/public/traces/{facts['id']}")
    assert status == 200
    assert trace["htmlPath"] == f"/project/{PROJECT_ID}/traces/{facts['id']}"
    page.goto(trace["htmlPath"])
    page.get_by_test_id("trace-view").wait_for()
    assert page.get_by_test_id("trace-view").get_attribute("data-id") == facts["id"]
