"""Chromium, a server with the built web app, traces that an SDK sent, and somebody who may see them.

Two variables run all of it once more: `PANOPE_BROWSE_ON=postgres15` with the server on a Postgres, and
`PANOPE_BROWSE_BELOW=/tools/panope` with the app below a path.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.harness import Facts, run_python
from tests.support.postgres import Clusters
from tests.support.server import PROJECT_ID, RunningServer, running_server

APP = Path(__file__).parents[2] / "src" / "panope" / "web" / "index.html"
EMAIL, PASSWORD = "ann@example.com", "correct horse battery"  # of a server that lives for these tests
VIEWER, MEMBER = "vic@example.com", "zoe@example.com"
LIST = f"/project/{PROJECT_ID}/traces"
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ON, BELOW = os.environ.get("PANOPE_BROWSE_ON", "sqlite"), os.environ.get("PANOPE_BROWSE_BELOW", "")
_PATIENCE_MS = 15_000
"""How long a page may take on a machine that does much else."""


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
def server(
    chromium: Any, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[RunningServer]:
    """The server, made only where there is a browser for it."""
    assert chromium
    home = tmp_path_factory.mktemp("browser") / "data"
    url = None if ON == "sqlite" else _database(request)
    with running_server(home, database_url=url, more={"PANOPE_ROOT_PATH": BELOW} if BELOW else None) as started:
        make_person(home, url, EMAIL, "owner")
        make_person(home, url, VIEWER, "viewer")
        make_person(home, url, MEMBER, "member")
        yield started


def _database(request: pytest.FixtureRequest) -> str:
    """Address of a new, empty database on the Postgres that was asked for."""
    clusters: Clusters = request.getfixturevalue("postgres_clusters")
    databases = clusters.databases(ON.removeprefix("postgres") or None)
    url = databases.create()
    request.addfinalizer(lambda: databases.drop(url))
    return url


def make_person(data_dir: Path, database_url: str | None, email: str, role: str) -> None:
    """Make somebody of the organisation."""
    command = [str(Path(sys.executable).with_name("panope")), "users", "create", email, "--role", role]
    command += ["--organization", "tests-organization", "--password-stdin", "--data-dir", str(data_dir)]
    done = subprocess.run(
        command,
        input=f"{PASSWORD}\n",
        env={"PATH": os.environ["PATH"], **({"DATABASE_URL": database_url} if database_url else {})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def sent(server: RunningServer) -> Facts:
    """What the SDK sent: 30 traces of three names, every tenth failed."""
    return run_python("langfuse-5", "browsed/traces", server, "browsed")


@pytest.fixture(scope="session")
def signed_in(chromium: Any, server: RunningServer) -> Any:
    """The cookies of somebody who signed in by the form."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{server.base_url}{BELOW}/auth/sign-in")
    sign_in(page)
    page.wait_for_url("**/project/**")
    state = context.storage_state()
    context.close()
    return {"cookies": state["cookies"], "origins": []}


def sign_in(page: Any, email: str = EMAIL, password: str = PASSWORD) -> None:
    """Fill in the form that the page shows."""
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


class Watched:
    """A page, and what went wrong on it that nobody sees."""

    def __init__(self, page: Any, base_url: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        """Requests to other servers."""
        page.on("console", lambda message: self._complain(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (self.complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: self._note(request.url, base_url))

    def _complain(self, kind: str, text: str) -> None:
        """Keep an error, but for the browser's own line on a failed request: the page shows those."""
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.complaints.append(text)

    def _note(self, url: str, base_url: str) -> None:
        if not url.startswith((base_url, "data:", "blob:")):
            self.strangers.append(url)


@pytest.fixture
def page(chromium: Any, server: RunningServer, signed_in: Any, sent: Facts) -> Iterator[Any]:
    """A page of somebody who is signed in; at its end nothing may have gone wrong unseen."""
    assert sent
    context = chromium.new_context(
        base_url=server.base_url, storage_state=signed_in, viewport={"width": 1440, "height": 900}
    )
    context.set_default_timeout(_PATIENCE_MS)
    opened = context.new_page()
    watched = Watched(opened, server.base_url)
    yield opened
    context.close()
    assert not watched.complaints
    assert not watched.strangers
