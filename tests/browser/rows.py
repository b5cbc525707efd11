"""Rows of a long list, of which only those in sight are in the page."""

from typing import Any

_WALK = """async ({ amount, patienceMs }) => {
  const scroller = document.querySelector('[data-testid=traces-scroll]');
  const met = [];
  const look = () => {
    for (const row of document.querySelectorAll('[data-testid=trace-row]'))
      met[Number(row.getAttribute('aria-rowindex')) - 2] ??= row.dataset.id;
  };
  const frame = () => new Promise(requestAnimationFrame);
  const until = performance.now() + patienceMs;
  while (performance.now() < until) {
    look();
    let missing = 0;
    while (missing < amount && met[missing] !== undefined) missing += 1;
    if (missing === amount) break;
    const last = document.querySelector('[data-testid=trace-row]:last-child');
    const height = last === null ? 28 : last.getBoundingClientRect().height;
    scroller.scrollTop = Math.max(0, missing - 2) * height;
    await frame();
    await frame();
  }
  return met;
}"""


def met_by_scrolling(page: Any, amount: int, patience_ms: int = 120_000) -> list[str]:
    """Ids of the first rows of the list of traces, in order, as somebody meets who scrolls to its end."""
    met: list[str] = page.evaluate(_WALK, {"amount": amount, "patienceMs": patience_ms})
    return met


def wait_for_rows(page: Any, test_id: str, ids: list[str]) -> None:
    """Wait until the rows in the page are these, from top to bottom; they must be few enough to be drawn at once."""
    page.wait_for_function(
        """([testId, ids]) => [...document.querySelectorAll(`[data-testid="${testId}"]`)]
          .map(row => [row.getBoundingClientRect().top, row.dataset.id])
          .toSorted(([one], [other]) => one - other).map(([, id]) => id).join('\\n') === ids.join('\\n')""",
        arg=[test_id, ids],
    )
