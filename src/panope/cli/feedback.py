"""`panope feedback`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from panope.cli.options import AsJson, ConfigPath, DatabaseUrl, DataDir, run, storage_settings
from panope.cli.output import print_json, print_table, show_time

if TYPE_CHECKING:
    from panope.config.load import Settings
    from panope.ports.feedback import GivenFeedback

_MOST = 10_000

app = typer.Typer(no_args_is_help=True, help="Read what people and agents say about panope.")


@app.callback()
def _root() -> None:
    """Keep `list` a command of its own while it is the only one."""


@app.command("list")
def list_feedback(
    project: Annotated[str | None, typer.Option("--project", metavar="ID", help="Only of this project's keys.")] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=_MOST, help="How many, the newest first.")] = 100,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    config: ConfigPath = None,
) -> None:
    """List what was sent to POST /api/public/feedback, newest first."""
    found = run(_list(storage_settings(config, data_dir, database_url), project, limit))
    if as_json:
        print_json([_describe(given) for given in found])
        return
    rows = [
        (
            show_time(given.feedback.created_us),
            given.project_id,
            given.feedback.target_type,
            given.feedback.target,
            given.feedback.feedback,
        )
        for given in found
    ]
    print_table(("Sent", "Project", "About", "Which", "Feedback"), [[_one_line(cell) for cell in row] for row in rows])


async def _list(settings: "Settings", project: str | None, limit: int) -> "Sequence[GivenFeedback]":
    from panope.composition import open_accounts, require_project  # brings SQLAlchemy

    async with open_accounts(settings, create=False) as accounts:
        catalog = accounts.catalog
        known = [found.id for found in await catalog.projects.list()]
        return await catalog.feedback.list(None if project is None else require_project(project, known), limit)


def _describe(given: "GivenFeedback") -> dict[str, Any]:
    feedback = given.feedback
    return {
        "id": feedback.id,
        "project_id": given.project_id,
        "target_type": feedback.target_type,
        "target": feedback.target,
        "feedback": feedback.feedback,
        "goal": feedback.goal,
        "reference_url": feedback.reference_url,
        "created_at": show_time(feedback.created_us),
    }


def _one_line(text: str) -> str:
    """Strangers wrote it: nothing in it may break a line or steer a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
