"""Chromium, a server with the built web app, traces that an SDK sent, and somebody who may see them."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.servers import BELOW, EMAIL, MEMBER, ON, PASSWORD, VIEWER, Servers, make_person
from tests.browser.visits import Visits, Watched, sign_in
from tests.conformance.harness import Facts, run_python
from tests.support.server import PROJECT_ID, RunningServer

__all__ = ["BELOW", "EMAIL", "LIST", "MEMBER", "ON", "PASSWORD", "VIEWER", "Watched", "make_person", "sign_in"]

APP = Path(__file__).parents[2] / "src" / "panope" / "web" / "index.html"
LIST = f"/project/{PROJECT_ID}/traces"
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder."""
    for test in items:
        if test.path.is_relative_to(Path(__file__).parent):
            test.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser; where there is none, its tests are skipped."""
    program = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if program is None:
        pytest.skip("no Chromium on this machine: install Debian's package chromium")
    if not APP.is_file():
        pytest.skip("the web app is not built: run `make web`")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as opened:
        browser = opened.chromium.launch(executable_path=program, args=["--no-sandbox"])
        with pytest.MonkeyPatch.context() as patched:
            _go_below(patched, playwright.Page)
            yield browser
        browser.close()


def _go_below(patched: pytest.MonkeyPatch, page_type: Any) -> None:
    """Let paths of tests be paths of the app, which may be below another."""
    goto = page_type.goto
    if BELOW:
        patched.setattr(
            page_type, "goto", lambda page, url, **more: goto(page, BELOW + url if url.startswith("/") else url, **more)
        )


@pytest.fixture(scope="session")
def servers(chromium: Any, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Servers:
    """What starts servers, for tests that need one of their own; only where there is a browser for it."""
    assert chromium
    return Servers(request, tmp_path_factory)


@pytest.fixture(scope="session")
def visits(chromium: Any) -> Visits:
    """What opens pages of people who are signed in."""
    return Visits(chromium)


@pytest.fixture(scope="session")
def server(servers: Servers) -> Iterator[RunningServer]:
    """The server that most tests share."""
    with servers.open("browser", people={VIEWER: "viewer", MEMBER: "member"}) as started:
        yield started


@pytest.fixture(scope="session")
def sent(server: RunningServer) -> Facts:
    """What the SDK sent: 30 traces of three names, every tenth failed."""
    return run_python("langfuse-5", "browsed/traces", server, "browsed")


@pytest.fixture
def signed_in(visits: Visits, server: RunningServer) -> Any:
    """The cookies of somebody who signed in."""
    return visits.signed_in(server)


@pytest.fixture
def page(visits: Visits, server: RunningServer, sent: Facts) -> Iterator[Any]:
    """A page of somebody who is signed in; at its end nothing may have gone wrong unseen."""
    assert sent
    with visits.page(server) as opened:
        yield opened
