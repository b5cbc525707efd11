"""`panope config`."""

import typer

from panope.cli.options import AsJson, ConfigPath, DatabaseUrl, DataDir, storage_settings
from panope.cli.output import print_json, print_table

app = typer.Typer(no_args_is_help=True, help="See which settings are in force.")


@app.callback()
def _root() -> None:
    """Keep `show` a command of its own while it is the only one."""


@app.command()
def show(
    as_json: AsJson = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    config: ConfigPath = None,
) -> None:
    """Show every setting: its value, where that comes from, its environment variable and what it does.

    Flags beat the environment, which beats panope.toml, which beats the default. Secrets are masked.
    """
    settings = storage_settings(config, data_dir, database_url)
    from msgspec import to_builtins

    from panope.config.show import show_settings

    shown = [*show_settings(settings)]
    if as_json:
        print_json([to_builtins(setting) for setting in shown])
        return
    rows = [
        (
            setting.name,
            "" if setting.value is None else str(setting.value),
            setting.source,
            setting.variables[0],
            setting.description,
        )
        for setting in shown
    ]
    print_table(("Setting", "Value", "From", "Variable", "What it does"), rows)
