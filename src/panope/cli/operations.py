"""`panope operations`."""

from typing import TYPE_CHECKING, Annotated

import typer

from panope.cli.options import AsJson, ConfigPath, DatabaseUrl, DataDir, run, storage_settings
from panope.cli.output import print_json, print_table, show_time

if TYPE_CHECKING:
    from panope.config.load import Settings
    from panope.domain.operations import Operation

app = typer.Typer(
    no_args_is_help=True,
    help="See and end work over history: what `panope reprice`, `panope remap` and deletions in the web app began.",
)


@app.command("list")
def list_operations(
    project: Annotated[str | None, typer.Option("--project", metavar="ID", help="Only those of this project.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    config: ConfigPath = None,
) -> None:
    """List the newest operations of each project, dry runs included."""
    found = run(_list(storage_settings(config, data_dir, database_url), project))
    if as_json:
        from panope.wire.operations import show_summary

        print_json([show_summary(operation) | {"project": operation.project_id} for operation in found])
        return
    rows = [
        (
            operation.id,
            operation.project_id,
            operation.order.kind.value + (" (dry run)" if operation.order.is_dry_run else ""),
            operation.state.value + (f": {operation.error}" if operation.error else ""),
            show_time(operation.order.since_us),
            f"{operation.differences.observations:,}",
            f"{operation.differences.changed:,}",
            show_time(operation.created_us),
        )
        for operation in found
    ]
    print_table(("Id", "Project", "What", "State", "Since", "Looked at", "Changed", "Created"), rows)


@app.command()
def cancel(
    operation: Annotated[str, typer.Argument(metavar="ID", help="Id, as `panope operations list` shows it.")],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    config: ConfigPath = None,
) -> None:
    """End an operation where it stands. What it has changed stays changed."""
    ended = run(_cancel(storage_settings(config, data_dir, database_url), operation))
    print(
        f"{ended.order.kind.value} {ended.id}: {ended.state.value}, {ended.differences.changed:,} observations changed."
    )


async def _list(settings: "Settings", project: str | None) -> "list[Operation]":
    from panope.bootstrap import open_replay  # brings the storage

    async with open_replay(settings) as desk:
        wanted = desk.choose_projects(project)
        return [operation for found in wanted for operation in await desk.replays.list_recent(found)]


async def _cancel(settings: "Settings", operation_id: str) -> "Operation":
    from panope.bootstrap import open_replay
    from panope.domain.errors import NotFoundError

    async with open_replay(settings) as desk:
        for project_id in desk.project_ids:
            for operation in await desk.replays.list_recent(project_id):
                if operation.id == operation_id:
                    return await desk.replays.cancel(project_id, operation_id)
    raise NotFoundError(f"There is no operation {operation_id}: see `panope operations list`")
