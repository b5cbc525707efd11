"""From an empty project to the first trace, and what goes wrong on the way."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.servers import Servers
from tests.browser.visits import Visits
from tests.conformance.harness import FOLDER, python_of
from tests.support.server import PROJECT_ID, RunningServer
from tests.support.venvs import packages_from, run_snippet

SETUP = f"/project/{PROJECT_ID}/traces/setup"
SNIPPETS = {
    "Python": "langfuse-5",
    "LangChain": "langfuse-5",
    "LangGraph": "langfuse-5",
    "OpenTelemetry": "opentelemetry",
}
_WITHIN_MS = 15_000
"""Three seconds on a machine of its own; here others share it."""


@pytest.fixture(scope="module")
def empty(servers: Servers) -> Iterator[RunningServer]:
    """A server whose project holds nothing."""
    with servers.open("onboarding") as started:
        yield started


@pytest.fixture
def page(visits: Visits, empty: RunningServer) -> Iterator[Any]:
    with visits.page(empty) as opened:
        yield opened


def make_keys(page: Any) -> tuple[str, str]:
    """Make a pair on the page; return it as the page shows it, this once."""
    page.get_by_role("button", name="Make a pair of keys").click()
    page.get_by_test_id("created-key").wait_for()
    return page.get_by_test_id("public-key").inner_text(), page.get_by_test_id("secret-key").inner_text()


def snippet_of(page: Any, tab: str) -> str:
    page.get_by_role("tab", name=tab, exact=True).click()
    text: str = page.get_by_test_id("snippet").inner_text()
    return text


def wait_for_page(page: Any) -> None:
    """Until it watches: what was before is not news."""
    page.get_by_text("Whatever this project's keys send").wait_for()


def run(tab: str, code: str) -> None:
    """Run a snippet as it was copied."""
    if tab == "JS/TS":
        home = packages_from(FOLDER / "javascript")
        command = ["node", "--input-type=module", "-"]
        subprocess.run(command, input=code, text=True, cwd=home, check=True, timeout=60, capture_output=True)
    elif tab == "curl":
        subprocess.run(["sh", "-c", code], check=True, timeout=30, capture_output=True)
    else:
        run_snippet(python_of(SNIPPETS[tab]), code, {})


def test_an_empty_list_leads_to_the_first_trace(page: Any) -> None:
    page.goto(f"/project/{PROJECT_ID}/traces")
    page.get_by_role("link", name="Send your first trace").click()
    page.get_by_role("heading", name="Waiting for your first trace").wait_for()
    for old in ("setup", "observations/new"):
        page.goto(f"/project/{PROJECT_ID}/{old}")
        page.wait_for_url(f"**{SETUP}")


def test_a_wrong_secret_is_told_in_the_page(page: Any) -> None:
    """Check 3."""
    page.goto(SETUP)
    wait_for_page(page)
    public, secret = make_keys(page)
    code = snippet_of(page, "curl").replace(secret, "sk-lf-not-the-secret")
    assert subprocess.run(["sh", "-c", code], check=False, timeout=30, capture_output=True).returncode
    told = page.get_by_test_id("arrival").filter(has_text="401: the secret key is wrong for this public key")
    told.wait_for(timeout=_WITHIN_MS)
    assert public in told.inner_text()
    assert "sk-lf-not-the-secret" not in page.content()
    assert page.get_by_role("heading", name="Waiting for your first trace").count() == 1


def test_what_is_rejected_is_told_with_what_to_do(page: Any, empty: RunningServer) -> None:
    page.goto(SETUP)
    wait_for_page(page)
    event = {"id": "e", "type": "nonsense", "timestamp": "2026-01-01T00:00:00Z", "body": {}}
    empty.request("POST", "/api/public/ingestion", {"batch": [event]})
    told = page.get_by_test_id("arrival").filter(has_text="1 rejected")
    told.get_by_text("unknown_type: The SDK sends a type of event").wait_for(timeout=_WITHIN_MS)


@pytest.mark.parametrize("tab", [*SNIPPETS, "JS/TS", "curl"])
def test_a_snippet_as_it_is_copied_opens_its_trace_in_the_page(page: Any, tab: str) -> None:
    """Check 2: the trace shows within three seconds of being accepted, without a reload."""
    page.goto(SETUP)
    wait_for_page(page)
    make_keys(page)
    code = snippet_of(page, tab)
    page.evaluate("window.stays = true")
    run(tab, code)
    page.get_by_test_id("trace-view").wait_for(timeout=_WITHIN_MS)
    page.get_by_role("heading", name="Your trace arrived").wait_for()
    assert page.evaluate("window.stays")


def test_a_test_trace_is_sent_from_the_page(page: Any) -> None:
    page.goto(SETUP)
    wait_for_page(page)
    page.get_by_role("button", name="Send a test trace from here").click()
    page.get_by_test_id("trace-view").get_by_text("test-trace").first.wait_for()
    page.get_by_role("link", name="Open its page").click()
    page.wait_for_url("**/traces/*")
    page.get_by_test_id("waterfall-row").first.wait_for()


@pytest.mark.parametrize(
    ("button", "path", "made"),
    [
        ("Make a pair of keys", "/api-keys", "created-key"),
        ("Send a test trace from here", "/sample-traces", "trace-view"),
    ],
)
def test_of_two_clicks_one_counts(page: Any, button: str, path: str, made: str) -> None:
    page.goto(SETUP)
    wait_for_page(page)
    sent: list[str] = []
    page.on(
        "request", lambda request: sent.append(request.method) if urlsplit(request.url).path.endswith(path) else None
    )
    page.get_by_role("button", name=button).evaluate("one => { one.click(); one.click() }")
    page.get_by_test_id(made).first.wait_for()
    assert sent.count("POST") == 1


def test_the_keys_show_once(page: Any) -> None:
    page.goto(SETUP)
    _, secret = make_keys(page)
    assert secret.startswith("sk-lf-")
    assert secret in snippet_of(page, "Python")
    page.reload()
    page.get_by_role("button", name="Make a pair of keys").wait_for()
    assert secret not in page.content()


def test_what_is_downloaded_is_an_environment(page: Any, tmp_path: Path) -> None:
    page.goto(SETUP)
    public, secret = make_keys(page)
    with page.expect_download() as started:
        page.get_by_role("button", name="Download .env").click()
    target = tmp_path / "env"
    started.value.save_as(target)
    lines = target.read_text().splitlines()
    assert f'LANGFUSE_PUBLIC_KEY="{public}"' in lines
    assert f'LANGFUSE_SECRET_KEY="{secret}"' in lines
