"""How findings look: by area, marks in a column of their own, what to do below what was seen."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from rich.console import Console
from rich.text import Text

from panope.features.diagnosis.finding import Finding, Severity, counted

_STYLES: Final = {
    Severity.OK: "green",
    Severity.NOTE: "cyan",
    Severity.WARNING: "yellow",
    Severity.PROBLEM: "bold red",
}
_COUNTED: Final = (Severity.PROBLEM, Severity.WARNING, Severity.NOTE)
_INDENT: Final = 10
"""Columns of the mark."""
_MAX_WIDTH: Final = 100
_MAX_NAMED: Final = 3


def print_findings(findings: Sequence[Finding], title: str, console: Console | None = None) -> None:
    """Print all findings, grouped by area, and one line that counts them.

    A command to run is one line however long it is, so that it can be copied.
    """
    console = console or Console(highlight=False)
    is_project_shown = len({finding.project for finding in findings if finding.project is not None}) > 1
    console.print(Text(title, style="bold"), soft_wrap=True)
    for area, group in groupby(findings, key=lambda finding: finding.area):
        console.print()
        console.print(Text(area.value.capitalize(), style="bold"))
        for finding in group:
            for line in _lines(finding, console, is_project_shown=is_project_shown):
                console.print(line, soft_wrap=True)
    console.print()
    for line in _summary(findings).wrap(console, min(console.width, _MAX_WIDTH)):
        line.rstrip()
        console.print(line, soft_wrap=True)


def _lines(finding: Finding, console: Console, *, is_project_shown: bool) -> Iterator[Text]:
    mark = finding.severity.value
    shown = mark.upper() if finding.severity is Severity.PROBLEM else mark
    text = Text()
    if is_project_shown and finding.project and finding.project not in finding.subject:
        text.append(f"{finding.project} ", style="dim")
    text.append(finding.subject, style="bold").append(f": {finding.seen}")
    yield from _hanging(Text(f"  {shown}".ljust(_INDENT), style=_STYLES[finding.severity]), text, console)
    arrow = "→ " if console.encoding.lower().startswith("utf") else "> "
    for advice in finding.advice.splitlines():
        yield from _hanging(Text(f"{'':{_INDENT}}{arrow}"), Text(advice), console)
    if finding.command:
        yield Text(f"{'':{_INDENT + len(arrow)}}{finding.command}", style="bold")


def _hanging(first: Text, text: Text, console: Console) -> Iterator[Text]:
    """A text behind a first piece, its further lines below its beginning."""
    indent = len(first)
    for line in text.wrap(console, max(20, min(console.width, _MAX_WIDTH) - indent)):
        line.rstrip()
        yield Text.assemble(first, line)
        first = Text(" " * indent)


def _summary(findings: Sequence[Finding]) -> Text:
    counts = {each: sum(finding.severity is each for finding in findings) for each in _COUNTED}
    told = [counted(count, severity.value) for severity, count in counts.items() if count]
    if not counts[Severity.PROBLEM]:
        return Text(f"No problem; {', '.join(told)}." if told else "No problem.", style=_STYLES[Severity.OK])
    subjects = [finding.subject for finding in findings if finding.severity is Severity.PROBLEM]
    named = list(dict.fromkeys(subjects))
    more = ", …" if len(named) > _MAX_NAMED else ""
    told[0] += f" ({', '.join(named[:_MAX_NAMED])}{more})"
    return Text(f"{', '.join(told)}.", style=_STYLES[Severity.PROBLEM])
