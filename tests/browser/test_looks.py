"""Check 84: pages look as they did, in light and in dark, and the theme does not flash.

The pictures lie in `looks/`, half as large as the pages. After a change that is wanted, look at the pages, then
`PANOPE_LOOKS=keep pytest tests/browser/test_looks.py` takes them anew.
"""

import base64
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.servers import BELOW, ON, Servers
from tests.browser.visits import Visits
from tests.conformance.harness import run_python
from tests.support.server import PROJECT_ID, RunningServer

KEPT = Path(__file__).parent / "looks"
KEEPS = os.environ.get("PANOPE_LOOKS") == "keep"
NOW = "2026-06-02T12:00:00Z"
"""The browser's clock: what is relative to now stays the same."""
WIDTH, HEIGHT = 1280, 800
MOST = 14
"""How far a block of 16 × 16 pixels may be from the kept one, of 255: letters that moved are beyond it."""
SETTLES_S = 10
"""How long a page may take to look as it did: what it loaded last may not be painted when the network is quiet."""
P = f"/project/{PROJECT_ID}"
PAGES = {
    "traces": f"{P}/traces?dateRange=14d",
    "traces-nothing": f"{P}/traces?dateRange=14d&q=name:nothing",
    "observations": f"{P}/observations?dateRange=14d",
    "trace": f"{P}/traces/fixed-07",
    "trace-generation": f"{P}/traces/fixed-07?observation=step-07",
    "trace-json": f"{P}/traces/fixed-07?observation=tool-07&pref=json",
    "trace-failed": f"{P}/traces/fixed-13?observation=step-13",
    "trace-transcript": f"{P}/traces/fixed-07?view=transcript",
    "trace-comments": f"{P}/traces/fixed-07?traceTab=comments",
    "peek": f"{P}/traces?dateRange=14d&peek=fixed-37",  # near the top: nothing has to scroll
    "home": P,
    "sessions": f"{P}/sessions?dateRange=14d",
    "session": f"{P}/sessions/chat-1",
    "users": f"{P}/users?dateRange=14d",
    "user": f"{P}/users/user-1?dateRange=14d",
    "user-costs": f"{P}/users/user-1?dateRange=14d&tab=costs",
    "user-sessions": f"{P}/users/user-1?dateRange=14d&tab=sessions",
    "score-configs": f"{P}/settings/scores",
    "models-without-price": f"{P}/settings/models?tab=unpriced",
    "no-page": "/nowhere",
}
_COMPARE = """
async ([shot, kept, width, height]) => {
  const read = async (url) => {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0, width, height);
    return { canvas, data: context.getImageData(0, 0, width, height).data };
  };
  const now = await read(shot);
  if (kept === null) {
    const blob = await now.canvas.convertToBlob({ type: "image/webp", quality: 0.8 });
    const bytes = new Uint8Array(await blob.arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  }
  const then = await read(kept);
  let worst = { difference: 0, x: 0, y: 0 };
  for (let y = 0; y + 16 <= height; y += 16) {
    for (let x = 0; x + 16 <= width; x += 16) {
      let sum = 0;
      for (let row = y; row < y + 16; row++) {
        for (let at = (row * width + x) * 4; at < (row * width + x + 16) * 4; at++) {
          sum += Math.abs(now.data[at] - then.data[at]);
        }
      }
      const difference = sum / (16 * 16 * 3);
      if (difference > worst.difference) worst = { difference, x: x * 2, y: y * 2 };
    }
  }
  return worst;
}
"""
"""In a browser, because it reads both kinds of pictures: the worst block, or the picture to keep."""

pytestmark = pytest.mark.skipif(ON != "sqlite" or BELOW != "", reason="pages look the same on every engine")


@pytest.fixture(scope="module")
def fixed(servers: Servers) -> Iterator[RunningServer]:
    """A server whose traces are the same in every run."""
    with servers.open("looks") as server:
        run_python("langfuse-2", "browsed/fixed", server, "fixed")
        yield server


@pytest.fixture(scope="module")
def visitor(visits: Visits, fixed: RunningServer) -> Iterator[Any]:
    """Somebody who is signed in, at a time that stands still."""
    with visits.page(
        fixed,
        viewport={"width": WIDTH, "height": HEIGHT},
        reduced_motion="reduce",
        timezone_id="Europe/Berlin",
        locale="en-GB",
    ) as page:
        page.clock.set_fixed_time(NOW)
        yield page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_looks_as_it_did(chromium: Any, visitor: Any, tmp_path: Path, name: str, theme: str) -> None:
    visitor.emulate_media(color_scheme=theme)
    visitor.goto(PAGES[name])
    visitor.wait_for_load_state("networkidle")
    visitor.mouse.move(WIDTH // 2, 2)  # over nothing that answers to it
    kept = KEPT / f"{name}-{theme}.webp"
    blank = chromium.new_page()
    if KEEPS:
        KEPT.mkdir(exist_ok=True)
        kept.write_bytes(base64.b64decode(_compared(blank, visitor, None)))
    until = time.monotonic() + SETTLES_S
    while (worst := _compared(blank, visitor, kept))["difference"] > MOST and time.monotonic() < until:
        pass
    blank.close()
    if worst["difference"] > MOST:
        visitor.screenshot(path=tmp_path / "now.png", animations="disabled", caret="hide")
    assert worst["difference"] <= MOST, f"{worst}: see {tmp_path / 'now.png'}"


def _compared(blank: Any, visitor: Any, kept: Path | None) -> Any:
    """The block of the page that differs most from its picture; the picture to keep where there is none."""
    shot = "data:image/png;base64," + base64.b64encode(visitor.screenshot(animations="disabled", caret="hide")).decode()
    then = None if kept is None else "data:image/webp;base64," + base64.b64encode(kept.read_bytes()).decode()
    return blank.evaluate(_COMPARE, [shot, then, WIDTH // 2, HEIGHT // 2])
