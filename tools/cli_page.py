"""Writes `docs/reference/cli.md` from the command line itself; part of `make docs`."""

from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Final

import typer.main

from panope.cli.main import app

PAGE: Final = Path(__file__).parents[1] / "docs" / "reference" / "cli.md"

_INTRODUCTION: Final = """# Command line

`panope --help` and `panope COMMAND --help` say the same as this page. A command that fails for a reason that it knows
says so in one line on standard error and leaves with 1; arguments that it does not understand make it leave with 2.

Lists are tables on a terminal and tab-separated lines elsewhere; `--json` is for programs. Commands that work on
storage take the settings of the server, from the same places: run them where the server runs, or say `--data-dir` or
`--database-url`.

This page is made from the code: `make docs`.
"""
_HELP: Final = {"-h", "--help"}


def render() -> str:
    """The page as it ought to be."""
    return "\n".join([_INTRODUCTION, *_sections(typer.main.get_command(app), "panope")])


def _sections(command: Any, name: str) -> Iterator[str]:
    """One section for the command, and one for each below it."""
    below = getattr(command, "commands", {})
    if not below:
        yield _section(command, name)
    elif name != "panope":
        yield f"## `{name}`\n\n{_text(command.help)}\n"
    for part, child in below.items():
        yield from _sections(child, f"{name} {part}")


def _section(command: Any, name: str) -> str:
    level = "#" * name.count(" ") + "#"
    arguments = "".join(f" {_value(param)}" for param in command.params if param.param_type_name == "argument")
    lines = [f"{level} `{name}{arguments}`", "", _text(command.help), "", "| Option | |", "|---|---|"]
    lines += [_row(param) for param in command.params if not _HELP.intersection(param.opts)]
    return "\n".join(lines) + "\n"


def _row(param: Any) -> str:
    if param.param_type_name == "argument":
        return f"| `{_value(param)}` | {param.help} |"
    value = "" if param.is_flag else f" {_value(param)}"
    usual = f" `{param.default}` unless given." if isinstance(param.default, str) else ""
    return f"| `{', '.join(param.opts)}{value}` | {param.help}{usual} |"


def _value(param: Any) -> str:
    """What stands for the value."""
    choices = [str(member.value) for member in _choices(param)]
    return "\\|".join(choices) or str(param.metavar or "NUMBER")


def _choices(param: Any) -> Iterable[Enum]:
    kind = param.type_descriptor.annotation
    return kind if isinstance(kind, type) and issubclass(kind, Enum) else ()


def _text(help_text: str | None) -> str:
    """Paragraphs without the line breaks of the source."""
    paragraphs = (help_text or "").strip().split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
