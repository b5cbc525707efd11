"""`python -m bench.web`: the web app in a real browser over a million observations; writes bench/results/web-….json.

Every figure is taken within the page, by its own clock, from what a person did to the frame that shows the answer; the
75th percentile of 20 times. The limits are those of the design for a laptop of four cores, times three: these machines
have two. The store is the one that `bench.reads` fills, copied, with a trace of 10,000 observations and a payload of
5 MB added through the API.
"""

import argparse
import asyncio
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from playwright.sync_api import Browser, Page, sync_playwright

from bench.load import LANGFUSE, send
from bench.process import Server
from bench.read_stores import open_stores
from bench.seed import DAY_US, END_US, PROJECT

_RESULTS: Final = Path(__file__).parent / "results"
_PANOPE: Final = Path(sys.executable).with_name("panope")
_CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome")
_EMAIL, _PASSWORD = "bench@example.com", "of a server that lives for one run"
_SLACK: Final = 3
"""Two cores instead of four."""
_HUGE: Final = "trace-of-ten-thousand"
_HUGE_SIZE: Final = 10_000
_LARGE: Final = "trace-with-five-megabytes"
_EVENTS: Final = 500
_STILL_MS: Final = 400
_MOST_MS: Final = 3_000
_INDEX_PAUSE_S: Final = 5
_INDEX_LOOKS: Final = 4
"""So often there must be nothing to index: the work begins some seconds after the server."""
_DAY: Final = f"dateRange={(END_US - DAY_US) // 1000}-{(END_US + DAY_US) // 1000}"
_WEEK: Final = f"dateRange={(END_US - 7 * DAY_US) // 1000}-{(END_US + DAY_US) // 1000}"
_ALL: Final = "dateRange=All"
_LIST: Final = f"/project/{PROJECT}/traces"

_WATCH: Final = """
window.__began = 0;
window.__once = (condition) => new Promise((done) => {
  const look = () => (condition() ? done(performance.now() - window.__began) : requestAnimationFrame(look));
  look();
});
window.__first = {};
const seen = (name, selector) => {
  const look = () => {
    if (document.querySelector(selector)) window.__first[name] = performance.now();
    else requestAnimationFrame(look);
  };
  look();
};
seen("shell", "nav");
seen("rows", "[data-testid=trace-row]");
seen("waterfall", "[data-testid=waterfall-row]");
seen("header", "[data-testid=trace-header]");
seen("payload", "[data-testid=json-row],[data-testid=text-view],[data-testid=chat-message]");
"""
"""Runs before the page's own code: notes when each of these is first in the page, from the start of the navigation."""


_SETTLED: Final = f"""() => new Promise((done) => {{
  const began = performance.now();
  let [last, count] = [began, 0];
  const timer = setInterval(() => {{
    const entries = performance.getEntriesByType("resource").length;
    if (entries !== count) [last, count] = [performance.now(), entries];
    const now = performance.now();
    if (now - last < {_STILL_MS} && now - began < {_MOST_MS}) return;
    clearInterval(timer);
    done();
  }}, 50);
}})"""
"""Until the page has asked for nothing new for a while, as before a person's next act; a slow answer of something else
is not waited for longer than bounded."""


class Figure(Struct, frozen=True):
    """What is timed, and what it may take on the reference machine, in ms."""

    name: str
    limit_ms: float
    take: Callable[[Page], float]


def main() -> None:
    """Prepare the store, drive the browser, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--observations", type=int, default=1_000_000)
    parser.add_argument("--database-url", help="a Postgres server to use; its user must be allowed to make databases")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--only", default="", help="only figures whose name contains this; nothing is written then")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _end)
    chosen = [figure for figure in FIGURES if options.only in figure.name]
    with _server(options.engine, options.observations, options.database_url) as server, _browser() as browser:
        _add_large(server)
        _await_index(server)
        measured = {}
        for place, figure in enumerate(chosen, 1):
            began = time.monotonic()
            measured[figure.name] = _measure(browser, server, figure, options.times)
            _print(figure, measured[figure.name], f"{place} of {len(chosen)}, {time.monotonic() - began:.0f} s")
    if not options.only:
        _write(options.engine, options.observations, {figure.name: figure for figure in chosen}, measured)


def _end(number: int, _frame: object) -> None:
    """Leave by the way of an error, which ends the server and the browser too."""
    sys.exit(128 + number)


def _measure(browser: Browser, server: Server, figure: Figure, times: int) -> list[float]:
    """So many times in one context, signed in; a first time is thrown away."""
    context = browser.new_context(base_url=server.base, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto("/auth/sign-in")
    page.get_by_label("E-mail").fill(_EMAIL)
    page.get_by_label("Password").fill(_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/project/**")
    context.add_init_script(_WATCH)
    taken = [figure.take(page) for _ in range(times + 1)][1:]
    context.close()
    return taken


def _opened(page: Page, path: str, mark: str) -> float:
    """Milliseconds from the start of a navigation until something is in the page."""
    page.goto("about:blank")
    page.goto(path)
    shown = page.evaluate(f"window.__once(() => window.__first.{mark} !== undefined).then(() => window.__first.{mark})")
    page.evaluate(_SETTLED)
    return float(shown)


def _cold(mark: str) -> Callable[[Page], float]:
    """The list with nothing in the browser's cache."""

    def take(page: Page) -> float:
        session = page.context.new_cdp_session(page)
        session.send("Network.clearBrowserCache")
        session.detach()
        return _opened(page, f"{_LIST}?{_DAY}", mark)

    return take


