"""What commands print: a table for people, tabs for pipes, JSON for programs."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any


def print_json(value: Any) -> None:
    """Print a JSON value, indented."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows as a table on a terminal, and as lines of tab-separated values elsewhere, which nothing cuts short."""
    if not sys.stdout.isatty():
        for row in rows:
            print("\t".join(row))
        return
    from rich.console import Console  # only people pay for it
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for place, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=not place)  # what comes first is there to be copied
    for row in rows:
        table.add_row(*map(Text, row))
    Console().print(table)


def show_time(time_us: int | None) -> str:
    """Microseconds since the epoch as UTC to the second; nothing for None."""
    if time_us is None:
        return ""
    return datetime.fromtimestamp(time_us // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
