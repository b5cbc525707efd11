"""`panope scores`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from panope.cli.options import AsJson, ConfigPath, DatabaseUrl, DataDir, run, storage_settings
from panope.cli.output import print_json

if TYPE_CHECKING:
    from panope.config.load import Settings
    from panope.domain.scoring.configs import ScoreConfig

app = typer.Typer(no_args_is_help=True, help="Agree on what scores have to be like.")


@app.callback()
def _root() -> None:
    """Keep `presets` a command of its own while it is the only one."""


@app.command()
def presets(
    project: Annotated[
        str | None,
        typer.Option("--project", metavar="ID", help="Project of the configs; needed when there are several."),
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    config: ConfigPath = None,
) -> None:
    """Make the preset score configs that a project has not: six measures between 0 and 1, of which more is better.

    Asking again makes nothing. Works beside a running server. A config of the same name is left as it is.
    """
    made = run(_create(storage_settings(config, data_dir, database_url), project))
    if as_json:
        print_json([{"id": one.id, "name": one.name} for one in made])
        return
    for one in made:
        print(f"Made {one.name}, id {one.id}.")
    if not made:
        print("All presets are there already.")


async def _create(settings: "Settings", project: str | None) -> "Sequence[ScoreConfig]":
    from panope.composition import open_accounts  # brings SQLAlchemy
    from panope.domain.ids import ProjectId
    from panope.features.scores.configs import ScoreConfigService
    from panope.kit.clock import now_us
    from panope.kit.ids import new_id

    async with open_accounts(settings, create=False) as accounts:
        project_id = ProjectId(project) if project else await accounts.keys.only_project()
        catalog = accounts.catalog
        return await ScoreConfigService(catalog.score_configs, catalog.version, now_us, new_id).create_presets(
            project_id
        )
