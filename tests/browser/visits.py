"""Pages of people who are signed in, watched for what goes wrong unseen."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from tests.browser.servers import BELOW, EMAIL, PASSWORD
from tests.support.server import RunningServer

PATIENCE_MS = 20_000
"""How long a page may take on a machine that does much else."""


class Visits:
    """Opens pages in one browser. Each person signs in once per server, by the form."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self._states: dict[tuple[int, str], Any] = {}

    def signed_in(self, server: RunningServer, email: str = EMAIL) -> Any:
        """The cookies of somebody who signed in there."""
        key = server.pid, email
        if key not in self._states:
            context = self._browser.new_context()
            context.set_default_timeout(PATIENCE_MS)
            page = context.new_page()
            page.goto(f"{server.base_url}{BELOW}/auth/sign-in")
            sign_in(page, email)
            page.wait_for_url("**/project/**")
            self._states[key] = {"cookies": context.storage_state()["cookies"], "origins": []}
            context.close()
        return self._states[key]

    @contextmanager
    def page(self, server: RunningServer, email: str | None = EMAIL, **options: Any) -> Iterator[Any]:
        """A page of somebody, or of nobody; at its end nothing may have gone wrong unseen.

        `options` are those of the browser's context.
        """
        state = None if email is None else self.signed_in(server, email)
        size = {"width": 1440, "height": 900}
        context = self._browser.new_context(
            **{"base_url": server.base_url, "storage_state": state, "viewport": size, **options}
        )
        context.set_default_timeout(PATIENCE_MS)
        opened = context.new_page()
        watched = Watched(opened, server.base_url)
        yield opened
        context.close()
        assert not watched.complaints, watched.complaints
        assert not watched.strangers, watched.strangers


def shown(page: Any) -> None:
    """What the pointer did has been drawn: a button that goes up earlier would end it before."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def hold(page: Any, pattern: re.Pattern[str]) -> list[Any]:
    """Requests that get no answer until somebody lets them go on."""
    held: list[Any] = []

    def keep(route: Any) -> None:
        held.append(route)

    page.route(pattern, keep)
    return held


def wait_for_held(page: Any, held: list[Any]) -> None:
    """Wait until something is held back."""
    until_s = monotonic() + PATIENCE_MS / 1_000
    while not held:
        assert monotonic() < until_s
        shown(page)


def begin_score(page: Any, name: str, value: str) -> Any:
    """Fill in the form for a score of a name without rules, and return the form; nothing is sent yet."""
    page.get_by_test_id("add-score").click()
    form = page.get_by_test_id("score-form")
    form.get_by_role("button", name="Add score").wait_for()  # the rules have come
    if form.get_by_label("Score").count() > 0:
        form.get_by_label("Score").select_option("Another name…")
    form.get_by_label("Name").fill(name)
    form.get_by_label("Value").fill(value)
    return form


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
