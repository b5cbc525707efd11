"""The command line. Nothing heavy is imported before a command needs it, so that help is quick."""

import sys
from typing import Annotated

import typer

from panope import __version__
from panope.cli import config, datasets, db, feedback, keys, operations, scores, users
from panope.cli.doctor import doctor
from panope.cli.replay import remap, reprice
from panope.cli.serve import serve
from panope.cli.verify import verify
from panope.domain.errors import PanopeError

app = typer.Typer(
    name="panope",
    help="Observability for LLM agents. Start a server with `panope serve` and point an SDK at it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(serve)
app.command()(doctor)
app.command()(reprice)
app.command()(remap)
app.add_typer(operations.app, name="operations")
app.command()(verify)
app.add_typer(keys.app, name="keys")
app.add_typer(users.app, name="users")
app.add_typer(scores.app, name="scores")
app.add_typer(feedback.app, name="feedback")
app.add_typer(datasets.app, name="datasets")
app.add_typer(db.app, name="db")
app.add_typer(config.app, name="config")


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"panope {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """Options that stand before the command."""


def main() -> None:
    """Run the command of this process's arguments: 0 done, 1 failed for the reason given, 2 not understood."""
    try:
        app()
    except PanopeError as error:
        print(f"panope: {error.message}", file=sys.stderr)
        sys.exit(1)
