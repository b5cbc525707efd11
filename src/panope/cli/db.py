"""`panope db`."""

import typer

from panope.cli.options import AsJson, ConfigPath, DatabaseUrl, DataDir, storage_settings
from panope.cli.output import print_json, print_table

app = typer.Typer(no_args_is_help=True, help="Look after the database schema.")


@app.command()
def upgrade(data_dir: DataDir = None, database_url: DatabaseUrl = None, config: ConfigPath = None) -> None:
    """Bring the schema up to date. Does nothing when it is; safe to run from several machines at once."""
    settings = storage_settings(config, data_dir, database_url)
    from panope.composition import describe_storage, upgrade_schema  # brings SQLAlchemy

    print(f"{describe_storage(settings)}:")
    for before in upgrade_schema(settings):
        done = (
            f"upgraded from {before.current or 'nothing'} to {before.pending[-1]}" if before.pending else "up to date"
        )
        print(f"  {before.plane}: {done}")


@app.command()
def status(
    as_json: AsJson = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    config: ConfigPath = None,
) -> None:
    """Show the revision of the schema and what an upgrade would run. Changes nothing."""
    settings = storage_settings(config, data_dir, database_url)
    from panope.composition import describe_storage, schema_status  # brings SQLAlchemy

    found = schema_status(settings)
    if as_json:
        planes = {each.plane.value: {"current": each.current, "pending": list(each.pending)} for each in found}
        print_json({"storage": describe_storage(settings), "planes": planes})
        return
    print_table(
        ("Schema", "Revision", "State"), [(each.plane, each.current or "none", _state(each.pending)) for each in found]
    )


def _state(pending: tuple[str, ...]) -> str:
    return f"pending: {', '.join(pending)}; run `panope db upgrade`" if pending else "up to date"