def _acted(page: Page, act: str, condition: str) -> float:
    """Milliseconds from an act within the page until a condition holds, looked at in every frame."""
    script = f"""async () => {{
      window.__began = performance.now();
      ({act})();
      return await window.__once(() => {condition});
    }}"""
    return float(page.evaluate(script))


def _filtered(page: Page) -> float:
    """A term is entered: until other rows are there."""
    _opened(page, f"{_LIST}?{_ALL}", "rows")
    field = page.get_by_test_id("query-input")
    field.fill("user:=asked-for")
    press = """() => document.querySelector("[data-testid=query-input]").dispatchEvent(
        new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }))"""
    return _acted(page, press, _SHOWS_ASKED)


_SHOWS_ASKED: Final = """
  document.querySelectorAll("[data-testid=trace-row]").length > 0 &&
  [...document.querySelectorAll("[data-testid=trace-row]")].every((row) => row.textContent.includes("asked-for"))
"""


def _counted(page: Page) -> float:
    """From the opening of a filtered list until its exact total is there."""
    page.goto("about:blank")
    page.goto(f"{_LIST}?{_ALL}&q=user:%3Dasked-for")
    page.wait_for_selector("[data-testid=count-total][data-exact=true]")
    return float(page.evaluate("performance.now()"))


def _facet(page: Page) -> float:
    """A facet is opened: until its values are counted."""
    _opened(page, f"{_LIST}?{_DAY}", "rows")
    facet = "document.querySelector('[data-testid=facet-user]')"
    is_open = page.evaluate(f"{facet}.querySelectorAll('[data-testid=facet-value]').length > 0")
    if is_open:
        page.evaluate(f"{facet}.querySelector('button').click()")
    return _acted(
        page,
        f"() => {facet}.querySelector('button').click()",
        f"{facet}.querySelectorAll('[data-testid=facet-value]').length > 0",
    )


def _histogram(page: Page) -> float:
    page.goto("about:blank")
    page.goto(f"{_LIST}?{_WEEK}")
    page.wait_for_selector("[data-testid=histogram] [data-testid=chart-mark]")
    return float(page.evaluate("performance.now()"))


def _peek(condition: str) -> Callable[[Page], float]:
    """A row is clicked: until the panel shows what it is about."""

    def take(page: Page) -> float:
        _opened(page, f"{_LIST}?{_DAY}", "rows")
        click = """() => [...document.querySelectorAll("[data-testid=trace-row]")][3]
            .querySelectorAll("[role=gridcell]")[2].click()"""
        return _acted(page, click, f"document.querySelector('[data-testid=peek] {condition}') !== null")

    return take


def _huge_trace(page: Page) -> float:
    return _opened(page, f"{_LIST}/{_HUGE}", "waterfall")


def _selected(page: Page) -> float:
    """A node of 10,000 is chosen: until the inspector is about it."""
    _opened(page, f"{_LIST}/{_HUGE}", "waterfall")
    rows = "document.querySelectorAll('[data-testid=waterfall-row]')"
    name = page.evaluate(f"{rows}[9].dataset.id")
    return _acted(
        page,
        f"() => {rows}[9].click()",
        f"document.querySelector('[data-testid=inspector-head]')?.dataset.id === {json.dumps(name)}",
    )


def _searched(page: Page) -> float:
    """A rare word over everything: until its rows are there."""
    page.goto("about:blank")
    page.goto(f"{_LIST}?{_ALL}&q={_RARE}")
    return float(page.evaluate(f"window.__once(() => {_IS_LARGE_ALONE})"))


_RARE: Final = "zyzzyva"
_IS_LARGE_ALONE: Final = """
  document.querySelectorAll("[data-testid=trace-row]").length === 1 &&
  document.querySelector("[data-testid=trace-row]").textContent.includes("large")
"""

FIGURES: Final = (
    Figure("rare word over everything", 2_000, _searched),
    Figure("cold list: shell", 400, _cold("shell")),
    Figure("cold list: first rows", 1_000, _cold("rows")),
    Figure("filter to rows", 700, _filtered),
    Figure("filtered list: exact total", 1_500, _counted),
    Figure("facet counts", 1_000, _facet),
    Figure("histogram of 7 days", 1_000, _histogram),
    Figure("peek: header", 100, _peek("[data-testid=trace-header]")),
    Figure("peek: tree", 300, _peek("[data-testid=waterfall-row]")),
    Figure("peek: payload", 400, _peek("[data-testid=io-section-input]")),
    Figure("trace of 10,000: interactive", 1_000, _huge_trace),
    Figure("trace of 10,000: select a node", 50, _selected),
    Figure("5 MB input: head", 1_000, lambda page: _opened(page, f"{_LIST}/{_LARGE}", "payload")),
)


