"""What commands print: a table for people, tabs for pipes, JSON for programs."""

import json
import sys
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any


def print_json(value: Any) -> None:
    """Print a JSON value, indented."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[str] = ()) -> None:
    """Print rows as a table on a terminal, and as lines of tab-separated values elsewhere, which nothing cuts short.

    The columns of `numbers` stand to the right and are never broken, however narrow the terminal is.
    """
    if not sys.stdout.isatty():
        for row in rows:
            print("\t".join(row))
        return
    from rich.console import Console  # only people pay for it
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0)) if numbers else Table()
    for place, column in enumerate(columns):
        is_number = column in numbers
        # What comes first is there to be copied.
        table.add_column(
            column, overflow="fold", no_wrap=is_number or not place, justify="right" if is_number else "left"
        )
    for row in rows:
        table.add_row(*map(Text, row))
    Console().print(table)


def show_time(time_us: int | None) -> str:
    """Microseconds since the epoch as UTC to the second; nothing for None."""
    if time_us is None:
        return ""
    return datetime.fromtimestamp(time_us // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
