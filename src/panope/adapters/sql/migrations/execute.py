"""Running a plane's revisions with Alembic on a connection that is in a transaction already."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

_DIRECTORY: Final = Path(__file__).parent


def run_revisions(connection: Connection, plane: str, version_table: str, telemetry_schema: str) -> None:
    """Run what the database lacks.

    Alembic reads the recorded revision again, now as the only migrator: who came second finds nothing to do.
    """
    config = Config()
    config.set_main_option("script_location", _escape(_DIRECTORY))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", _escape(_DIRECTORY / plane))
    config.attributes["connection"] = connection
    config.attributes["version_table"] = version_table
    config.attributes["telemetry_schema"] = telemetry_schema
    command.upgrade(config, "head")


def _escape(path: Path) -> str:
    return str(path).replace("%", "%%")
