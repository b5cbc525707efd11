"""Tables on a terminal."""

import re
import sys

import pytest

from panope.cli.output import print_table


def test_numbers_are_whole_on_a_narrow_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    columns = ("Day", "Model", "Changed", "Before", "After")
    rows = [("2026-11-22", "a-model-with-a-very-long-name-20250929", "13,328/20,048", "$1,024.00", "$0.001330")]
    print_table(columns, rows, numbers=columns[2:])
    shown = re.sub(r"\x1b\[\d+m", "", capsys.readouterr().out)
    assert all(len(line) <= 60 for line in shown.splitlines())
    assert all(number in shown for number in rows[0][2:])