def _add_large(server: Server) -> None:
    """Send the trace of 10,000 observations and the one with 5 MB, at the end of the store's time."""
    at = datetime.fromtimestamp(END_US / 1e6, UTC)
    stamp = at.isoformat().replace("+00:00", "Z")
    trace = {"id": _HUGE, "name": "huge", "timestamp": stamp}
    events = [_event("trace-create", _HUGE, trace, stamp)]
    for number in range(_HUGE_SIZE):
        parent = {"parentObservationId": f"huge-{(number - 1) // 10}"} if number else {}
        step = {"id": f"huge-{number}", "traceId": _HUGE, "name": f"step {number % 40}", "startTime": stamp, **parent}
        events.append(_event("generation-create", f"huge-{number}", {**step, "endTime": stamp, "input": "x"}, stamp))
    rows = [{"number": number, "text": "the agent asks a tool " * 4} for number in range(48_000)]
    body: dict[str, Any] = {
        "id": _LARGE,
        "name": "large",
        "timestamp": stamp,
        "input": rows,
        "output": f"{_RARE} at the end",
    }
    events.append(_event("trace-create", _LARGE, body, stamp))
    batches = [events[first : first + _EVENTS] for first in range(0, len(events), _EVENTS)]
    send(server.port, LANGFUSE, [json.dumps({"batch": batch}).encode() for batch in batches], clients=2)


def _await_index(server: Server) -> None:
    """Wait until all texts are indexed: that work would be in every figure, and `bench.text` measures it."""
    quiet = 0
    while quiet < _INDEX_LOOKS:
        time.sleep(_INDEX_PAUSE_S)
        with urllib.request.urlopen(f"{server.base}/metrics", timeout=60) as answer:
            lines = answer.read().decode().splitlines()
        waiting = next(float(line.split()[1]) for line in lines if line.startswith("panope_text_index_waiting_rows "))
        quiet = 0 if waiting else quiet + 1
        if waiting:
            print(f"texts to index: {waiting:,.0f} rows at most", flush=True)


def _event(kind: str, name: str, body: dict[str, Any], stamp: str) -> dict[str, Any]:
    return {"id": f"{kind}-{name}", "type": kind, "timestamp": stamp, "body": body}


@contextmanager
def _server(engine: str, size: int, database_url: str | None) -> Iterator[Server]:
    """A server over a copy of the store, or over the database itself, with somebody who may sign in."""
    with open_stores(engine, database_url) as stores, tempfile.TemporaryDirectory() as scratch:
        options = asyncio.run(stores.prepare(size)).server()
        if engine == "sqlite":
            options = {"data_dir": Path(scratch) / "data"}
            shutil.copytree(asyncio.run(stores.prepare(size)).server()["data_dir"], options["data_dir"])
        server = Server(**options)
        try:
            _make_person(**options)
            yield server
        finally:
            server.stop()


def _make_person(data_dir: Path, database_url: str | None = None) -> None:
    command = [str(_PANOPE), "users", "create", _EMAIL, "--role", "owner", "--organization", "bench"]
    command += ["--password-stdin", "--data-dir", str(data_dir)]
    environment = {**os.environ, **({"DATABASE_URL": database_url} if database_url else {})}
    done = subprocess.run(command, input=f"{_PASSWORD}\n", env=environment, text=True, capture_output=True, check=False)
    if done.returncode and "already" not in done.stderr:
        raise RuntimeError(done.stderr)


@contextmanager
def _browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if program is None:
        raise RuntimeError("no Chromium on this machine: install Debian's package chromium")
    with sync_playwright() as opened:
        browser = opened.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


def _p75(values: list[float]) -> float:
    return statistics.quantiles(values, n=4)[2] if len(values) > 1 else values[0]


def _print(figure: Figure, taken: list[float], progress: str) -> None:
    limit = figure.limit_ms * _SLACK
    verdict = "" if _p75(taken) <= limit else "  above"
    told = f"p75 {_p75(taken):7.0f} ms, fastest {min(taken):6.0f}, limit {limit:6.0f}"
    print(f"{figure.name:32} {told}  ({progress}){verdict}", flush=True)


def _write(engine: str, size: int, figures: dict[str, Figure], measured: dict[str, list[float]]) -> None:
    result = {
        "engine": engine,
        "observations": size,
        "date": time.strftime("%Y-%m-%d"),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "figures": {
            name: {
                "p75 ms": round(_p75(taken)),
                "fastest ms": round(min(taken)),
                "slowest ms": round(max(taken)),
                "limit ms": figures[name].limit_ms * _SLACK,
            }
            for name, taken in measured.items()
        },
    }
    (_RESULTS / f"web-{engine}.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
