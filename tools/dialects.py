"""Writes `docs/reference/dialects.md` from the recordings, part of `make docs`; by itself it prints the table.

`python -m tools.dialects` says of every recording how many fields are right, and of a wrong one what was expected.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from tests.conformance.dialects.table import NAMES, Row, row_of, written_rows

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "reference" / "dialects.md"
_UNTOLD: Final = re.compile(r"^(?:#|//) untold: (.+)$", re.MULTILINE)

_INTRODUCTION: Final = """# Dialects

*This page is written by `make docs` from the recordings below `tests/fixtures/dialects`; do not edit it.*

Every library that traces model calls by OpenTelemetry names things in its own way. This is what panope understands,
and how well: each line is a recording of what a published library exported while it ran a small script against a
model that always answers the same, so that it is known what must come out. A *field* is one value of one observation
or trace: its type, name, place in the tree, model, usage by type, cost, messages, tool, agent, level, error, user,
session, tags, metadata. Tokens of a trace must be those of its model calls, counted once.

What a library does not send, nothing can show; the table says what that is. Two libraries that trace the same call
tell it twice, and both count: instrument each call once. Anthropic's Python client traces itself from version 2 on
wherever OpenTelemetry is set up; `ANTHROPIC_OPEN_TELEMETRY=false` turns that off where a framework traces the call
already. Beside OpenLLMetry it is not counted anyway.

To record anew, `python -m tests.conformance.recording [NAME…]`; to see what is wrong in detail, `python -m
tools.dialects`.

## Recorded
"""
_WRITTEN: Final = """
## Written by hand

Names that no recording has: older versions, libraries in other languages, dialects known from their documentation.
These examples say for single spans what must become of them; they are counted apart because nobody recorded them.
"""


def render() -> str:
    """The text of the page."""
    recorded, written = [row_of(name) for name in NAMES], written_rows()
    return "\n".join(
        [
            _INTRODUCTION,
            *_recorded(recorded),
            "",
            _sum(recorded),
            _WRITTEN,
            *_written(written),
            "",
            _sum(written),
            "",
        ]
    )


def _recorded(rows: Iterable[Row]) -> Iterator[str]:
    yield "| Dialect | Recording | Libraries | Recorded on | Spans | Fields expected | Right | Not sent |"
    yield "|---|---|---|---|---:|---:|---:|---|"
    for row in sorted(rows, key=lambda row: row.header["dialect"].lower()):
        libraries = ", ".join(f"{name} {version}" for name, version in row.header["libraries"].items())
        untold = " ".join(_UNTOLD.findall((ROOT / row.header["script"]).read_text(encoding="utf-8"))) or "–"
        cells = [row.header["dialect"], f"`{row.name}`", libraries, row.header["recorded_on"], *_counts(row), untold]
        yield f"| {' | '.join(cells)} |"


def _written(rows: Iterable[Row]) -> Iterator[str]:
    yield "| Examples | Scope | Spans | Fields expected | Right |"
    yield "|---|---|---:|---:|---:|"
    for row in rows:
        yield f"| `{row.name}` | `{row.header['scope']}` | {' | '.join(_counts(row))} |"


def _counts(row: Row) -> list[str]:
    return [str(row.spans), str(len(row.checks)), str(len(row.checks) - len(row.wrong))]


def _sum(rows: list[Row]) -> str:
    spans, expected = sum(row.spans for row in rows), sum(len(row.checks) for row in rows)
    right = expected - sum(len(row.wrong) for row in rows)
    return f"Together {len(rows)} with {spans} spans: {right:,} of {expected:,} fields are right."


def main() -> int:
    """Print the table, and every field that is wrong; 1 when there is one."""
    rows = [*map(row_of, NAMES), *written_rows()]
    print(f"{'recording':<34} {'recorded':<9} {'spans':>5} {'fields':>7} {'right':>6}  dialect and libraries")
    for row in rows:
        is_recorded = row.header["recorded"]
        said = row.header.get("dialect") or row.header["scope"]
        libraries = ", ".join(f"{name} {version}" for name, version in row.header.get("libraries", {}).items())
        counts = f"{row.spans:>5} {len(row.checks):>7} {len(row.checks) - len(row.wrong):>6}"
        print(
            f"{row.name:<28} {'yes' if is_recorded else 'no':<9} {counts}  {said}{': ' if libraries else ''}{libraries}"
        )
        for checked in row.wrong:
            print(f"    {checked.place}\n      wanted {checked.expected!r}\n      got    {checked.found!r}")
    for title, wanted in (("recorded", True), ("written by hand", False)):
        print(f"{title}: {_sum([row for row in rows if row.header['recorded'] is wanted])}")
    return int(any(row.wrong for row in rows))


if __name__ == "__main__":
    sys.exit(main())
