"""How findings look on a terminal of eighty columns, in a pipe, and without colours."""

import io

import pytest
from rich.console import Console

from panope.cli.diagnosis import print_findings
from panope.features.diagnosis.finding import (
    Area,
    Finding,
    Severity,
    counted,
    printable,
    share,
    show_bytes,
    show_duration,
)


def finding(severity: Severity = Severity.OK, **told: str) -> Finding:
    parts = {"area": Area.DISK, "code": "c", "subject": "free space", "seen": "60 GB left", **told}
    return Finding(severity=severity, **parts)  # type: ignore[arg-type]


def shown(*findings: Finding, width: int = 80, encoding: str = "utf-8", **options: bool) -> list[str]:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    print_findings(findings, "panope, here", Console(file=stream, width=width, highlight=False, **options))
    stream.seek(0)
    return stream.read().splitlines()


def test_findings_are_grouped_and_counted() -> None:
    lines = shown(finding(), finding(Severity.WARNING, advice="Make room."), finding(area=Area.KEYS, subject="keys"))
    assert lines == [
        "panope, here",
        "",
        "Disk",
        "  ok      free space: 60 GB left",
        "  warning free space: 60 GB left",
        "          → Make room.",
        "",
        "Keys",
        "  ok      keys: 60 GB left",
        "",
        "No problem; 1 warning.",
    ]


def test_problems_stand_out_without_colours_and_are_named_at_the_end() -> None:
    lines = shown(finding(Severity.PROBLEM), finding(Severity.PROBLEM, subject="rights"), finding(Severity.NOTE))
    assert lines[3] == "  PROBLEM free space: 60 GB left"
    assert lines[-1] == "2 problems (free space, rights), 1 note."


def test_long_texts_hang_below_their_beginning_and_stay_within_the_width() -> None:
    lines = shown(finding(Severity.WARNING, seen="word " * 60, advice="advice " * 40))
    assert max(map(len, lines)) <= 80
    assert all(line.startswith(" " * 10) for line in lines[4:-2])
    assert not any(line.endswith(" ") for line in lines)


def test_a_command_is_one_line_that_can_be_copied() -> None:
    command = "curl " + "x" * 200
    lines = shown(finding(Severity.WARNING, advice="Run:", command=command))
    assert f"            {command}" in lines


def test_nothing_of_what_clients_sent_is_taken_for_markup() -> None:
    assert "  ok      [bold]x[/]: [red]60[/red]" in shown(finding(subject="[bold]x[/]", seen="[red]60[/red]"))


def test_several_projects_are_told_apart() -> None:
    lines = shown(finding(project="agents"), finding(project="shop"))
    assert lines[3:5] == ["  ok      agents free space: 60 GB left", "  ok      shop free space: 60 GB left"]
    assert "agents" not in "".join(shown(finding(project="agents")))


def test_a_terminal_that_knows_no_arrows_gets_none() -> None:
    assert "          > Make room." in shown(finding(advice="Make room."), encoding="ascii")


def test_colours_change_no_word() -> None:
    coloured = shown(finding(Severity.PROBLEM), force_terminal=True)
    assert any("\x1b[1;31m" in line for line in coloured)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (show_bytes(999), "999 bytes"),
        (show_bytes(1_500), "1.5 kB"),
        (show_bytes(2_200_000_000), "2.2 GB"),
        (show_bytes(5_000_000_000_000), "5,000.0 GB"),
        (show_duration(900), "900 µs"),
        (show_duration(2_500), "2.5 ms"),
        (show_duration(90_000_000), "90.0 s"),
        (show_duration(86_400_000_000), "24 hours"),
        (show_duration(7 * 86_400_000_000), "7 days"),
        (share(1, 3), "33 %"),
        (share(1, 100_000), "less than 1 %"),
        (share(99_999, 100_000), "more than 99 %"),
        (share(0, 0), "0 %"),
        (counted(1, "trace"), "1 trace"),
        (counted(1_204, "trace"), "1,204 traces"),
        (printable("a\x1b[0m\nb"), "a�[0m�b"),
        (printable("x" * 90, 10), "xxxxxxxxx…"),
    ],
)
def test_figures_are_written_as_people_read_them(text: str, expected: str) -> None:
    assert text == expected
