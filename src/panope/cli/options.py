"""Options that several commands share, and the settings that come of them."""

import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from panope.config.load import Settings

_Result = TypeVar("_Result")
ConfigPath = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings file; panope.toml of this directory if it is there."),
]


def _read_directory(text: str) -> Path:
    if not text.strip():
        raise typer.BadParameter("is empty: name a directory, or leave the option away for ./panope-data")
    return Path(text)


DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        metavar="DIR",
        parser=_read_directory,
        help="Directory of the SQLite files; ./panope-data unless set.",
    ),
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        metavar="URL",
        help="Postgres database to use instead of SQLite. Others on this machine see arguments: with a password in it, "
        "set DATABASE_URL instead.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def storage_settings(config: Path | None, data_dir: Path | None, database_url: str | None) -> "Settings":
    """The settings of a command that works on storage; warnings go to standard error."""
    settings = read_settings(config, {"storage.data_dir": data_dir, "storage.database_url": database_url})
    print_warnings(settings.warnings)
    return settings


def read_settings(config: Path | None, flags: dict[str, Any]) -> "Settings":
    """All settings, with the flags that were given on top."""
    from panope.config.load import load_settings  # brings Pydantic

    return load_settings(flags, config_path=config)


def print_warnings(warnings: tuple[str, ...]) -> None:
    """Tell the operator what they should know, apart from what a program reads."""
    for warning in warnings:
        print(f"panope: warning: {warning}", file=sys.stderr)


def run(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run a command's asynchronous part to its end."""
    import asyncio  # a fifth of the time that help takes

    return asyncio.run(work)
